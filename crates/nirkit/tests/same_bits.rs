//! The same bits for 1, 2 and 8 threads, and for any order in which a file lists nodes: 30 graphs on
//! every engine.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use nirkit::ir::{Graph, Primitive};
use nirkit::platforms::{Chip, ChipChoices, Choices, Profile, chip, simulator};
use nirkit::sim::clocked::{Keep, Options, Precision, Recording, prepare};
use nirkit::sim::{Reset, Signal, SpikeReading, exact};
use nirkit_testing::{Bytes, Case, Numbers, chain, recipe};

const GRAPHS: usize = 30;
/// As many as the most threads, so that each has one of its own.
const SAMPLES: usize = 8;
const THREADS: [usize; 2] = [2, 8];
/// Graphs that have to run on each engine, so that none passes on nothing.
const FEWEST: usize = 3;
/// Seed of the first graph, from which on there are enough of each kind.
const FIRST: u64 = 22_000;
/// Steps of the ideal, in which every event counts.
const IDEAL_STEPS: usize = 4;
/// Sets of choices of the clocked engine for each graph, in each precision.
const CHOICES: usize = 2;
/// Choices that the generator leaves as they are.
const MORE_CHOICES: [(&str, [&str; 2]); 2] =
    [("spike_step", ["floor", "nearest"]), ("current", ["mean", "sample"])];

/// Bits of what was recorded, by what it is.
type Bits = BTreeMap<String, Vec<u64>>;

/// A network, and the same one listed otherwise.
struct Listed {
    seed: u64,
    case: Case,
    /// The length of a step in seconds for which its numbers were made.
    dt: f64,
    /// With its nodes in another order.
    nodes: Case,
    /// With its edges in another order too.
    edges: Case,
}

/// Networks of any kind, chains with and without pictures, and cycles of any width.
fn networks() -> Vec<Listed> {
    let made = (FIRST..).filter_map(|seed| {
        let mut numbers = Numbers(seed);
        let turn = (seed - FIRST) as usize / 10;
        let (graph, dt) = match seed % 10 {
            5 => (chain::network(&mut numbers).0, 1.0),
            6 => (chain::cycle(&mut numbers, turn, 3 + 7 * turn).0, 1.0),
            kind @ 7.. => (chain::for_chips(&mut numbers, kind as usize - 7), 1.0),
            _ => (recipe::network(&mut Bytes(&numbers.bytes(150))), 1e-3),
        };
        let bytes = numbers.bytes(60 * SAMPLES);
        let case = Case::new(graph, SAMPLES, &mut Bytes(&bytes))?;
        let [nodes, edges] = [false, true].map(|edges| {
            let graph = shuffled(&case.graph, &mut numbers, edges);
            Case::new(graph, SAMPLES, &mut Bytes(&bytes)).unwrap()
        });
        let with_stimuli = |other: Case| Case { stimuli: case.stimuli.clone(), ..other };
        let [nodes, edges] = [with_stimuli(nodes), with_stimuli(edges)];
        Some(Listed { seed, case, dt, nodes, edges })
    });
    made.take(GRAPHS).collect()
}

/// A graph whose nodes, and edges if they are to, stand in another order, and so in graphs within.
fn shuffled(graph: &Graph, numbers: &mut Numbers, edges: bool) -> Graph {
    let mut nodes: Vec<_> = graph.nodes.iter().map(|(_, name, node)| (name, node)).collect();
    nodes.reverse();
    nodes.sort_by_cached_key(|_| numbers.below(1000));
    let mut listed = graph.clone();
    for (name, node) in nodes {
        let mut node = node.clone();
        if let Primitive::Graph(inner) = &node.primitive {
            node.primitive = Primitive::Graph(shuffled(inner, numbers, edges));
        }
        listed.nodes.remove(name);
        listed.nodes.insert(name, node);
    }
    if edges {
        listed.edges.reverse();
        listed.edges.sort_by_cached_key(|_| numbers.below(1000));
    }
    listed
}

/// How many graphs ran, by engine.
#[derive(Debug, Default)]
struct Tally(BTreeMap<String, usize>);

impl Tally {
    fn count(&mut self, engine: String, ran: bool) {
        *self.0.entry(engine).or_default() += usize::from(ran);
    }

    fn assert_enough(&self) {
        assert!(self.0.values().all(|&graphs| graphs >= FEWEST), "too few graphs ran: {self:?}");
    }
}

/// Holds that an engine gives the same with several threads and with nodes, and edges if they do
/// not matter, in another order; whether it runs the graph.
fn hold<T: PartialEq>(
    engine: &str,
    Listed { seed, case, nodes, edges, .. }: &Listed,
    edges_matter: bool,
    run: &dyn Fn(&Case, usize) -> Option<T>,
) -> bool {
    let alone = run(case, 1);
    for threads in THREADS {
        assert!(run(case, threads) == alone, "{engine}, graph {seed}, {threads} threads");
    }
    assert!(run(nodes, 1) == alone, "{engine}, graph {seed}, nodes in another order");
    if !edges_matter {
        assert!(run(edges, 1) == alone, "{engine}, graph {seed}, edges in another order");
    }
    alone.is_some()
}

fn bits<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> Vec<u64> {
    numbers.into_iter().map(|number| number.to_bits()).collect()
}

fn bits_of(recording: &Recording) -> Bits {
    let array = |(request, array): &(nirkit::sim::Request, nirkit::numerics::Tensor)| {
        let place = format!("{}:{}", request.node, request.observable);
        (place, bits(array.to_f64().unwrap().iter()))
    };
    recording.arrays.iter().map(array).collect()
}

#[test]
fn networks_are_of_all_kinds() {
    let (mut nested, mut cycles, mut inputs, mut outputs) = (0, 0, 0, 0);
    let (mut pictures, mut branches, mut joins, mut chains) = (0, 0, 0, 0);
    for Listed { case, .. } in networks() {
        let (graph, facts) = (&case.graph, &case.facts);
        let most = |end: &dyn Fn(&nirkit::ir::Edge) -> String| {
            let mut counts = BTreeMap::new();
            graph.edges.iter().for_each(|edge| *counts.entry(end(edge)).or_insert(0) += 1);
            counts.into_values().max().unwrap_or(0)
        };
        let (out, into) = (most(&|edge| edge.source.clone()), most(&|edge| edge.target.clone()));
        nested += usize::from(!facts.nested().is_empty());
        cycles += usize::from(facts.components().iter().any(|component| component.recurrent));
        inputs += usize::from(facts.inputs(graph).count() > 1);
        outputs += usize::from(facts.outputs(graph).count() > 1);
        pictures += usize::from(facts.leaves().iter().any(|leaf| leaf.output.len() == 3));
        branches += usize::from(out > 1);
        joins += usize::from(into > 1);
        chains += usize::from(out < 2 && into < 2);
    }
    let kinds = [nested, cycles, inputs, outputs, pictures, branches, joins, chains];
    assert!(kinds.iter().all(|&graphs| graphs >= FEWEST), "{kinds:?}");
}

#[test]
fn the_ideal_has_the_same_bits() {
    let mut tally = Tally::default();
    for listed in networks() {
        for reset in [Reset::VReset, Reset::Subtract] {
            for spike in [
                SpikeReading::Impulse { area: listed.dt },
                SpikeReading::Pulse { width: listed.dt },
            ] {
                let options = exact::Options {
                    spike,
                    reset,
                    step: listed.dt,
                    max_rounds: 20,
                    max_pending: 2_000,
                    max_spikes: 2_000,
                };
                let run = |case: &Case, threads| ideal(case, &options, threads);
                let ran = hold("ideal", &listed, false, &run);
                let pulse = matches!(spike, SpikeReading::Pulse { .. });
                tally.count(format!("{reset}, pulse: {pulse}"), ran);
            }
        }
    }
    tally.assert_enough();
}

/// Spikes and voltages of each sample.
fn ideal(case: &Case, options: &exact::Options, threads: usize) -> Option<Vec<Bits>> {
    let program = exact::prepare(&case.graph, &case.facts, options).ok()?;
    let requests = nirkit::exact::requests(&program, &case.facts);
    let job = |stimulus| nirkit::exact::Job {
        program: &program,
        facts: &case.facts,
        stimulus,
        duration: IDEAL_STEPS as f64 * options.step,
        requests: &requests,
        times: (0..IDEAL_STEPS).map(|step| (step as f64 + 0.3) * options.step).collect(),
        folder: None,
        keep: true,
        limits: nirkit::io::Limits::default(),
    };
    let jobs: Vec<_> = case.stimuli.iter().map(job).collect();
    let outcomes = nirkit::exact::run_all(&jobs, threads, &|_| ()).ok()?;
    let sample = |outcome: nirkit::exact::Outcome| {
        let mut seen = bits_of(&Recording { arrays: outcome.traces });
        for (node, events) in outcome.spikes {
            let spikes = events.iter().flat_map(|spike| [spike.time, spike.neuron as f64]);
            seen.insert(node, bits(&spikes.collect::<Vec<_>>()));
        }
        seen
    };
    Some(outcomes.into_iter().map(sample).collect())
}

#[test]
fn the_clocked_engine_has_the_same_bits_under_any_choices() {
    let mut tally = Tally::default();
    let mut numbers = Numbers(1);
    for listed in networks() {
        for precision in [Precision::F32, Precision::F64] {
            for _ in 0..CHOICES {
                let mut options = recipe::options(&mut Bytes(&numbers.bytes(20)));
                options.precision = precision;
                for (name, values) in MORE_CHOICES {
                    options.set(name, values[numbers.below(2)]).unwrap();
                }
                let run = |case: &Case, threads| clocked(case, &options, threads);
                let ran = hold("clocked", &listed, false, &run);
                for (name, value) in options.choices() {
                    tally.count(format!("{name} {value}"), ran);
                }
            }
        }
    }
    tally.assert_enough();
}

fn clocked(case: &Case, options: &Options, threads: usize) -> Option<Bits> {
    let program = prepare(&case.graph, &case.facts, options).ok()?;
    let requests = program.requests();
    let job = nirkit::clocked::Job {
        program: &program,
        stimuli: &case.stimuli,
        steps: case.steps,
        requests: &requests,
        keep: Keep::Steps,
        has_batch: true,
        threads,
    };
    nirkit::clocked::run(&job, &|_| ()).ok().as_ref().map(bits_of)
}

#[test]
fn every_simulator_has_the_same_bits() {
    let mut tally = Tally::default();
    for listed in networks() {
        for profile in simulator::ALL.concat() {
            // The one exception: importers walk the list of edges (`docs/packages.md`, `Order` and
            // `blocks` of an `Execution`), so that other edges first are another program.
            let run = |case: &Case, threads| simulated(profile, case, threads);
            let ran = hold(&profile.title(), &listed, true, &run);
            tally.count(profile.title(), ran);
        }
    }
    tally.assert_enough();
}

/// What each of the ways gives in which a platform can run a network.
fn simulated(profile: &Profile, case: &Case, threads: usize) -> Option<Vec<Option<Bits>>> {
    let in_way = |way| {
        let choices = Choices { way, ..Choices::default() };
        let program = profile.prepare(&case.graph, &case.facts, &choices).ok()?;
        let requests = program.requests();
        let job = nirkit::platform::Job {
            program: &program,
            stimuli: &case.stimuli,
            steps: case.steps,
            requests: &requests,
            has_batch: true,
            threads,
        };
        nirkit::platform::run(&job, &|_| ()).ok().as_ref().map(bits_of)
    };
    let ways = profile.ways(&case.graph, &case.facts, &Choices::default());
    let seen: Vec<_> = (0..ways).map(in_way).collect();
    seen.iter().any(Option::is_some).then_some(seen)
}

#[test]
fn every_chip_has_the_same_bits() {
    let mut tally = Tally::default();
    for listed in networks() {
        for chip in chip::ALL {
            for quantiser in chip.quantisers {
                let choices = ChipChoices {
                    dt: Some(listed.dt),
                    quantize: Some(quantiser.name.to_owned()),
                    ..ChipChoices::default()
                };
                let run = |case: &Case, threads| on_chip(chip, &choices, case, threads);
                let ran = hold(&chip.title(), &listed, false, &run);
                tally.count(format!("{}, {}", chip.title(), quantiser.name), ran);
            }
        }
    }
    tally.assert_enough();
}

/// The document for the chip's own tools, and what is recorded.
fn on_chip(
    chip: &Chip,
    choices: &ChipChoices,
    case: &Case,
    threads: usize,
) -> Option<(String, Bits)> {
    let design = chip.lower(&case.graph, &case.facts, choices).unwrap().design?;
    let requests = design.emulation.requests();
    // Chips take numbers of spikes only.
    let counts = |signal: &Signal| matches!(signal, Signal::Frames { counts: true, .. });
    let stimuli = case.stimuli.iter().filter(|stimulus| stimulus.signals.values().all(counts));
    let stimuli: Vec<_> = stimuli.cloned().cycle().take(SAMPLES).collect();
    let job = nirkit::chip::Job {
        design: &design,
        stimuli: &stimuli,
        steps: case.steps,
        dt: choices.dt?,
        requests: &requests,
        has_batch: true,
        threads,
    };
    let recording = nirkit::chip::run(&job, &|_| ()).ok()?;
    Some((design.handover.json, bits_of(&recording)))
}
