//! Time grows with the size of a graph and no faster. The bounds are wide: whoever looks from the
//! beginning for each node takes a hundred times as long.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use nirkit_ir::primitive::{If, Input, Linear, Output};
use nirkit_ir::{Edge, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;

fn neuron(shape: &[usize]) -> Node {
    let all = |value: f32| Tensor::new(shape, vec![value; shape.iter().product()]).unwrap();
    let (r, v_threshold, v_reset) = (all(1.0), all(1.0), Some(all(0.0)));
    Node::new(Primitive::If(If { r, v_threshold, v_reset }))
}

fn within(seconds: u64, work: impl FnOnce()) {
    let begun = Instant::now();
    work();
    let taken = begun.elapsed();
    assert!(taken < Duration::from_secs(seconds), "took {taken:?}");
}

#[test]
fn a_hundred_thousand_isolated_nodes_are_checked_in_no_time() {
    for shape in [&[1][..], &[], &[2]] {
        let mut graph = Graph::default();
        for at in 0..100_000 {
            graph.nodes.insert(format!("n{at}"), neuron(shape));
        }
        within(10, || assert!(validate(&graph).facts.is_some()));
    }
}

#[test]
fn nodes_that_take_their_shapes_from_their_targets_are_placed_in_no_time() {
    // A chain of neurons with single numbers, whose end alone has a shape.
    let len = 50_000;
    let mut graph = Graph::default();
    for at in 0..len {
        graph.nodes.insert(format!("n{at}"), neuron(&[]));
        let target = if at + 1 < len { format!("n{}", at + 1) } else { "output".to_owned() };
        graph.edges.push(Edge::new(format!("n{at}"), target));
    }
    let output = Output { shape: Tensor::vector(vec![3_i64]) };
    graph.nodes.insert("output", Node::new(Primitive::Output(output)));
    within(10, || {
        let facts = validate(&graph).facts.unwrap();
        assert!(facts.leaves().iter().all(|leaf| leaf.output == [3]));
    });
}

#[test]
fn many_edges_are_checked_in_no_time() {
    let side = 500;
    let mut graph = Graph::default();
    let input = Input { shape: Tensor::vector(vec![1_i64]) };
    graph.nodes.insert("input", Node::new(Primitive::Input(input)));
    for at in 0..side {
        let weight = Tensor::new(&[1, 1], vec![1.0_f32]).unwrap();
        graph.nodes.insert(format!("a{at}"), Node::new(Primitive::Linear(Linear { weight })));
        graph.nodes.insert(format!("b{at}"), neuron(&[1]));
        graph.edges.push(Edge::new("input", format!("a{at}")));
    }
    for (source, target) in (0..side).flat_map(|a| (0..side).map(move |b| (a, b))) {
        graph.edges.push(Edge::new(format!("a{source}"), format!("b{target}")));
    }
    within(10, || assert!(validate(&graph).facts.is_some()));
}

#[test]
fn edges_that_name_no_node_are_told_in_no_time() {
    let mut text = String::from("nirt 1\nversion \"1.0.8\"\ngraph {\n");
    for at in 0..20_000 {
        writeln!(text, "  n{at} = Input {{ shape: i64[1] [1] }}\n  n{at} -> missing{at}").unwrap();
    }
    text.push('}');
    let document = nirkit_ir::text::parse(&text, &()).unwrap();
    within(10, || assert_eq!(validate(document.graph().unwrap()).errors().count(), 20_000));
}
