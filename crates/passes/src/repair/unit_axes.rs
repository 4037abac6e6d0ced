//! Removes axes of length 1 in which the two ends of an edge differ.

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Diagnostic, Document, Facts, Graph, Primitive};

use super::default_taken::set;
use super::lone_node::shape;

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    facts: Option<&Facts>,
) -> Option<String> {
    let facts = facts?;
    let graph = document.graph_mut()?;
    let position = *finding.place.index.first()?;
    let edge = graph.descend_mut(&finding.place.nodes)?.edges.get(position)?.clone();
    let full = |name: &str| [finding.place.nodes.as_slice(), &[name.to_owned()]].concat().join(".");
    let end = |name: &str, port: fn(&Primitive) -> bool| {
        facts.find(&full(name)).or_else(|| port_of(facts, graph, &full(name), port))
    };
    let source = end(&edge.source, |primitive| matches!(primitive, Primitive::Output(_)))?;
    let target = end(&edge.target, |primitive| matches!(primitive, Primitive::Input(_)))?;
    let (arrives, taken) = (facts.leaf(source).output.clone(), facts.leaf(target).input.clone());
    match (facts.primitive(graph, source)?, facts.primitive(graph, target)?) {
        (_, Primitive::Output(_) | Primitive::Input(_)) => reshape(graph, facts, target, &arrives),
        (Primitive::Input(_) | Primitive::Output(_), _) => reshape(graph, facts, source, &taken),
        _ => None,
    }
}

/// The one port of a nested graph.
fn port_of(
    facts: &Facts,
    graph: &Graph,
    nested: &str,
    is_port: fn(&Primitive) -> bool,
) -> Option<LeafId> {
    let inside = |name: &str| {
        name.strip_prefix(nested)
            .and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|rest| !rest.contains('.'))
    };
    facts
        .iter()
        .filter(|(_, leaf)| inside(&leaf.name))
        .map(|(id, _)| id)
        .find(|&id| facts.primitive(graph, id).is_some_and(is_port))
}

/// Gives an Input or Output another shape.
fn reshape(graph: &mut Graph, facts: &Facts, id: LeafId, axes: &[usize]) -> Option<String> {
    let names: Vec<String> = names_of(graph, facts, id)?;
    let node = graph.node_at_mut(&names)?;
    set(node, "shape", shape(axes));
    Some(format!("`{}` has the shape {axes:?} now", names.join(".")))
}

/// Names from the root down to a leaf.
fn names_of(graph: &Graph, facts: &Facts, id: LeafId) -> Option<Vec<String>> {
    let mut level = Some(graph);
    facts
        .leaf(id)
        .path
        .iter()
        .map(|&step| {
            let (name, node) = level?.nodes.at(step)?;
            level = node.primitive.as_graph();
            Some(name.to_owned())
        })
        .collect()
}
