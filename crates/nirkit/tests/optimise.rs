//! Every rewrite keeps the output spikes of the ideal. Graphs are random, in double precision; spikes
//! before and after are those of the exact engine.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use nirkit::ir::{Document, Facts, Graph, Primitive, validate};
use nirkit::passes::optimise::{PASSES, Pass, Rewrite, find, optimise};
use nirkit_exact::{Options, Recording, prepare};
use nirkit_run::{Reset, Signal, SpikeReading, Stimulus};
use nirkit_testing::{Bytes, Case};

/// Channels of every signal.
const WIDTH: usize = 3;
/// Length of a run in seconds.
const SECONDS: f64 = 0.1;

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

    fn list(&mut self, low: f64, high: f64) -> String {
        let values: Vec<f64> = (0..WIDTH).map(|_| low + (high - low) * self.number()).collect();
        format!("f64[{WIDTH}] {values:?}")
    }

    fn matrix(&mut self, low: f64, high: f64) -> String {
        let rows: Vec<Vec<f64>> = (0..WIDTH)
            .map(|_| (0..WIDTH).map(|_| low + (high - low) * self.number()).collect())
            .collect();
        format!("f64[{WIDTH}, {WIDTH}] {rows:?}")
    }

    fn map(&mut self) -> String {
        match self.below(5) {
            0 => format!("Linear {{ weight: {} }}", self.matrix(-0.3, 1.0)),
            1 => format!("Scale {{ scale: {} }}", self.list(0.5, 1.5)),
            2 => format!(
                "Affine {{ weight: {} bias: f64[{WIDTH}] [0, 0, 0] }}",
                self.matrix(-0.3, 1.0)
            ),
            _ => format!(
                "Affine {{ weight: {} bias: {} }}",
                self.matrix(-0.3, 1.0),
                self.list(0.0, 0.3)
            ),
        }
    }

    fn neuron(&mut self) -> String {
        let levels =
            format!("v_threshold: {} v_reset: {}", self.list(0.4, 1.2), self.list(-0.3, -0.1));
        let leak = self.list(-0.2, 0.2);
        match self.below(4) {
            0 => format!("IF {{ r: {} {levels} }}", self.list(20.0, 60.0)),
            1 => format!(
                "CubaLIF {{ tau_syn: {} tau_mem: {} r: {} v_leak: {leak} {levels} w_in: {} }}",
                self.list(2e-3, 8e-3),
                self.list(5e-3, 2e-2),
                self.list(1.0, 3.0),
                self.list(0.8, 2.0)
            ),
            _ => format!(
                "LIF {{ tau: {} r: {} v_leak: {leak} {levels} }}",
                self.list(5e-3, 2e-2),
                self.list(1.0, 3.0)
            ),
        }
    }

    /// A row of maps and neurons with a recurrent map, a nested graph and a node that leads
    /// nowhere.
    fn graph(&mut self) -> Graph {
        let mut nodes = String::new();
        let mut edges = String::new();
        let mut last = "input".to_owned();
        let mut chain = |name: &str, node: &str, edges: &mut String, last: &mut String| {
            nodes += &format!("  {name} = {node}\n");
            *edges += &format!("  {last} -> {name}\n");
            name.clone_into(last);
        };
        for layer in 0..2 {
            for map in 0..=self.below(3) {
                let node = self.map();
                chain(&format!("map{layer}_{map}"), &node, &mut edges, &mut last);
            }
            let neuron = self.neuron();
            chain(&format!("neuron{layer}"), &neuron, &mut edges, &mut last);
        }
        let inner = format!(
            "NIRGraph {{\n  in = Input {{ shape: i64[1] [3] }}\n  m = {}\n  n = {}\n  out = Output {{ shape: \
             i64[1] [3] }}\n  in -> m -> n -> out\n  }}",
            self.map(),
            self.neuron()
        );
        chain("inner", &inner, &mut edges, &mut last);
        // Mostly inhibition: excitation that feeds itself has no bounds without a refractory time.
        let back = format!("Linear {{ weight: {} }}", self.matrix(-0.5, 0.05));
        nodes += &format!("  back = {back}\n  nowhere = {}\n", self.neuron());
        edges += &format!(
            "  neuron0 -> delay -> back -> neuron0\n  neuron1 -> nowhere\n  {last} -> output\n"
        );
        let text = format!(
            "nirt 1\ngraph {{\n  input = Input {{ shape: i64[1] [3] }}\n  output = Output {{ shape: i64[1] [3] }}
  delay = Delay {{ delay: {} }}\n{nodes}{edges}}}",
            self.list(2e-3, 6e-3)
        );
        let document: Document = nirkit::ir::text::parse(&text, &()).unwrap();
        let Primitive::Graph(graph) = document.root.primitive else { unreachable!() };
        graph
    }

    fn stimulus(&mut self) -> Stimulus {
        let breakpoints: Vec<f64> = (0..10).map(|k| f64::from(k) * SECONDS / 10.0).collect();
        let values = (0..10 * WIDTH).map(|_| 1.5 * self.number() - 0.1).collect();
        let signal = Signal::Current { channels: WIDTH, breakpoints, values };
        Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) }
    }
}

/// What leaves through the Output: times, channels.
fn output(graph: &Graph, stimulus: &Stimulus, reset: Reset) -> Vec<(f64, usize)> {
    let validation = validate(graph);
    assert!(validation.facts.is_some(), "{:?}", validation.findings);
    let facts = validation.facts.unwrap();
    let spike = SpikeReading::Pulse { width: 5e-3 };
    let program = prepare(graph, &facts, &Options { spike, reset, ..Options::default() }).unwrap();
    let mut found = Recording::default();
    program.start(stimulus).unwrap().advance(SECONDS, &mut found).unwrap();
    let output = program.find("output").unwrap();
    found.spikes(output).collect()
}

/// Holds the spikes of a rewritten graph against those of the graph; the rewrites.
fn hold(draw: &mut Draw, passes: &[&Pass], reset: Reset) -> (Vec<Rewrite>, usize) {
    let graph = draw.graph();
    let stimulus = draw.stimulus();
    let expected = output(&graph, &stimulus, reset);
    let mut changed = graph.clone();
    let rewrites = optimise(&mut changed, passes).unwrap();
    let found = output(&changed, &stimulus, reset);
    let names: Vec<&str> = passes.iter().map(|pass| pass.name).collect();
    assert_eq!(found.len(), expected.len(), "{names:?}: {rewrites:?}");
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found.1, expected.1, "{names:?}: {rewrites:?}");
        assert!((found.0 - expected.0).abs() < 1e-9, "{names:?}: {found:?} {expected:?}");
    }
    (rewrites, expected.len())
}

#[test]
fn every_pass_keeps_the_output_spikes() {
    let unnest = find("unnest").unwrap();
    let mut draw = Draw(7);
    let (mut done, mut spikes): (BTreeSet<&str>, usize) = (BTreeSet::new(), 0);
    for pass in PASSES {
        let resets = if pass.condition.is_empty() {
            vec![Reset::VReset, Reset::Subtract]
        } else {
            vec![Reset::VReset]
        };
        for reset in resets {
            for _ in 0..12 {
                let (rewrites, seen) = hold(&mut draw, &[unnest, pass], reset);
                done.extend(rewrites.iter().map(|rewrite| rewrite.pass));
                spikes += seen;
            }
        }
    }
    // There is no LI and no picture in these graphs; `structure_kept` has both.
    let others = ["average_to_sum", "ungroup", "unroll", "join_synapse"];
    let expected: BTreeSet<&str> =
        PASSES.iter().map(|pass| pass.name).filter(|name| !others.contains(name)).collect();
    assert_eq!(done, expected, "a pass found nothing to do");
    assert!(spikes > 1000, "too little to compare: {spikes} spikes");
}

#[test]
fn all_passes_together_keep_the_output_spikes_and_end() {
    let all: Vec<&Pass> = PASSES.iter().filter(|pass| pass.name != "add_bias").collect();
    let mut draw = Draw(11);
    for _ in 0..20 {
        hold(&mut draw, &all, Reset::VReset);
    }
}

#[test]
fn all_passes_together_leave_any_network_sound() {
    // Ports stay what they are, but for the passes that give them other axes.
    let other_axes = ["unroll", "picture_input"];
    let all: Vec<&Pass> = PASSES.iter().filter(|pass| !other_axes.contains(&pass.name)).collect();
    let mut draw = Draw(13);
    let (mut networks, mut done) = (0, BTreeSet::new());
    for _ in 0..300 {
        let bytes: Vec<u8> = (0..150).map(|_| draw.below(256) as u8).collect();
        let Some(case) = Case::read(&mut Bytes(&bytes)) else { continue };
        let mut changed = case.graph.clone();
        let rewrites = optimise(&mut changed, &all).unwrap();
        let facts = validate(&changed).facts.unwrap();
        let ports = |graph: &Graph, facts: &Facts| -> Vec<_> {
            let ports = facts.inputs(graph).chain(facts.outputs(graph)).map(|id| facts.leaf(id));
            ports.map(|leaf| (leaf.name.clone(), leaf.input.clone())).collect()
        };
        assert_eq!(ports(&changed, &facts), ports(&case.graph, &case.facts));
        done.extend(rewrites.iter().map(|rewrite| rewrite.pass));
        networks += 1;
    }
    assert!(networks > 250 && done.contains("prune"), "{networks} networks: {done:?}");
}

#[test]
fn a_mean_becomes_a_sum_with_a_factor_in_the_weights_behind() {
    let text = "nirt 1
graph {
  input = Input { shape: i64[3] [1, 2, 4] }
  pool = AvgPool2d { kernel_size: i64[2] [2, 2] stride: i64[2] [2, 2] padding: i64[2] [0, 0] }
  conv = Conv2d { weight: f64[1, 1, 1, 1] [[[[8]]]] stride: i64[2] [1, 1] padding: i64[2] [0, 0]
    dilation: i64[2] [1, 1] groups: i64 1 bias: f64[1] [0.5] }
  output = Output { shape: i64[3] [1, 1, 2] }
  input -> pool -> conv -> output
}";
    let document: Document = nirkit::ir::text::parse(text, &()).unwrap();
    let Primitive::Graph(mut graph) = document.root.primitive else { unreachable!() };
    let passes = ["average_to_sum", "fold_scale"].map(|name| find(name).unwrap());
    optimise(&mut graph, &passes).unwrap();
    let kinds: Vec<&str> = graph.nodes.iter().map(|(.., node)| node.primitive.kind()).collect();
    assert_eq!(kinds, ["Input", "SumPool2d", "Conv2d", "Output"]);
    let Primitive::Conv2d(conv) = &graph.nodes.get("conv").unwrap().primitive else {
        unreachable!()
    };
    assert_eq!(conv.weight.to_f64().unwrap()[0], 2.0);
    assert_eq!(conv.bias.to_f64().unwrap()[0], 0.5, "a bias is not pooled");
}

#[test]
fn the_platform_that_a_graph_was_trained_with_is_no_longer_named_where_a_gain_was_folded() {
    let graph = |reference: &str| {
        nirkit::ir::text::parse(
            &format!(
                "nirt 1\ngraph {{\n  i = Input {{ shape: i64[1] [2] }}\n  w = Linear {{ weight: f64[2, 2] 1 }}\n  \
                n = IF {{ r: f64[2] 20 v_threshold: f64[2] 1 v_reset: f64[2] 0 }}\n  \
                o = Output {{ shape: i64[1] [2] }}\n  i -> w -> n -> o\n  \
                metadata {{ nirkit.reference: \"{reference}\" }}\n}}\n"
            ),
            &(),
        )
        .unwrap()
    };
    for (reference, pass, is_kept) in [
        ("norse@1.1.0 dt=1e-3", "fold_gain", false),
        ("norse@1.1.0 dt=1e-3", "order_edges", true),
        ("ideal", "fold_gain", true),
    ] {
        let mut document = graph(reference);
        let done = nirkit::opt(&mut document, &[pass], &nirkit::io::Limits::default()).unwrap();
        let told = done.iter().any(|rewrite| rewrite.done.contains("`nirkit.reference`"));
        assert_eq!(document.root.metadata.contains_key("nirkit.reference"), is_kept, "{reference}");
        assert_eq!(told, !is_kept, "{done:?}");
    }
}
