//! The structural part of an adaptation keeps NIR's equations: random graphs of pictures and synapses, brought into the form
//! of each platform, and run by the exact engine before and after.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use nirkit::ir::{Document, Graph, Primitive, validate};
use nirkit::passes::optimise::{find, optimise};
use nirkit::platforms::adapt::structured;
use nirkit_exact::{Options, Recording, prepare};
use nirkit_ir::Limits;
use nirkit_run::{Reset, Signal, SpikeReading, Stimulus};
use nirkit_testing::recipe::Numbers;

/// Length of a run in seconds.
const SECONDS: f64 = 0.06;
/// Channels of the Inputs of pictures.
const PIXELS: usize = 2 * 4 * 4;

/// Numbers in nested lists.
fn nested(numbers: &[f64], shape: &[usize]) -> String {
    let [first, rest @ ..] = shape else { return format!("{:?}", numbers[0]) };
    let each = numbers.len() / first;
    let parts: Vec<String> = numbers.chunks(each).map(|part| nested(part, rest)).collect();
    format!("[{}]", parts.join(", "))
}

/// Numbers in a range, as the text form has them.
fn list(draw: &mut Numbers, shape: &[usize], low: f64, high: f64) -> String {
    let count = shape.iter().product();
    let numbers: Vec<f64> =
        (0..count).map(|_| low + (high - low) * f64::from(draw.draw())).collect();
    format!("f64{shape:?} {}", nested(&numbers, shape))
}

/// A neuron over some axes, with an LI before it or a synapse in it at random: its nodes, and the names in a row.
fn neuron(draw: &mut Numbers, name: &str, shape: &[usize]) -> (String, String) {
    let mut of = |low: f64, high: f64| list(draw, shape, low, high);
    let levels = format!("v_threshold: {} v_reset: {}", of(0.3, 0.8), of(-0.2, 0.0));
    let lif = format!(
        "LIF {{ tau: {} r: {} v_leak: {} {levels} }}",
        of(5e-3, 2e-2),
        of(1.0, 3.0),
        of(-0.1, 0.1)
    );
    match draw.below(4) {
        0 => (format!("{name} = {lif}\n"), name.to_owned()),
        1 => {
            let mut of = |low: f64, high: f64| list(draw, shape, low, high);
            let kind = format!("IF {{ r: {} {levels} }}", of(20.0, 60.0));
            (format!("{name} = {kind}\n"), name.to_owned())
        }
        2 => {
            let mut of = |low: f64, high: f64| list(draw, shape, low, high);
            let li = format!(
                "LI {{ tau: {} r: {} v_leak: {} }}",
                of(2e-3, 8e-3),
                of(1.0, 2.0),
                of(0.0, 0.0)
            );
            (format!("{name}_li = {li}\n{name} = {lif}\n"), format!("{name}_li -> {name}"))
        }
        _ => {
            let mut of = |low: f64, high: f64| list(draw, shape, low, high);
            let kind = format!(
                "CubaLIF {{ tau_syn: {} tau_mem: {} r: {} v_leak: {} {levels} w_in: {} }}",
                of(2e-3, 8e-3),
                of(5e-3, 2e-2),
                of(1.0, 3.0),
                of(-0.1, 0.1),
                of(0.8, 2.0)
            );
            (format!("{name} = {kind}\n"), name.to_owned())
        }
    }
}

/// Convolution, neurons, pool, Flatten, matrix, neurons with weights back to themselves.
fn graph(draw: &mut Numbers) -> Graph {
    let groups = 1 + draw.below(2);
    let padding = draw.below(2);
    let stride = 1 + draw.below(2);
    let side = (4 + 2 * padding - 3) / stride + 1;
    let weight = list(draw, &[4, 2 / groups, 3, 3], -0.2, 0.6);
    let bias = list(draw, &[4], 0.0, 0.1);
    let conv = format!(
        "Conv2d {{ weight: {weight} stride: i64[2] [{stride}, {stride}] padding: i64[2] [{padding}, {padding}] \
         dilation: i64[2] [1, 1] groups: i64 {groups} bias: {bias} }}"
    );
    let (first, way) = neuron(draw, "n1", &[4, side, side]);
    let kind = ["SumPool2d", "AvgPool2d"][draw.below(2)];
    let width = if side > 1 { 2 } else { 1 };
    let pool = format!(
        "{kind} {{ kernel_size: i64[2] [{width}, {width}] stride: i64[2] [{width}, {width}] padding: i64[2] [0, 0] }}"
    );
    let left = 4 * (side / width) * (side / width);
    let matrix = list(draw, &[3, left], -0.2, 0.8);
    let (second, last) = neuron(draw, "n2", &[3]);
    let entry = last.split(" -> ").next().unwrap();
    let back = list(draw, &[3, 3], -0.4, 0.05);
    let delay = list(draw, &[3], 2e-3, 6e-3);
    let text = format!(
        "nirt 1\ngraph {{\n  input = Input {{ shape: i64[3] [2, 4, 4] }}\n  conv = {conv}\n  {first}  pool = {pool}\n  \
         flat = Flatten {{ start_dim: i64 0 end_dim: i64 -1 }}\n  fc = Linear {{ weight: {matrix} }}\n  {second}  \
         delay = Delay {{ delay: {delay} }}\n  back = Linear {{ weight: {back} }}\n  \
         output = Output {{ shape: i64[1] [3] }}\n  \
         input -> conv -> {way} -> pool -> flat -> fc -> {last} -> output\n  n2 -> delay -> back -> {entry}\n}}"
    );
    let document: Document = nirkit::ir::text::parse(&text, &()).unwrap();
    let Primitive::Graph(graph) = document.root.primitive else { unreachable!() };
    graph
}

fn stimulus(draw: &mut Numbers) -> Stimulus {
    let breakpoints: Vec<f64> = (0..10).map(|k| f64::from(k) * SECONDS / 10.0).collect();
    let values = (0..10 * PIXELS).map(|_| 1.2 * f64::from(draw.draw()) - 0.2).collect();
    let signal = Signal::Current { channels: PIXELS, breakpoints, values };
    Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) }
}

/// What leaves through the Output: times, channels.
fn output(graph: &Graph, stimulus: &Stimulus, reset: Reset) -> Vec<(f64, usize)> {
    let facts = validate(graph).facts.unwrap();
    let spike = SpikeReading::Pulse { width: 5e-3 };
    let program = prepare(graph, &facts, &Options { spike, reset, ..Options::default() }).unwrap();
    let mut found = Recording::default();
    program.start(stimulus).unwrap().advance(SECONDS, &mut found).unwrap();
    let output = program.find("output").unwrap();
    found.spikes(output).collect()
}

fn hold(expected: &[(f64, usize)], found: &[(f64, usize)], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.1, expected.1, "{what}");
        assert!((found.0 - expected.0).abs() < 1e-9, "{what}: {found:?} {expected:?}");
    }
}

#[test]
fn each_structural_pass_keeps_the_spikes_of_the_ideal() {
    let (mut done, mut spikes) = (BTreeMap::<&str, usize>::new(), 0);
    let mut draw = Numbers(3);
    for name in ["ungroup", "unroll", "join_synapse", "split_synapse", "average_to_sum"] {
        for at in 0..10 {
            let (graph, stimulus) = (graph(&mut draw), stimulus(&mut draw));
            let reset = [Reset::VReset, Reset::Subtract][at % 2];
            let expected = output(&graph, &stimulus, reset);
            let mut changed = graph.clone();
            let rewrites = optimise(&mut changed, &[find(name).unwrap()]).unwrap();
            hold(&expected, &output(&changed, &stimulus, reset), name);
            *done.entry(name).or_default() += rewrites.len();
            spikes += expected.len();
        }
    }
    assert!(done.values().all(|&rewrites| rewrites >= 3), "{done:?}");
    assert!(spikes > 500, "too little to compare: {spikes} spikes");
}

#[test]
fn the_form_for_each_platform_keeps_the_spikes_of_the_ideal() {
    let simulators = nirkit::platforms::version::all().map(nirkit_platforms::Profile::title);
    let chips = nirkit::platforms::chip::ALL.iter().map(|chip| chip.title());
    let mut draw = Numbers(11);
    let (mut passes, mut changed, mut spikes) = (BTreeSet::new(), 0, 0);
    for title in simulators.chain(chips) {
        let platform = nirkit::platform(&title).unwrap();
        for at in 0..4 {
            let (graph, stimulus) = (graph(&mut draw), stimulus(&mut draw));
            let reset = [Reset::VReset, Reset::Subtract][at % 2];
            let facts = validate(&graph).facts.unwrap();
            let found = structured(&graph, &facts, platform, Some(1e-4), &Limits::default());
            let found = found.unwrap();
            changed += usize::from(found.graph != graph);
            passes.extend(found.rewrites.iter().map(|rewrite| rewrite.pass));
            let expected = output(&graph, &stimulus, reset);
            let what = format!("{title}: {:?}", found.rewrites);
            hold(&expected, &output(&found.graph, &stimulus, reset), &what);
            spikes += expected.len();
        }
    }
    assert!(changed > 40 && passes.len() >= 4, "{changed} graphs changed: {passes:?}");
    assert!(spikes > 500, "too little to compare: {spikes} spikes");
}
