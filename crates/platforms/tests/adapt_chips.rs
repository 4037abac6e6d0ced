//! Graphs prepared for chips: claims about integers that runs do not contradict.

use crate::adapted;

use std::collections::BTreeMap;

use adapted::{DT, Neuron, STEPS, filled, network, neuron, stimulus};
use nirkit_engine::clocked::semantics::{Frames, Semantics, prepare};
use nirkit_ir::primitive::{Affine, Conv2d, Flatten, Input, Output};
use nirkit_ir::{Edge, Facts, Graph, Limits, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::adapt::trial::{NodeTrial, Runner, trial};
use nirkit_platforms::adapt::{Adapted, Goal, Level, NodeVerdict, adapt};
use nirkit_platforms::chip::{Chip, ChipChoices};
use nirkit_platforms::{Choices, Platform, find, platform};
use nirkit_run::{Observable, Request, Reset, Signal, Stimulus};
use nirkit_testing::recipe::Numbers;

const CHIPS: [&str; 4] = ["xylo", "speck", "loihi2", "spinnaker2"];

fn chip(name: &str) -> &'static Chip {
    let Ok(Platform::Chip(chip)) = platform(name) else { panic!("{name} is a chip") };
    chip
}

fn reference(like: &str, reset: Reset, (graph, facts): &(Graph, Facts)) -> Semantics {
    let choices = Choices { dt: Some(DT), reset: Some(reset), ..Choices::default() };
    let like = find(like).unwrap();
    like.semantics(&like.settled(graph, facts, &choices))
}

fn choices(reset: Reset) -> ChipChoices {
    ChipChoices { dt: Some(DT), reset: Some(reset), ..ChipChoices::default() }
}

fn adapted(reference: &Semantics, name: &str, reset: Reset, net: &(Graph, Facts)) -> Adapted {
    let own = choices(reset);
    let goal = Goal::chip(chip(name), &own, reference);
    adapt(&net.0, &net.1, &goal, &Limits::default()).unwrap()
}

/// Runs both sides; none where the chip refuses the graph.
fn tried(
    reference: &Semantics,
    found: &Adapted,
    net: &(Graph, Facts),
    stimulus: &Stimulus,
) -> Vec<NodeTrial> {
    let Some(rounded) = &found.rounded else { return Vec::new() };
    let program = prepare(&net.0, &net.1, reference).unwrap();
    trial(found, &program, Runner::Chip(rounded), stimulus, STEPS).unwrap()
}

/// A picture of 2 x 3 pixels, a convolution and a matrix, each with neurons without a leak.
fn picture(weights: impl Fn(usize) -> f32) -> (Graph, Facts) {
    let mut graph = Graph::default();
    let counts = |numbers: &[i64]| Tensor::vector(numbers.to_vec());
    let mut add = |name: &str, primitive| graph.nodes.insert(name, Node::new(primitive));
    let tensor = |shape: &[usize]| {
        let count = shape.iter().product();
        Tensor::new(shape, (0..count).map(&weights).collect::<Vec<f32>>()).unwrap()
    };
    add("input", Primitive::Input(Input { shape: counts(&[1, 2, 3]) }));
    let conv = Conv2d {
        input_shape: Some(counts(&[2, 3])),
        weight: tensor(&[3, 1, 2, 2]),
        stride: counts(&[1, 1]),
        padding: nirkit_ir::field::Padding::Amount(counts(&[0, 0])),
        dilation: counts(&[1, 1]),
        groups: Tensor::scalar(1_i64),
        bias: filled(&[3], 0.0),
    };
    add("conv", Primitive::Conv2d(conv));
    add("if1", reshaped(neuron(Neuron::If { r: 1.0 }, 6), &[3, 1, 2]));
    let flat = Flatten {
        input_type: None,
        start_dim: Tensor::scalar(0_i64),
        end_dim: Tensor::scalar(-1_i64),
    };
    add("flat", Primitive::Flatten(flat));
    add("fc", Primitive::Affine(Affine { weight: tensor(&[4, 6]), bias: filled(&[4], 0.0) }));
    add("if2", neuron(Neuron::If { r: 1.0 }, 4));
    add("output", Primitive::Output(Output { shape: counts(&[4]) }));
    let row = ["input", "conv", "if1", "flat", "fc", "if2", "output"];
    graph.edges = row.windows(2).map(|pair| Edge::new(pair[0], pair[1])).collect();
    let facts = validate(&graph).facts.expect("a sound graph");
    (graph, facts)
}

fn reshaped(primitive: Primitive, shape: &[usize]) -> Primitive {
    let Primitive::If(mut neuron) = primitive else { return primitive };
    neuron.r = neuron.r.reshaped(shape).unwrap();
    neuron.v_threshold = neuron.v_threshold.reshaped(shape).unwrap();
    neuron.v_reset = neuron.v_reset.map(|v| v.reshaped(shape).unwrap());
    Primitive::If(neuron)
}

fn few(weights: &mut Numbers) -> (Graph, Facts) {
    let drawn: Vec<f32> = (0..24).map(|_| 0.35 * (weights.draw() - 0.3)).collect();
    picture(move |at| drawn[at])
}

/// Multiples of 1/128 up to 127/128, with a threshold of 1: a scale of 128 leaves every weight what it is.
fn whole() -> (Graph, Facts) {
    picture(|at| [127.0, -32.0, 16.0, 1.0][at % 4] / 128.0)
}

#[test]
fn no_claim_about_integers_is_contradicted() {
    let cuba = Neuron::CubaLif { tau_syn: 4e-4, tau_mem: 8e-4, r: 8.0, w_in: 4.0 };
    let lif = Neuron::Lif { tau: 4e-4, r: 4.0 };
    let (mut bounded, mut runs, mut kinds) = (0, 0, BTreeMap::new());
    for seed in 0..6 {
        let mut numbers = Numbers(seed + 40);
        let nets = [
            network(cuba, 0.12, 0.0, false, seed),
            network(cuba, 0.1, 0.0, true, seed),
            network(lif, 0.25, 0.0, false, seed),
            network(lif, 0.2, 0.01, false, seed),
            few(&mut numbers),
            whole(),
        ];
        for (at, net) in nets.iter().enumerate() {
            for (like, reset) in [
                ("norse", Reset::Zero),
                ("norse", Reset::Subtract),
                ("snntorch", Reset::Subtract),
                ("spikingjelly", Reset::Zero),
                ("sinabs", Reset::Subtract),
            ] {
                let reference = reference(like, reset, net);
                if prepare(&net.0, &net.1, &reference).is_err() {
                    continue;
                }
                for name in CHIPS {
                    let own = choices(reset);
                    let goal = Goal::chip(chip(name), &own, &reference);
                    let Ok(found) = adapt(&net.0, &net.1, &goal, &Limits::default()) else {
                        continue;
                    };
                    let claims = found.nodes.iter().filter(|n| n.level == Level::Bounded).count();
                    assert!(found.nodes.iter().all(|node| node.level >= Level::Bounded));
                    bounded += claims;
                    if claims > 0 {
                        *kinds.entry((name, at)).or_insert(0) += claims;
                    }
                    let stimuli = [0.1, 0.4, 0.9].map(|density| stimulus(density, seed));
                    for stimulus in &stimuli {
                        for trial in tried(&reference, &found, net, stimulus) {
                            runs += 1;
                            let nodes = &found.nodes;
                            assert!(!trial.contradicted, "{like} -> {name}: {trial:?} {nodes:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(bounded >= 100 && runs >= 500, "{bounded} claims, {runs} runs, {kinds:?}");
    assert!(CHIPS.iter().all(|name| kinds.keys().any(|(of, _)| of == name)), "{kinds:?}");
}

#[test]
fn the_voltage_of_a_chip_stays_within_the_bound() {
    let cuba = Neuron::CubaLif { tau_syn: 4e-4, tau_mem: 8e-4, r: 8.0, w_in: 4.0 };
    let lif = Neuron::Lif { tau: 4e-4, r: 4.0 };
    let mut compared = 0;
    for seed in 0..4 {
        let mut numbers = Numbers(seed + 90);
        for (name, like, reset, net) in [
            ("xylo", "norse", Reset::Subtract, network(cuba, 0.03, 0.0, false, seed)),
            ("loihi2", "spikingjelly", Reset::Zero, network(lif, 0.04, 0.0, false, seed)),
            ("loihi2", "norse", Reset::Zero, network(cuba, 0.04, 0.0, false, seed)),
            ("spinnaker2", "norse", Reset::Zero, network(cuba, 0.04, 0.0, false, seed)),
            ("spinnaker2", "spikingjelly", Reset::Zero, network(lif, 0.04, 0.0, false, seed)),
            ("speck", "sinabs", Reset::Subtract, few(&mut numbers)),
        ] {
            let reference = reference(like, reset, &net);
            let found = adapted(&reference, name, reset, &net);
            let first = if name == "speck" { "if1" } else { "lif1" };
            let node = found.nodes.iter().find(|node| node.node == first).unwrap();
            let Some(bound) = node.bound else { continue };
            let stimulus = stimulus(0.5, seed);
            let rounded = found.rounded.as_ref().unwrap();
            let program = prepare(&net.0, &net.1, &reference).unwrap();
            let mut frames = Frames::new(&program, &stimulus).unwrap();
            let mut run = program.start();
            let request = Request { node: first.to_owned(), observable: Observable::V };
            let mut voltages = Vec::new();
            for step in 0..60 {
                run.step(frames.at(step));
                voltages.push(run.observe(&program, &request).unwrap());
            }
            let lag = usize::try_from(node.lag).unwrap();
            for neuron in 0..voltages[0].len() {
                let of_chip = rounded.design.moments((first, neuron), &stimulus, 64, DT).unwrap();
                // The two agree as long as neither has spiked otherwise.
                for (step, own) in voltages.iter().enumerate() {
                    let moment = &of_chip[step + lag];
                    if moment.spikes != 0.0 || own[neuron] > 0.9 {
                        break;
                    }
                    let there = moment.v / moment.threshold;
                    let off = (own[neuron] - there).abs();
                    assert!(off <= bound, "{name} {like} {step} {neuron}: {off} > {bound}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn a_gain_that_the_reference_does_not_read_reaches_the_chip() {
    // Norse reads no `r` of a LIF, and the chips multiply by it.
    let net = network(Neuron::Lif { tau: 1.6e-3, r: 16.0 }, 6.0, 0.0, false, 3);
    let reference = reference("norse", Reset::Zero, &net);
    for name in ["loihi2", "spinnaker2"] {
        let found = adapted(&reference, name, Reset::Zero, &net);
        assert!(!found.changes.is_empty(), "{name}");
        let stimulus = stimulus(0.3, 5);
        let after = tried(&reference, &found, &net, &stimulus);
        let own = choices(Reset::Zero);
        let lowering = chip(name).lower(&net.0, &net.1, &own).unwrap();
        let before = lowering.design.unwrap().record_nodes(&stimulus, STEPS, DT).unwrap();
        let before = before.get("lif1", Observable::Spikes).unwrap().to_f64().unwrap();
        let before = before.iter().sum::<f64>();
        let [wanted, found] = after[0].spikes;
        assert!(
            wanted > 0.0 && (found - wanted).abs() < 0.2 * (before - wanted).abs(),
            "{name}: {before} {after:?}"
        );
    }
}

#[test]
fn weights_that_stay_integers_spike_as_the_reference_does() {
    let net = whole();
    let reference = reference("sinabs", Reset::Subtract, &net);
    let found = adapted(&reference, "speck", Reset::Subtract, &net);
    let is_exact = |node: &NodeVerdict| node.level == Level::Bounded && node.bound == Some(0.0);
    assert!(found.nodes.iter().all(is_exact), "{:?}", found.nodes);
    for density in [0.2, 0.9] {
        let signal = Signal::Frames {
            channels: 6,
            values: (0..STEPS * 6)
                .map(|at| f64::from(u8::from(at % 10 < (density * 10.0) as usize)))
                .collect(),
            counts: true,
        };
        let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
        let trials = tried(&reference, &found, &net, &stimulus);
        assert!(trials.iter().all(|trial| trial.differ == 0), "{trials:?}");
        assert!(trials.iter().all(|trial| trial.spikes[0] > 0.0), "{trials:?}");
    }
}

#[test]
fn a_convolution_becomes_a_matrix_for_a_chip_without() {
    let net = few(&mut Numbers(5));
    let reference = reference("sinabs", Reset::Subtract, &net);
    let found = adapted(&reference, "xylo", Reset::Subtract, &net);
    assert!(found.refusals.is_empty(), "{:?}", found.refusals);
    let kinds: Vec<&str> = found.graph.nodes.iter().map(|(.., n)| n.primitive.kind()).collect();
    assert!(!kinds.contains(&"Conv2d") && !kinds.contains(&"Flatten"), "{kinds:?}");
}

#[test]
fn what_a_chip_has_too_little_of_is_said_beside_the_claims() {
    let mut numbers = Numbers(2);
    let cuba = Neuron::CubaLif { tau_syn: 4e-4, tau_mem: 8e-4, r: 8.0, w_in: 4.0 };
    let net = network(cuba, 0.1, 0.0, false, 2);
    // Nine outputs, one more than Xylo has.
    let mut graph = net.0.clone();
    let weight = adapted::matrix(9, 12, 0.1, &mut numbers);
    graph.nodes.get_mut("fc2").unwrap().primitive =
        Primitive::Affine(Affine { weight, bias: filled(&[9], 0.0) });
    graph.nodes.get_mut("lif2").unwrap().primitive = neuron(cuba, 9);
    graph.nodes.get_mut("output").unwrap().primitive =
        Primitive::Output(Output { shape: Tensor::vector(vec![9_i64]) });
    let facts = validate(&graph).facts.unwrap();
    let net = (graph, facts);
    let reference = reference("norse", Reset::Subtract, &net);
    let found = adapted(&reference, "xylo", Reset::Subtract, &net);
    assert_eq!(found.excess.len(), 1, "{:?}", found.excess);
    assert_eq!((found.level(), found.rounded.is_some()), (Level::Impossible, true));
}
