//! Looking at and changing a graph without nested graphs. A graph that holds one is left alone by
//! the passes that work here; `unnest` comes before them.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Edge, Graph};

/// Names of the nodes of which `wanted` is true; none in a graph that holds nested graphs.
pub(super) fn nodes(graph: &Graph, wanted: impl Fn(&Primitive) -> bool) -> Vec<String> {
    if graph.nodes.iter().any(|(.., node)| matches!(node.primitive, Primitive::Graph(_))) {
        return Vec::new();
    }
    let wanted = graph.nodes.iter().filter(|(.., node)| wanted(&node.primitive));
    wanted.map(|(_, name, _)| name.to_owned()).collect()
}

/// Sources of a node, once for each edge.
pub(super) fn sources<'a>(graph: &'a Graph, name: &str) -> Vec<&'a str> {
    let edges = graph.edges.iter().filter(|edge| edge.target == name);
    edges.map(|edge| edge.source.as_str()).collect()
}

/// Targets of a node, once for each edge.
pub(super) fn targets<'a>(graph: &'a Graph, name: &str) -> Vec<&'a str> {
    let edges = graph.edges.iter().filter(|edge| edge.source == name);
    edges.map(|edge| edge.target.as_str()).collect()
}

/// The node that alone leads to this one, and to nothing else.
pub(super) fn lone_source(graph: &Graph, name: &str) -> Option<String> {
    let [source] = sources(graph, name)[..] else { return None };
    (targets(graph, source).len() == 1 && source != name).then(|| source.to_owned())
}

/// The node to which alone this one leads, and nothing else does.
pub(super) fn lone_target(graph: &Graph, name: &str) -> Option<String> {
    let [target] = targets(graph, name)[..] else { return None };
    (sources(graph, target).len() == 1 && target != name).then(|| target.to_owned())
}

/// What a node computes.
pub(super) fn primitive<'a>(graph: &'a Graph, name: &str) -> Option<&'a Primitive> {
    graph.nodes.get(name).map(|node| &node.primitive)
}

/// Takes a node with one source out and leads its source to its targets, in the place of the edge to
/// the node.
pub(super) fn bypass(graph: &mut Graph, name: &str) {
    let Some(at) = graph.edges.iter().position(|edge| edge.target == name) else { return };
    let source = graph.edges[at].source.clone();
    let onward: Vec<Edge> =
        targets(graph, name).iter().map(|target| Edge::new(source.clone(), *target)).collect();
    graph.edges.splice(at..=at, onward);
    graph.edges.retain(|edge| edge.source != name && edge.target != name);
    graph.nodes.remove(name);
}
