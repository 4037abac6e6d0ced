//! Looking at and changing a graph without nested graphs. A graph that holds one is left alone by
//! the passes that work here; `unnest` comes before them.

use nirkit_ir::Graph;
use nirkit_ir::primitive::Primitive;

/// Names of the nodes of which `wanted` is true; none in a graph that holds nested graphs.
pub(super) fn nodes(graph: &Graph, wanted: impl Fn(&Primitive) -> bool) -> Vec<String> {
    if graph.nodes.iter().any(|(.., node)| matches!(node.primitive, Primitive::Graph(_))) {
        return Vec::new();
    }
    let wanted = graph.nodes.iter().filter(|(.., node)| wanted(&node.primitive));
    wanted.map(|(_, name, _)| name.to_owned()).collect()
}

/// What a node computes.
pub(super) fn primitive<'a>(graph: &'a Graph, name: &str) -> Option<&'a Primitive> {
    graph.nodes.get(name).map(|node| &node.primitive)
}
