//! Wraps a lone primitive into a graph with an Input and an Output.

use nirkit_ir::primitive::{Input, Output};
use nirkit_ir::valid::Survey;
use nirkit_ir::{Diagnostic, Document, Edge, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;

pub(super) fn mend(document: &mut Document, _: &Diagnostic, _: &Survey) -> Option<String> {
    let name = document.root.primitive.kind().to_lowercase();
    let mut graph = Graph::default();
    graph.nodes.insert(name.clone(), document.root.clone());
    let facts = validate(&graph).facts?;
    let leaf = facts.leaf(facts.find(&name)?);
    graph.nodes.insert("input", Node::new(Primitive::Input(Input { shape: shape(&leaf.input) })));
    graph
        .nodes
        .insert("output", Node::new(Primitive::Output(Output { shape: shape(&leaf.output) })));
    graph.edges = vec![Edge::new("input", &name), Edge::new(&name, "output")];
    document.root = Node::new(Primitive::Graph(graph));
    Some(format!("wrapped the lone primitive into a graph as `{name}`"))
}

/// A shape as NIR files hold it.
pub(super) fn shape(axes: &[usize]) -> Tensor {
    Tensor::vector(axes.iter().map(|&axis| axis as i64).collect())
}
