//! Nested graphs whose nodes stand beside them: exporters that flatten by names alone leave edges to the name
//! of the nested graph, which is no node any more.

use crate::facts::unfold::{End, resolve};
use crate::graph::{Edge, Graph, Node};
use crate::primitive::Primitive;

/// The graph with the nodes `name.*` nested in a node of this name again; `None` if they are no nested graph.
#[must_use]
pub fn nested_again(graph: &Graph, name: &str) -> Option<Graph> {
    if graph.nodes.contains(name) {
        return None;
    }
    let inside = |node: &str| node.strip_prefix(name)?.strip_prefix('.').map(str::to_owned);
    let (mut outer, mut inner) = (Graph::default(), Graph::default());
    for (_, node, content) in graph.nodes.iter() {
        match inside(node) {
            Some(short) => inner.nodes.insert(short, content.clone()),
            None => outer.nodes.insert(node, content.clone()),
        };
    }
    let has = |wanted: fn(&Primitive) -> bool| {
        inner.nodes.iter().filter(|(_, _, node)| wanted(&node.primitive)).count() == 1
    };
    let has_ports = has(|primitive| matches!(primitive, Primitive::Input(_)))
        && has(|primitive| matches!(primitive, Primitive::Output(_)));
    if !has_ports {
        return None;
    }
    for edge in &graph.edges {
        match (inside(&edge.source), inside(&edge.target)) {
            (Some(source), Some(target)) => inner.edges.push(Edge { source, target }),
            _ => outer.edges.push(edge.clone()),
        }
    }
    outer.nodes.insert(name, Node::new(Primitive::Graph(inner)));
    // Whatever crosses the border has to do so through a port.
    let crosses =
        |edge: &&Edge| [&edge.source, &edge.target].iter().any(|end| inside(end).is_some());
    let resolves = |edge: &Edge| {
        let is_port = |end: &str, side| inside(end).is_none() || resolve(&outer, end, side).is_ok();
        is_port(&edge.source, End::Source) && is_port(&edge.target, End::Target)
    };
    let is_closed = outer.edges.iter().filter(crosses).all(resolves);
    is_closed.then_some(outer)
}
