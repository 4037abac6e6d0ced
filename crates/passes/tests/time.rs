//! Rewrites and repairs take time for what they do, and not for the rest of the graph each time. The
//! bounds are wide: whoever begins anew after each change takes a hundred times as long.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nirkit_ir::primitive::{AvgPool2d, Input, Linear, Output, Scale};
use nirkit_ir::{Document, Edge, Fields, Graph, Node, Primitive};
use nirkit_numerics::Tensor;
use nirkit_passes::optimise::{find, optimise};
use nirkit_passes::repair;

const MANY: usize = 8000;

fn within(work: impl FnOnce()) {
    let begun = Instant::now();
    work();
    let taken = begun.elapsed();
    assert!(taken < Duration::from_secs(20), "took {taken:?}");
}

fn ports(graph: &mut Graph) {
    let shape = || Tensor::vector(vec![1_i64]);
    graph.nodes.insert("input", Node::new(Primitive::Input(Input { shape: shape() })));
    graph.nodes.insert("output", Node::new(Primitive::Output(Output { shape: shape() })));
}

/// A chain from the input to the output.
fn chain(node: impl Fn() -> Primitive) -> Graph {
    let mut graph = Graph::default();
    ports(&mut graph);
    let name = |at: usize| format!("n{at}");
    for at in 0..MANY {
        graph.nodes.insert(name(at), Node::new(node()));
        let source = if at == 0 { "input".to_owned() } else { name(at - 1) };
        graph.edges.push(Edge::new(source, name(at)));
    }
    graph.edges.push(Edge::new(name(MANY - 1), "output"));
    graph
}

#[test]
fn a_long_chain_of_factors_becomes_one() {
    let mut graph = chain(|| Primitive::Scale(Scale { scale: Tensor::vector(vec![1.0_f32]) }));
    within(|| {
        let rewrites = optimise(&mut graph, &[find("fold_scale").unwrap()]).unwrap();
        assert_eq!(rewrites.len(), MANY - 1);
    });
    assert_eq!((graph.nodes.len(), graph.edges.len()), (3, 2));
}

#[test]
fn a_long_chain_of_means_becomes_sums_and_one_factor() {
    let shape = || Tensor::vector(vec![1_i64, 1, 1]);
    let pool = || {
        let (one, zero) = (Tensor::vector(vec![1_i64, 1]), Tensor::vector(vec![0_i64, 0]));
        AvgPool2d { kernel_size: one.clone(), stride: one, padding: zero }
    };
    let mut graph = chain(|| Primitive::AvgPool2d(pool()));
    for (port, primitive) in [
        ("input", Primitive::Input(Input { shape: shape() })),
        ("output", Primitive::Output(Output { shape: shape() })),
    ] {
        graph.nodes.insert(port, Node::new(primitive));
    }
    within(|| {
        let passes = ["average_to_sum", "fold_scale"].map(|name| find(name).unwrap());
        let rewrites = optimise(&mut graph, &passes).unwrap();
        // Each becomes a sum, and each factor but the last goes into the next one.
        assert_eq!(rewrites.len(), 2 * MANY - 1);
    });
    assert_eq!(graph.nodes.len(), MANY + 3);
}

#[test]
fn a_long_chain_of_matrices_becomes_one() {
    let weight = || Tensor::new(&[1, 1], vec![1.0_f32]).unwrap();
    let mut graph = chain(|| Primitive::Linear(Linear { weight: weight() }));
    within(|| {
        let rewrites = optimise(&mut graph, &[find("fold_linear").unwrap()]).unwrap();
        assert_eq!(rewrites.len(), MANY - 1);
    });
    assert_eq!(graph.nodes.len(), 3);
}

#[test]
fn many_nodes_that_lead_nowhere_are_taken_out() {
    let mut graph = chain(|| Primitive::Scale(Scale { scale: Tensor::vector(vec![1.0_f32]) }));
    graph.edges.pop();
    graph.edges.push(Edge::new("input", "output"));
    within(|| {
        let rewrites = optimise(&mut graph, &[find("prune").unwrap()]).unwrap();
        assert_eq!(rewrites.len(), MANY);
        // The last one leads nowhere first.
        assert_eq!(rewrites[0].node, format!("n{}", MANY - 1));
    });
    assert_eq!(graph.nodes.len(), 2);
}

#[test]
fn many_edges_that_name_no_node_are_mended() {
    let mut graph = Graph::default();
    ports(&mut graph);
    graph.edges.push(Edge::new("input", "output"));
    for at in 0..4 * MANY {
        graph.edges.push(Edge::new("input", format!("missing{at}")));
    }
    let node = Node::new(Primitive::Graph(graph));
    let (extra, storage) = (Fields::default(), BTreeMap::new());
    let mut document = Document { version: None, root: node, extra, storage, left_out: Vec::new() };
    within(|| assert_eq!(repair(&mut document).len(), 4 * MANY));
    assert_eq!(document.graph().unwrap().edges, [Edge::new("input", "output")]);
}
