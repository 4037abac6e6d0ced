//! The cause of a difference is the choice that was planted, alone or with a second one.
//!
//! Pairs of semantics are made from one by changing one or two known choices. What the report blames
//! is held against what was planted, and against spikes that are recorded and compared here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::semantics::rule::{
    Floor, Form, Format, Grid, Leak, Ratio, ResetTiming, Rest, Rule, Spikes, Term, Test,
};
use nirkit_engine::clocked::semantics::{Later, Semantics, Time, prepare, record};
use nirkit_engine::clocked::{self, Feedback, Precision, Timing};
use nirkit_ir::primitive::{Affine, CubaLif, Input, Lif, Output};
use nirkit_ir::{Edge, Facts, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::compare::{Choice, Setup, Variant, cause, ideal};
use nirkit_run::{Observable, Request, Reset, Signal, SpikeReading, Stimulus};

const DT: f64 = 1e-3;
const CHANNELS: usize = 6;
const NEURONS: usize = 8;
const STEPS: usize = 60;

/// Numbers from 0 to 1 that look random (Lehmer's generator).
struct Draw(u64);

impl Draw {
    fn number(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 as f64 / 2_147_483_647.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.number() * limit as f64) as usize
    }

    fn between(&mut self, low: f64, high: f64, len: usize) -> Tensor {
        Tensor::vector((0..len).map(|_| low + (high - low) * self.number()).collect())
    }

    fn matrix(&mut self, rows: usize, columns: usize, size: f64) -> Tensor {
        self.between(-0.4 * size, size, rows * columns).reshaped(&[rows, columns]).unwrap()
    }
}

/// Two layers, the first with a recurrent connection, no two neurons alike.
fn network(draw: &mut Draw) -> Graph {
    let n = NEURONS;
    let shape = |len: usize| Tensor::vector(vec![len as i64]);
    let affine = |draw: &mut Draw, columns: usize, size: f64| {
        let weight = draw.matrix(n, columns, size);
        Primitive::Affine(Affine { weight, bias: draw.between(0.0, 0.3, n) })
    };
    let nodes = [
        ("input", Primitive::Input(Input { shape: shape(CHANNELS) })),
        ("fc1", affine(draw, CHANNELS, 3.0)),
        (
            "cuba",
            Primitive::CubaLif(CubaLif {
                tau_syn: draw.between(3e-3, 6e-3, n),
                tau_mem: draw.between(5e-3, 9e-3, n),
                r: draw.between(2.0, 4.0, n),
                v_leak: draw.between(0.05, 0.2, n),
                v_threshold: draw.between(0.5, 0.9, n),
                v_reset: Some(draw.between(-0.3, -0.1, n)),
                w_in: Some(draw.between(1.5, 2.5, n)),
            }),
        ),
        ("rec", affine(draw, n, 0.8)),
        ("fc2", affine(draw, n, 2.5)),
        (
            "lif",
            Primitive::Lif(Lif {
                tau: draw.between(4e-3, 8e-3, n),
                r: draw.between(2.0, 3.0, n),
                v_leak: draw.between(0.05, 0.2, n),
                v_threshold: draw.between(0.5, 0.9, n),
                v_reset: Some(draw.between(-0.3, -0.1, n)),
            }),
        ),
        ("output", Primitive::Output(Output { shape: shape(n) })),
    ];
    let edges = [
        ("input", "fc1"),
        ("fc1", "cuba"),
        ("cuba", "rec"),
        ("rec", "cuba"),
        ("cuba", "fc2"),
        ("fc2", "lif"),
        ("lif", "output"),
    ];
    Graph {
        nodes: nodes.into_iter().map(|(name, p)| (name, Node::new(p))).collect(),
        edges: edges.into_iter().map(|(source, target)| Edge::new(source, target)).collect(),
    }
}

fn stimulus(draw: &mut Draw) -> Stimulus {
    let value = |draw: &mut Draw| f64::from(u8::from(draw.number() < 0.3));
    let values = (0..STEPS * CHANNELS).map(|_| value(draw)).collect();
    let signal = Signal::Frames { channels: CHANNELS, values, counts: true };
    Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) }
}

/// Every rule of a semantics that this network uses.
fn each(semantics: &mut Semantics, change: impl Fn(&mut Rule)) {
    let neurons = &mut semantics.neurons;
    for rule in [&mut neurons.lif, &mut neurons.cuba_lif].into_iter().flatten() {
        change(rule);
    }
}

/// A choice, and a change of it.
type Plant = (Choice, fn(&mut Semantics));

/// The choices that are planted, each with what it is changed to.
const PLANTS: &[Plant] = &[
    (Choice::TimeStep, |s| s.time = Time::Step(0.8 * DT)),
    (Choice::Decay, |s| {
        each(s, |rule| {
            let leak = Leak::Exponential(Ratio::Quotient, Format::Double);
            rule.membrane.leak = leak;
            rule.synapse = rule.synapse.map(|mut synapse| {
                synapse.leak = leak;
                synapse
            });
        });
    }),
    (Choice::Gain, |s| {
        each(s, |rule| rule.membrane.gain = rule.membrane.gain.set(Term::Membrane, false));
    }),
    (Choice::R, |s| each(s, |rule| rule.membrane.gain = rule.membrane.gain.set(Term::R, false))),
    (Choice::WIn, |s| {
        each(s, |rule| rule.membrane.gain = rule.membrane.gain.set(Term::WIn, false));
    }),
    (Choice::VLeak, |s| each(s, |rule| rule.membrane.rest = Rest::Ignored)),
    (Choice::VLeak, |s| each(s, |rule| rule.membrane.rest = Rest::Bias)),
    (Choice::SynapseOrder, |s| {
        each(s, |rule| {
            rule.synapse = rule.synapse.map(|mut synapse| {
                synapse.form = Form::KeepBoth;
                synapse
            });
        });
    }),
    (Choice::SpikesPerStep, |s| fire(s, |fire| fire.spikes = Spikes::Several(8.0))),
    (Choice::Test, |s| fire(s, |fire| fire.test = Test::Before)),
    (Choice::Reset, |s| fire(s, |fire| fire.reset = Reset::Zero)),
    (Choice::Reset, |s| fire(s, |fire| fire.reset = Reset::Subtract)),
    (Choice::ResetTiming, |s| fire(s, |fire| fire.timing = ResetTiming::AfterInput)),
    (Choice::Floor, |s| fire(s, |fire| fire.floor = Floor::Zero)),
    (Choice::FirstOnly, |s| each(s, |rule| rule.first_only = &["tau", "tau_mem", "r"])),
    (Choice::Recurrence, |s| s.execution.later = Later::Before(Feedback::Absent)),
    (Choice::Recurrence, |s| s.execution.later = Later::Never),
    (Choice::Delay, |s| s.maps.arrival = Timing::Next),
    (Choice::RecurrentBias, |s| s.maps.recurrent_bias = false),
    (Choice::Quantisation, |s| {
        s.maps.recurrent_grid = Some(Grid { step: 0.25, low: -2.0, high: 2.0 });
    }),
    (Choice::Precision, |s| s.precision = Precision::F32),
];

fn fire(semantics: &mut Semantics, change: fn(&mut clocked::semantics::rule::Fire)) {
    each(semantics, |rule| {
        if let Some(fire) = &mut rule.fire {
            change(fire);
        }
    });
}

/// A network with its input.
struct World {
    graph: Graph,
    facts: Facts,
    stimulus: Stimulus,
}

impl World {
    fn new(draw: &mut Draw) -> Self {
        let graph = network(draw);
        let facts = validate(&graph).facts.unwrap();
        Self { graph, facts, stimulus: stimulus(draw) }
    }

    fn setup(&self) -> Setup<'_> {
        let (graph, facts, stimulus) = (&self.graph, &self.facts, &self.stimulus);
        Setup { graph, facts, stimulus, steps: STEPS, memory: 10.0 }
    }

    /// Spikes of both layers, step by step.
    fn spikes(&self, semantics: &Semantics) -> Vec<Vec<f64>> {
        let program = prepare(&self.graph, &self.facts, semantics).unwrap();
        let request =
            |node: &str| Request { node: node.to_owned(), observable: Observable::Spikes };
        let requests = [request("cuba"), request("lif")];
        let found = record(&program, &self.stimulus, STEPS, &requests).unwrap();
        let layers: Vec<Vec<f64>> =
            found.arrays.iter().map(|(_, array)| array.to_f64().unwrap().into_owned()).collect();
        let row = |step: usize, layer: &Vec<f64>| layer[step * NEURONS..][..NEURONS].to_vec();
        (0..STEPS).map(|step| layers.iter().flat_map(|layer| row(step, layer)).collect()).collect()
    }

    /// The sets of planted choices that account for the first difference, by recorded spikes.
    fn expected(&self, a: &Semantics, b: &Semantics, plants: &[usize]) -> Vec<Vec<Choice>> {
        let wanted = self.spikes(b);
        let own = self.spikes(a);
        let step = (0..STEPS).find(|&step| own[step] != wanted[step]).unwrap();
        let alone: Vec<Vec<Choice>> = plants
            .iter()
            .filter(|&&plant| {
                let mut switched = *a;
                PLANTS[plant].1(&mut switched);
                self.spikes(&switched)[..=step] == wanted[..=step]
            })
            .map(|&plant| vec![PLANTS[plant].0])
            .collect();
        if alone.is_empty() {
            return vec![plants.iter().map(|&plant| PLANTS[plant].0).collect()];
        }
        alone
    }
}

/// One or two plants that change different choices.
fn plants(draw: &mut Draw) -> Vec<usize> {
    let first = draw.below(PLANTS.len());
    let second = draw.below(PLANTS.len());
    if draw.number() < 0.4 || PLANTS[first].0 == PLANTS[second].0 {
        return vec![first];
    }
    vec![first, second]
}

#[test]
fn what_was_planted_is_blamed_in_every_one_of_two_hundred_pairs() {
    let mut draw = Draw(20_261_123);
    let mut compared = 0;
    while compared < 200 {
        let world = World::new(&mut draw);
        let plants = plants(&mut draw);
        let base = ideal(DT, Reset::VReset, SpikeReading::default());
        let mut semantics = base.semantics;
        for &plant in &plants {
            PLANTS[plant].1(&mut semantics);
        }
        let planted = Variant { title: "planted".to_owned(), semantics };
        let setup = world.setup();
        let difference = setup.compare(&base, &planted).unwrap();
        if difference.first.is_none() {
            continue;
        }
        compared += 1;
        let found = cause(&setup, &base, &planted, &difference).unwrap();
        let told: Vec<Choice> = plants.iter().map(|&plant| PLANTS[plant].0).collect();
        let blamed: BTreeSet<Choice> = found.differing.iter().map(|(choice, _)| *choice).collect();
        assert!(blamed.iter().all(|choice| told.contains(choice)), "{told:?}: {found:?}");
        let as_sets = |sets: Vec<Vec<Choice>>| -> BTreeSet<BTreeSet<Choice>> {
            sets.into_iter().map(|set| set.into_iter().collect()).collect()
        };
        let expected = as_sets(world.expected(&base.semantics, &semantics, &plants));
        assert_eq!(as_sets(found.first.clone()), expected, "{told:?}: {found:?}");
        let last = found.total.last().unwrap();
        assert!((last.together - 1.0).abs() < 1e-12, "{told:?}: {found:?}");
    }
}

/// The ideal on a grid is what the clocked engine does unless told otherwise: forward Euler, in which the voltage sees
/// the current from before the step.
#[test]
fn the_ideal_on_a_grid_is_forward_euler() {
    let mut draw = Draw(20);
    for _ in 0..20 {
        let mut world = World::new(&mut draw);
        // When recurrence arrives is a choice of its own.
        world.graph.edges.retain(|edge| edge.source != "rec" && edge.target != "rec");
        world.graph.nodes.retain(|name| name != "rec");
        world.facts = validate(&world.graph).facts.unwrap();
        let semantics = ideal(DT, Reset::VReset, SpikeReading::default()).semantics;
        let options = clocked::Options::new(DT);
        let program = clocked::prepare(&world.graph, &world.facts, &options).unwrap();
        let request =
            |node: &str| Request { node: node.to_owned(), observable: Observable::Spikes };
        let requests = [request("cuba"), request("lif")];
        let found = clocked::run(&program, &world.stimulus, STEPS, &requests).unwrap();
        let found: Vec<Vec<f64>> =
            found.arrays.iter().map(|(_, array)| array.to_f64().unwrap().into_owned()).collect();
        let on_grid = prepare(&world.graph, &world.facts, &semantics).unwrap();
        let ideal = record(&on_grid, &world.stimulus, STEPS, &requests).unwrap();
        for ((_, array), found) in ideal.arrays.iter().zip(&found) {
            assert!(found.iter().sum::<f64>() > 0.0);
            assert_eq!(array.to_f64().unwrap().as_ref(), found.as_slice());
        }
    }
}
