//! What must not change a bit of an exact run: the order in which a graph lists its nodes and edges,
//! stopping and going on from a copy, neurons that never spike, and the unit of time, as long as it
//! changes by a power of two.
//!
//! Graphs are random, with edges in all directions: integrators in cycles, feedback with and without
//! delay, Thresholds, both readings of a spike. Those without a meaning (a cycle of maps alone,
//! impulses into a Threshold, an avalanche) are not taken.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io;

use nirkit_exact::{
    Event, Method, Options, Probe, Program, Recorder, Recording, Run, Trace, prepare,
};
use nirkit_ir::{Graph, Primitive, validate};
use nirkit_run::stimulus::Spike;
use nirkit_run::{Observable, Reset, Signal, SpikeReading, Stimulus};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// Channels of every signal.
const WIDTH: usize = 3;
/// Length of a run in seconds.
const SECONDS: f64 = 0.04;
/// Spikes after which a graph is taken to be out of bounds.
const MANY: usize = 3000;

/// A node of three channels; times are in seconds.
#[derive(Clone, Debug)]
enum Node {
    Affine(Vec<Vec<f64>>, Vec<f64>),
    Scale(Vec<f64>),
    Delay(Vec<f64>),
    Threshold(f64),
    I(Vec<f64>),
    Li(Vec<f64>, f64),
    CubaLi(Vec<f64>, Vec<f64>),
    If(Vec<f64>),
    Lif(Vec<f64>, f64),
    CubaLif(Vec<f64>, Vec<f64>),
}

impl Node {
    /// The node in text form, with all times multiplied.
    fn text(&self, unit: f64) -> String {
        let times = |taus: &[f64]| list(taus, unit);
        match self {
            Self::Affine(w, b) => {
                format!("Affine {{ weight: f64[3, 3] {w:?} bias: {} }}", list(b, 1.0))
            }
            Self::Scale(s) => format!("Scale {{ scale: {} }}", list(s, 1.0)),
            Self::Delay(d) => format!("Delay {{ delay: {} }}", times(d)),
            Self::Threshold(level) => format!("Threshold {{ threshold: f64 {level:?} }}"),
            Self::I(r) => format!("I {{ r: {} }}", list(r, 1.0 / unit)),
            Self::Li(tau, leak) => {
                format!("LI {{ tau: {} r: f64 0.7 v_leak: f64 {leak:?} }}", times(tau))
            }
            Self::CubaLi(syn, mem) => format!(
                "CubaLI {{ tau_syn: {} tau_mem: {} r: f64 0.8 v_leak: f64 0.1 w_in: f64 0.9 }}",
                times(syn),
                times(mem)
            ),
            Self::If(r) => {
                format!(
                    "IF {{ r: {} v_threshold: f64 0.9 v_reset: f64 -0.1 }}",
                    list(r, 1.0 / unit)
                )
            }
            Self::Lif(tau, leak) => format!(
                "LIF {{ tau: {} r: f64 1.1 v_leak: f64 {leak:?} v_threshold: f64 0.8 v_reset: f64 -0.1 }}",
                times(tau)
            ),
            Self::CubaLif(syn, mem) => format!(
                "CubaLIF {{ tau_syn: {} tau_mem: {} r: f64 1.2 v_leak: f64 0.1 v_threshold: f64 0.7
    v_reset: f64 -0.1 w_in: f64 1.3 }}",
                times(syn),
                times(mem)
            ),
        }
    }
}

fn list(values: &[f64], unit: f64) -> String {
    format!("f64[{}] {:?}", values.len(), values.iter().map(|x| x * unit).collect::<Vec<_>>())
}

/// A graph and everything it takes to run it.
#[derive(Clone, Debug)]
struct Setup {
    /// Nodes with their names.
    nodes: Vec<(String, Node)>,
    edges: Vec<(String, String)>,
    reset: Reset,
    pulses: bool,
    /// Pieces of the current that enters at `input`.
    currents: Vec<f64>,
    /// Times and channels of the spikes that enter at `input_refs`.
    input_refs: Vec<(f64, usize)>,
}

/// What is seen of a run, with names in place of positions.
#[derive(Clone, Debug)]
struct Seen {
    /// Times, nodes, channels and values of the spikes.
    spikes: Vec<(f64, String, usize, f64)>,
    /// Samples of each state.
    traces: Vec<(String, Observable, Vec<f64>)>,
}

impl Seen {
    /// Whether the other is the same to the last bit.
    fn equals(&self, other: &Self) -> bool {
        let bits = |seen: &Self| {
            let numbers = seen.spikes.iter().flat_map(|&(time, .., value)| [time, value]);
            let samples = seen.traces.iter().flat_map(|(.., samples)| samples);
            numbers.chain(samples.copied()).map(f64::to_bits).collect::<Vec<u64>>()
        };
        self.is_of(other) && bits(self) == bits(other)
    }

    /// Whether the other differs by no more than rounding and the bound of a series.
    fn is_near(&self, other: &Self) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-10 * a.abs().max(1.0);
        let spikes = self.spikes.iter().zip(&other.spikes);
        let mut traces = self.traces.iter().zip(&other.traces);
        self.is_of(other)
            && spikes.into_iter().all(|(a, b)| (a.0 - b.0).abs() < 1e-12)
            && traces.all(|((.., a), (.., b))| a.iter().zip(b).all(|(&a, &b)| near(a, b)))
    }

    /// Whether the same nodes spike in the same order and the same states are sampled.
    fn is_of(&self, other: &Self) -> bool {
        let who = |seen: &Self| {
            let spikes = seen.spikes.iter().map(|(_, node, channel, _)| (node.clone(), *channel));
            let traces =
                seen.traces.iter().map(|(node, what, all)| (node.clone(), *what, all.len()));
            (spikes.collect::<Vec<_>>(), traces.collect::<Vec<_>>())
        };
        who(self) == who(other)
    }
}

impl Setup {
    /// The graph with all times multiplied.
    fn graph(&self, unit: f64) -> Graph {
        let mut text = "nirt 1\ngraph {\n  input = Input { shape: i64[1] [3] }
  input_refs = Input { shape: i64[1] [3] }\n  output = Output { shape: i64[1] [3] }\n"
            .to_owned();
        for (name, node) in &self.nodes {
            text += &format!("  {name} = {}\n", node.text(unit));
        }
        for (source, target) in &self.edges {
            text += &format!("  {source} -> {target}\n");
        }
        let document = nirkit_ir::text::parse(&(text + "}"), &()).unwrap();
        let Primitive::Graph(graph) = document.root.primitive else { panic!("no graph") };
        graph
    }

    /// The program of a graph of this setup, if it has a meaning.
    fn program(&self, graph: &Graph, unit: f64) -> Option<Program> {
        let facts = validate(graph).facts?;
        let spike = if self.pulses {
            SpikeReading::Pulse { width: 1.3e-3 * unit }
        } else {
            SpikeReading::Impulse { area: 3e-3 * unit }
        };
        let options = Options { spike, reset: self.reset, max_rounds: 6, ..Options::default() };
        prepare(graph, &facts, &options).ok()
    }

    fn stimulus(&self, unit: f64) -> Stimulus {
        let breakpoints =
            (0..self.currents.len() / WIDTH).map(|k| k as f64 * 7e-3 * unit).collect();
        let values = self.currents.clone();
        let current = Signal::Current { channels: WIDTH, breakpoints, values };
        let input_ref =
            |&(time, channel): &(f64, usize)| Spike { time: time * unit, channel, value: 1.0 };
        let mut spikes: Vec<Spike> = self.input_refs.iter().map(input_ref).collect();
        spikes.sort_by(|a, b| a.time.total_cmp(&b.time));
        let input_refs = Signal::Spikes { channels: WIDTH, spikes };
        Stimulus {
            signals: [("input".to_owned(), current), ("input_refs".to_owned(), input_refs)].into(),
        }
    }

    /// The graph, its program and what is seen of it; nothing if it has no meaning.
    fn run(&self, unit: f64) -> Option<(Program, Seen)> {
        let program = self.program(&self.graph(unit), unit)?;
        let seen = seen(&program, &self.stimulus(unit), unit)?;
        Some((program, seen))
    }
}

/// Keeps spikes and samples, but not more spikes than there is patience for.
struct Patient(Recording);

impl Patient {
    /// Samples everything at 50 times.
    fn new(program: &Program, unit: f64) -> Self {
        let times = (0..50).map(|k| f64::from(k) * SECONDS / 49.0 * unit).collect();
        let states = |at| program.observables(at).iter().map(move |&what| (at, what));
        let all = (0..program.nodes().count()).flat_map(states);
        Self(Recording::sampling(times, all.filter(|&(_, what)| what != Observable::Spikes)))
    }

    fn finish(self, program: &Program, unit: f64) -> Seen {
        let names: Vec<String> = program.nodes().map(|(name, _)| name.to_owned()).collect();
        let event = |event: &Event| {
            (event.time / unit, names[event.node].clone(), event.channel, event.value)
        };
        let spikes = self.0.events.iter().map(event).collect();
        let traces = self.0.traces.into_iter();
        let trace = |trace: Trace| (names[trace.node].clone(), trace.observable, trace.values);
        Seen { spikes, traces: traces.map(trace).collect() }
    }
}

impl Recorder for Patient {
    fn spike(&mut self, event: Event) -> io::Result<()> {
        if self.0.events.len() == MANY {
            return Err(io::Error::other("too many spikes"));
        }
        self.0.spike(event)
    }

    fn next_sample(&self) -> Option<f64> {
        self.0.next_sample()
    }

    fn sample(&mut self, probe: &Probe<'_>) -> io::Result<()> {
        self.0.sample(probe)
    }
}

/// Runs a program from the beginning to the end.
fn seen(program: &Program, stimulus: &Stimulus, unit: f64) -> Option<Seen> {
    let mut recorder = Patient::new(program, unit);
    program.start(stimulus).ok()?.advance(SECONDS * unit, &mut recorder).ok()?;
    Some(recorder.finish(program, unit))
}

/// Whether all states are worked out in closed form.
fn is_closed(run: &Run) -> bool {
    run.report().methods.iter().all(|(_, method)| *method == Method::ClosedForm)
}

fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 6 => -0.9..0.9]
}

fn node() -> impl Strategy<Value = Node> {
    let weights = || vec(weight(), WIDTH);
    let taus = || vec(prop_oneof![1 => Just(8e-3), 3 => 2e-3..2e-2], WIDTH);
    let gains = || vec(-40.0..80.0, WIDTH);
    prop_oneof![
        2 => (vec(weights(), WIDTH), weights()).prop_map(|(w, b)| Node::Affine(w, b)),
        1 => weights().prop_map(Node::Scale),
        2 => vec(prop_oneof![1 => Just(0.0), 4 => 4e-3..1.2e-2], WIDTH).prop_map(Node::Delay),
        1 => (0.1..0.6).prop_map(Node::Threshold),
        1 => gains().prop_map(Node::I),
        2 => (taus(), -0.2..0.2).prop_map(|(tau, leak)| Node::Li(tau, leak)),
        1 => (taus(), taus()).prop_map(|(syn, mem)| Node::CubaLi(syn, mem)),
        1 => gains().prop_map(Node::If),
        3 => (taus(), -0.2..0.2).prop_map(|(tau, leak)| Node::Lif(tau, leak)),
        3 => (taus(), taus()).prop_map(|(syn, mem)| Node::CubaLif(syn, mem)),
    ]
}

/// A setup with a meaning, and what is seen of it.
fn setup() -> impl Strategy<Value = (Setup, Program, Seen)> {
    let nodes = vec(node(), 2..8);
    let edges = vec((any::<Index>(), any::<Index>()), 1..10);
    let choices = (prop_oneof![Just(Reset::VReset), Just(Reset::Subtract)], any::<bool>());
    let signals = (vec(-0.5..3.0, 5 * WIDTH), vec((0.0..SECONDS, 0..WIDTH), 0..12));
    let parts = (nodes, edges, choices, signals);
    parts.prop_filter_map(
        "no meaning",
        |(nodes, edges, (reset, pulses), (currents, input_refs))| {
            let name = |at: usize| format!("n{at}");
            let last = nodes.len() - 1;
            let mut all = vec![
                ("input".to_owned(), name(0)),
                ("input".to_owned(), name(last)),
                ("input_refs".to_owned(), name(last / 2)),
                (name(last), "output".to_owned()),
            ];
            let between =
                |(a, b): &(Index, Index)| (name(a.index(last + 1)), name(b.index(last + 1)));
            all.extend(edges.iter().map(between));
            let nodes = nodes.into_iter().enumerate().map(|(at, node)| (name(at), node)).collect();
            let setup = Setup { nodes, edges: all, reset, pulses, currents, input_refs };
            let (program, seen) = setup.run(1.0)?;
            Some((setup, program, seen))
        },
    )
}

fn config() -> ProptestConfig {
    let (rng_seed, failure_persistence) = (RngSeed::Fixed(5), None);
    ProptestConfig { cases: 32, rng_seed, failure_persistence, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn permuting_nodes_and_edges_changes_no_bit(
        (setup, _, expected) in setup(),
        turn in any::<Index>(),
    ) {
        let mut permuted = setup.clone();
        permuted.nodes.reverse();
        permuted.nodes.rotate_left(turn.index(setup.nodes.len()));
        permuted.edges.reverse();
        permuted.edges.rotate_left(turn.index(setup.edges.len()));
        let (_, found) = permuted.run(1.0).unwrap();
        prop_assert!(found.equals(&expected), "{found:?}");
    }

    #[test]
    fn a_copy_goes_on_as_the_run_would_have(
        (setup, program, expected) in setup(),
        pause in 0.0..SECONDS,
    ) {
        let mut recorder = Patient::new(&program, 1.0);
        let mut run = program.start(&setup.stimulus(1.0)).unwrap();
        run.advance(pause, &mut recorder).unwrap();
        let mut copy = run.clone();
        // The first run goes on, so the copy cannot lean on it.
        run.advance(SECONDS, &mut Recording::default()).unwrap();
        copy.advance(SECONDS, &mut recorder).unwrap();
        let found = recorder.finish(&program, 1.0);
        prop_assert!(found.equals(&expected), "{found:?}");
        prop_assert_eq!(copy.report(), run.report());
    }

    /// Where nodes are stepped by a series, the fastest neuron that they drive sets the step, silent or
    /// not. There the results agree to rounding.
    #[test]
    fn silent_neurons_change_nothing(
        (setup, _, expected) in setup(),
        spots in vec(any::<Index>(), 1..5),
    ) {
        let mut wider = setup.clone();
        for (at, spot) in spots.iter().enumerate() {
            let neighbour = setup.nodes[spot.index(setup.nodes.len())].0.clone();
            // Names from the front and the back of the alphabet move the positions of the others.
            let name = format!("{}{at}", if at % 2 == 0 { 'a' } else { 'z' });
            wider.nodes.push((name.clone(), Node::Lif(vec![3e-3; WIDTH], -1e9)));
            // A silent neuron that closed a cycle would ask for rounds where there were none.
            wider.edges.extend(match at % 3 {
                0 => [(neighbour, name.clone()), (name, "output".to_owned())],
                _ => [("input".to_owned(), name.clone()), (name, neighbour)],
            });
        }
        // Silent neurons send no impulses; those that could into a Threshold are refused.
        let Some((program, mut found)) = wider.run(1.0) else { return Ok(()) };
        found.traces.retain(|(name, ..)| name.starts_with('n'));
        let run = program.start(&wider.stimulus(1.0)).unwrap();
        if is_closed(&run) {
            prop_assert!(found.equals(&expected), "{found:?}");
        } else {
            prop_assert!(found.is_near(&expected), "{found:?}");
        }
    }

    #[test]
    fn the_unit_of_time_changes_no_bit(
        (setup, _, expected) in setup(),
        power in -8..8_i32,
    ) {
        let (_, found) = setup.run(2.0_f64.powi(power)).unwrap();
        prop_assert!(found.equals(&expected), "{found:?}");
    }
}
