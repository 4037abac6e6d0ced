//! Networks, and both sides of an adaptation side by side.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test uses a part; one that cannot go on has failed"
)]

use nirkit_engine::clocked::semantics::{Semantics, prepare};
use nirkit_ir::primitive::{Affine, CubaLif, If, Input, Lif, Linear, Output};
use nirkit_ir::{Edge, Facts, Graph, Limits, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::adapt::trial::{NodeTrial, Runner, trial};
use nirkit_platforms::adapt::{Adapted, Goal, adapt};
use nirkit_platforms::{Choices, Profile};
use nirkit_run::{Signal, Stimulus};
use nirkit_testing::recipe::Numbers;

pub const DT: f64 = 1e-4;
pub const STEPS: usize = 200;

/// A neuron for networks of this page.
#[derive(Clone, Copy, Debug)]
pub enum Neuron {
    If { r: f32 },
    Lif { tau: f32, r: f32 },
    CubaLif { tau_syn: f32, tau_mem: f32, r: f32, w_in: f32 },
}

pub fn filled(shape: &[usize], x: f32) -> Tensor {
    Tensor::new(shape, vec![x; shape.iter().product()]).unwrap()
}

pub fn neuron(kind: Neuron, count: usize) -> Primitive {
    let all = |x: f32| filled(&[count], x);
    match kind {
        Neuron::If { r } => {
            Primitive::If(If { r: all(r), v_threshold: all(1.0), v_reset: Some(all(0.0)) })
        }
        Neuron::Lif { tau, r } => Primitive::Lif(Lif {
            tau: all(tau),
            r: all(r),
            v_leak: all(0.0),
            v_threshold: all(1.0),
            v_reset: Some(all(0.0)),
        }),
        Neuron::CubaLif { tau_syn, tau_mem, r, w_in } => Primitive::CubaLif(CubaLif {
            tau_syn: all(tau_syn),
            tau_mem: all(tau_mem),
            r: all(r),
            v_leak: all(0.0),
            v_threshold: all(1.0),
            v_reset: Some(all(0.0)),
            w_in: Some(all(w_in)),
        }),
    }
}

pub fn matrix(rows: usize, columns: usize, size: f32, numbers: &mut Numbers) -> Tensor {
    let weights = (0..rows * columns).map(|_| size * (numbers.draw() - 0.35)).collect();
    Tensor::new(&[rows, columns], weights).unwrap()
}

/// Two layers, the first with weights back to itself if asked for.
pub fn network(kind: Neuron, size: f32, bias: f32, recurrent: bool, seed: u64) -> (Graph, Facts) {
    let (inputs, hidden, outputs) = (6, 12, 4);
    let mut numbers = Numbers(seed);
    let mut graph = Graph::default();
    let shape = |n: usize| Tensor::vector(vec![n as i64]);
    let mut add = |name: &str, primitive| graph.nodes.insert(name, Node::new(primitive));
    add("input", Primitive::Input(Input { shape: shape(inputs) }));
    let affine = |weight: Tensor, rows: usize, bias: f32| {
        Primitive::Affine(Affine { weight, bias: filled(&[rows], bias) })
    };
    add("fc1", affine(matrix(hidden, inputs, size, &mut numbers), hidden, bias));
    add("lif1", neuron(kind, hidden));
    add("fc2", affine(matrix(outputs, hidden, size, &mut numbers), outputs, 0.0));
    add("lif2", neuron(kind, outputs));
    add("output", Primitive::Output(Output { shape: shape(outputs) }));
    if recurrent {
        add(
            "w_rec",
            Primitive::Linear(Linear { weight: matrix(hidden, hidden, size * 0.3, &mut numbers) }),
        );
    }
    let mut edges = vec![
        ("input", "fc1"),
        ("fc1", "lif1"),
        ("lif1", "fc2"),
        ("fc2", "lif2"),
        ("lif2", "output"),
    ];
    if recurrent {
        edges.extend([("lif1", "w_rec"), ("w_rec", "lif1")]);
    }
    graph.edges = edges.into_iter().map(|(a, b)| Edge::new(a, b)).collect();
    let facts = validate(&graph).facts.expect("a sound graph");
    (graph, facts)
}

pub fn stimulus(density: f32, seed: u64) -> Stimulus {
    let mut numbers = Numbers(seed);
    let values = (0..STEPS * 6).map(|_| if numbers.draw() < density { 1.0 } else { 0.0 }).collect();
    let signal = Signal::Frames { channels: 6, values, counts: true };
    Stimulus { signals: [("input".to_owned(), signal)].into() }
}

/// Adapts a network, and runs both sides on some stimuli.
pub fn both(
    reference: &Semantics,
    profile: &Profile,
    choices: Choices,
    (graph, facts): &(Graph, Facts),
) -> (Adapted, Vec<NodeTrial>) {
    let goal = Goal::simulator(profile, choices, reference);
    let found = adapt(graph, facts, &goal, &Limits::default()).unwrap();
    if !found.refusals.is_empty() {
        return (found, Vec::new());
    }
    let own = validate(&found.graph).facts.unwrap();
    let Ok(program) = profile.prepare(&found.graph, &own, &choices) else {
        return (found, Vec::new());
    };
    let programs = [prepare(graph, facts, reference).unwrap(), program];
    let mut trials: Vec<NodeTrial> = Vec::new();
    for (at, density) in [0.1, 0.4, 0.8].into_iter().enumerate() {
        let stimulus = stimulus(density, 7 + at as u64);
        trials.extend(
            trial(&found, &programs[0], Runner::Program(&programs[1]), &stimulus, STEPS).unwrap(),
        );
    }
    (found, trials)
}
