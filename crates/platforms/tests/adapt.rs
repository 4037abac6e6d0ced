//! Graphs rewritten for a platform: claims that runs do not contradict.

use nirkit_engine::clocked::scheme::prepare;
use nirkit_ir::primitive::{Affine, CubaLif, If, Input, Lif, Linear, Output};
use nirkit_ir::{Edge, Facts, Graph, Limits, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::adapt::trial::{NodeTrial, trial};
use nirkit_platforms::adapt::{Adapted, Goal, Level, adapt};
use nirkit_platforms::{Choices, find};
use nirkit_run::{Reset, Signal, Stimulus};
use nirkit_testing::recipe::Numbers;

const DT: f64 = 1e-4;
const STEPS: usize = 200;

/// A neuron for networks of this page.
#[derive(Clone, Copy, Debug)]
enum Neuron {
    If { r: f32 },
    Lif { tau: f32, r: f32 },
    CubaLif { tau_syn: f32, tau_mem: f32, r: f32, w_in: f32 },
}

fn filled(shape: &[usize], x: f32) -> Tensor {
    Tensor::new(shape, vec![x; shape.iter().product()]).unwrap()
}

fn neuron(kind: Neuron, count: usize) -> Primitive {
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

fn matrix(rows: usize, columns: usize, size: f32, numbers: &mut Numbers) -> Tensor {
    let weights = (0..rows * columns).map(|_| size * (numbers.draw() - 0.35)).collect();
    Tensor::new(&[rows, columns], weights).unwrap()
}

/// Two layers, the first with weights back to itself if asked for.
fn network(kind: Neuron, size: f32, bias: f32, recurrent: bool, seed: u64) -> (Graph, Facts) {
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

fn stimulus(density: f32, seed: u64) -> Stimulus {
    let mut numbers = Numbers(seed);
    let values = (0..STEPS * 6).map(|_| if numbers.draw() < density { 1.0 } else { 0.0 }).collect();
    let signal = Signal::Frames { channels: 6, values, counts: true };
    Stimulus { signals: [("input".to_owned(), signal)].into() }
}

/// Adapts a network, and runs both sides.
fn adapted(like: &str, target: &str, (graph, facts): &(Graph, Facts)) -> (Adapted, Vec<NodeTrial>) {
    let choices = Choices { dt: Some(DT), reset: Some(Reset::Zero), ..Choices::default() };
    let (like, profile) = (find(like).unwrap(), find(target).unwrap());
    let reference = like.scheme(&like.settled(graph, facts, &choices));
    let goal = Goal { profile, choices, reference: &reference };
    let found = adapt(graph, facts, &goal, &Limits::default()).unwrap();
    if !found.refusals.is_empty() {
        return (found, Vec::new());
    }
    let own = validate(&found.graph).facts.unwrap();
    let programs = [
        prepare(graph, facts, &reference).unwrap(),
        profile.prepare(&found.graph, &own, &choices).unwrap(),
    ];
    let mut trials: Vec<NodeTrial> = Vec::new();
    for (at, density) in [0.1, 0.4, 0.8].into_iter().enumerate() {
        trials.extend(
            trial(&found, [&programs[0], &programs[1]], &stimulus(density, 7 + at as u64), STEPS)
                .unwrap(),
        );
    }
    (found, trials)
}

/// The claim about the whole that is made, after it was held against runs.
fn claim(like: &str, target: &str, net: &(Graph, Facts)) -> (Level, Adapted, Vec<NodeTrial>) {
    let (found, trials) = adapted(like, target, net);
    for trial in &trials {
        assert!(!trial.contradicted, "{like} -> {target}: {trial:?}, {:?}", found.nodes);
    }
    (found.level(), found, trials)
}

const LIF: Neuron = Neuron::Lif { tau: 1.6e-3, r: 16.0 };

#[test]
fn a_gain_that_is_not_read_goes_into_the_weights() {
    let net = network(LIF, 0.5, 0.01, false, 3);
    let (level, found, trials) = claim("snntorch", "norse", &net);
    assert_eq!(level, Level::Bounded, "{:?}", found.nodes);
    assert!(trials.iter().all(|trial| trial.spikes[0] > 0.0 && trial.differ == 0), "{trials:?}");
}

#[test]
fn the_platform_itself_changes_nothing() {
    for name in ["norse", "snntorch", "sinabs", "spyx", "lava", "spikingjelly"] {
        let net = network(LIF, 0.5, 0.01, false, 3);
        let (level, found, _) = claim(name, name, &net);
        if found.refusals.is_empty() {
            assert_eq!((level, found.changes.as_slice()), (Level::Equal, &[][..]), "{name}");
            assert_eq!(found.graph, net.0, "{name}");
        }
    }
}

#[test]
fn claims_between_all_simulators_hold() {
    let cuba = Neuron::CubaLif { tau_syn: 8e-4, tau_mem: 1.6e-3, r: 16.0, w_in: 8.0 };
    let nets = [
        network(LIF, 0.5, 0.01, false, 3),
        network(Neuron::Lif { tau: 2e-3, r: 1.0 }, 6.0, 0.0, false, 4),
        network(Neuron::If { r: 1.0 }, 0.3, 0.0, false, 5),
        network(cuba, 0.4, 0.0, false, 6),
        network(cuba, 0.4, 0.02, true, 7),
    ];
    let names =
        ["norse", "snntorch", "sinabs", "rockpool", "spyx", "nengo", "lava", "spikingjelly"];
    let mut table = String::new();
    for (at, net) in nets.iter().enumerate() {
        for like in names {
            for target in names {
                let choices = Choices { dt: Some(DT), ..Choices::default() };
                let refuses =
                    nirkit_platforms::check(find(like).unwrap(), &net.0, &net.1, &choices)
                        .refuses();
                if refuses {
                    continue;
                }
                let (level, found, trials) = claim(like, target, net);
                let differ: usize = trials.iter().map(|trial| trial.differ).sum();
                let reason = found.nodes.iter().flat_map(|n| &n.reasons).next();
                let refused = found.refusals.first().map(|f| f.diagnostic.to_string());
                table += &format!(
                    "net {at} {like:>12} -> {target:<12} {:<10} differ {differ:<5} {}{}\n",
                    level.name(),
                    reason.map_or(String::new(), ToString::to_string),
                    refused.unwrap_or_default()
                );
            }
        }
    }
    println!("{table}");
}
