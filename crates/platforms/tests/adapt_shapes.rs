//! Structure that is rewritten for a platform: both sides are run, and spike alike.

use crate::adapted;

use adapted::{DT, Neuron, both, filled, matrix, neuron};
use nirkit_ir::field::Padding;
use nirkit_ir::primitive::{Affine, Conv2d, Flatten, Input, Li, Linear, Output, SumPool2d};
use nirkit_ir::{Edge, Facts, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::adapt::Level;
use nirkit_platforms::adapt::trial::NodeTrial;
use nirkit_platforms::adapt::{Adapted, Reason};
use nirkit_platforms::compare::ideal;
use nirkit_platforms::{Choices, find};
use nirkit_run::{Reset, SpikeReading};
use nirkit_testing::recipe::Numbers;

fn counts(numbers: &[i64]) -> Tensor {
    Tensor::vector(numbers.to_vec())
}

fn row(nodes: Vec<(&str, Primitive)>) -> (Graph, Facts) {
    let mut graph = Graph::default();
    let names: Vec<String> = nodes.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, primitive) in nodes {
        graph.nodes.insert(name, Node::new(primitive));
    }
    graph.edges =
        names.windows(2).map(|pair| Edge::new(pair[0].as_str(), pair[1].as_str())).collect();
    let facts = validate(&graph).facts.expect("a sound graph");
    (graph, facts)
}

/// Weights, an LI or the synapse of a CubaLIF, and neurons that spike.
fn synapses(is_apart: bool, seed: u64) -> (Graph, Facts) {
    let mut numbers = Numbers(seed);
    let weight = matrix(5, 6, 0.5, &mut numbers);
    let li = Li { tau: filled(&[5], 4e-4), r: filled(&[5], 4.0), v_leak: filled(&[5], 0.0) };
    let whole = Neuron::CubaLif { tau_syn: 4e-4, tau_mem: 8e-4, r: 8.0, w_in: 4.0 };
    let port = |n: i64| counts(&[n]);
    let mut nodes = vec![
        ("input", Primitive::Input(Input { shape: port(6) })),
        ("fc", Primitive::Affine(Affine { weight, bias: filled(&[5], 0.0) })),
    ];
    if is_apart {
        nodes.push(("li", Primitive::Li(li)));
        nodes.push(("n", neuron(Neuron::Lif { tau: 8e-4, r: 8.0 }, 5)));
    } else {
        nodes.push(("n", neuron(whole, 5)));
    }
    nodes.push(("output", Primitive::Output(Output { shape: port(5) })));
    row(nodes)
}

/// A convolution with groups, neurons over a picture, a pool, and a matrix.
fn picture(groups: i64, size: f32, seed: u64) -> (Graph, Facts) {
    let mut numbers = Numbers(seed);
    let mut drawn = |shape: &[usize], size: f32| {
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| size * (numbers.draw() - 0.2)).collect();
        Tensor::new(shape, values).unwrap()
    };
    let conv = Conv2d {
        input_shape: Some(counts(&[1, 3])),
        weight: drawn(&[4, 2 / groups as usize, 1, 2], size),
        stride: counts(&[1, 1]),
        padding: Padding::Amount(counts(&[0, 0])),
        dilation: counts(&[1, 1]),
        groups: Tensor::scalar(groups),
        bias: filled(&[4], 0.0),
    };
    let Primitive::Lif(mut lif) = neuron(Neuron::Lif { tau: 1.6e-3, r: 16.0 }, 8) else {
        panic!("a LIF")
    };
    for tensor in [&mut lif.tau, &mut lif.r, &mut lif.v_leak, &mut lif.v_threshold] {
        *tensor = tensor.reshaped(&[4, 1, 2]).unwrap();
    }
    lif.v_reset = lif.v_reset.map(|v| v.reshaped(&[4, 1, 2]).unwrap());
    let pool = SumPool2d {
        kernel_size: counts(&[1, 2]),
        stride: counts(&[1, 2]),
        padding: counts(&[0, 0]),
    };
    let [start_dim, end_dim] = [0_i64, -1].map(Tensor::scalar);
    row(vec![
        ("input", Primitive::Input(Input { shape: counts(&[2, 1, 3]) })),
        ("conv", Primitive::Conv2d(conv)),
        ("n1", Primitive::Lif(lif)),
        ("pool", Primitive::SumPool2d(pool)),
        ("flat", Primitive::Flatten(Flatten { input_type: None, start_dim, end_dim })),
        ("fc", Primitive::Linear(Linear { weight: drawn(&[3, 4], size) })),
        ("n2", neuron(Neuron::Lif { tau: 1.6e-3, r: 16.0 }, 3)),
        ("output", Primitive::Output(Output { shape: counts(&[3]) })),
    ])
}

fn adapted(
    like: &str,
    target: &str,
    reset: Reset,
    net: &(Graph, Facts),
) -> (Adapted, Vec<NodeTrial>) {
    let choices = Choices { dt: Some(DT), reset: Some(reset), ..Choices::default() };
    let reference = find(like).unwrap();
    let reference = reference.semantics(&reference.settled(&net.0, &net.1, &choices));
    both(&reference, find(target).unwrap(), choices, net)
}

/// Both spike alike, some steps apart; and they do spike.
fn hold(what: &str, (found, trials): (Adapted, Vec<NodeTrial>)) -> Adapted {
    let reasons: Vec<&Reason> = found.nodes.iter().flat_map(|node| &node.reasons).collect();
    let refusals = &found.refusals;
    assert!(found.level() < Level::Impossible, "{what}: {reasons:?} {refusals:?}");
    assert!(!trials.is_empty());
    for trial in &trials {
        assert!(!trial.contradicted && trial.differ == 0, "{what}: {trial:?}");
    }
    assert!(trials.iter().map(|trial| trial.spikes[0]).sum::<f64>() > 50.0, "{trials:?}");
    found
}

fn alike(like: &str, target: &str, reset: Reset, net: &(Graph, Facts)) -> Adapted {
    hold(&format!("{like} -> {target}"), adapted(like, target, reset, net))
}

fn kinds(found: &Adapted) -> Vec<&str> {
    found.graph.nodes.iter().map(|(.., node)| node.primitive.kind()).collect()
}

#[test]
fn an_li_before_a_lif_is_the_synapse_of_a_cuba_lif_where_no_li_is_known() {
    for seed in 0..3 {
        let net = synapses(true, seed);
        let reference = ideal(DT, Reset::Zero, SpikeReading::default()).semantics;
        let choices = Choices { dt: Some(DT), reset: Some(Reset::Zero), ..Choices::default() };
        for target in ["norse", "snntorch", "spikingjelly"] {
            let both = both(&reference, find(target).unwrap(), choices, &net);
            let found = hold(target, both);
            let of = kinds(&found);
            assert!(of.contains(&"CubaLIF") && !of.contains(&"LI"), "{target}: {of:?}");
        }
        // Rockpool knows LI, and cuts its time constants to whole seconds.
        let (found, trials) = adapted("sinabs", "rockpool", Reset::Subtract, &net);
        assert!(trials.iter().all(|trial| !trial.contradicted), "{trials:?}");
        assert!(!kinds(&found).contains(&"LI"), "{:?}", kinds(&found));
    }
}

#[test]
fn a_cuba_lif_is_an_li_and_a_lif_where_only_these_are_known() {
    for seed in 0..3 {
        let net = synapses(false, seed);
        let found = alike("rockpool", "sinabs", Reset::Subtract, &net);
        let of = kinds(&found);
        assert!(of.contains(&"LI") && of.contains(&"LIF") && !of.contains(&"CubaLIF"), "{of:?}");
        assert!(found.nodes.iter().all(|node| node.level == Level::Bounded), "{:?}", found.nodes);
    }
}

#[test]
fn convolutions_and_pools_are_matrices_where_only_these_are_known() {
    for seed in 0..3 {
        let net = picture(1, 0.9, seed);
        let found = alike("spikingjelly", "lava", Reset::Zero, &net);
        let of = kinds(&found);
        let expected = ["Input", "Linear", "LIF", "Linear", "LIF", "Output"];
        assert_eq!(of.iter().filter(|kind| !expected.contains(kind)).count(), 0, "{of:?}");
        assert_eq!(of.len(), expected.len(), "two matrices in a row are one: {of:?}");
        assert!(found.nodes.iter().all(|node| node.lag > 0), "{:?}", found.nodes);
    }
}

#[test]
fn groups_are_dissolved_where_a_platform_has_none() {
    for seed in 0..3 {
        let net = picture(2, 6.0, seed);
        let found = alike("norse", "spikingjelly", Reset::Zero, &net);
        let convs = found.graph.nodes.iter().filter_map(|(.., node)| match &node.primitive {
            Primitive::Conv2d(conv) => Some(conv.groups.to_i64().unwrap()[0]),
            _ => None,
        });
        assert_eq!(convs.collect::<Vec<_>>(), [1]);
    }
}

#[test]
fn a_matrix_that_would_be_too_large_is_not_written_out_and_that_is_told() {
    let wide = 1 << 12;
    let pool = SumPool2d {
        kernel_size: counts(&[1, 2]),
        stride: counts(&[1, 2]),
        padding: counts(&[0, 0]),
    };
    let Primitive::If(mut neurons) = neuron(Neuron::If { r: 1.0 }, wide / 2) else {
        panic!("an IF")
    };
    let axes = [1, 1, wide / 2];
    neurons.r = neurons.r.reshaped(&axes).unwrap();
    neurons.v_threshold = neurons.v_threshold.reshaped(&axes).unwrap();
    neurons.v_reset = neurons.v_reset.map(|v| v.reshaped(&axes).unwrap());
    let net = row(vec![
        ("input", Primitive::Input(Input { shape: counts(&[1, 1, wide as i64]) })),
        ("pool", Primitive::SumPool2d(pool)),
        ("n", Primitive::If(neurons)),
        ("output", Primitive::Output(Output { shape: counts(&[1, 1, wide as i64 / 2]) })),
    ]);
    let choices = Choices { dt: Some(DT), reset: Some(Reset::Zero), ..Choices::default() };
    let reference = find("sinabs").unwrap();
    let reference = reference.semantics(&reference.settled(&net.0, &net.1, &choices));
    let goal = nirkit_platforms::adapt::Goal::simulator(find("lava").unwrap(), choices, &reference);
    let limits = nirkit_ir::Limits::default();
    let found = nirkit_platforms::adapt::adapt(&net.0, &net.1, &goal, &limits).unwrap();
    assert!(!found.refusals.is_empty());
    assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
    assert!(found.notes[0].contains("`pool` as a matrix has 8388608 weights"), "{:?}", found.notes);
}
