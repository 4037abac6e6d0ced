//! Removes axes of length 1 in which the two ends of an edge differ.

use std::collections::BTreeSet;

use nirkit_ir::valid::{Survey, findings_one_by_one};
use nirkit_ir::{Code, Diagnostic, Document, Graph, Place, Primitive, Severity};

use super::default_taken::set;
use super::lone_node::shape;

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    survey: &Survey,
) -> Option<String> {
    let graph = document.graph_mut()?;
    let position = *finding.place.index.first()?;
    let edge = graph.descend_mut(&finding.place.nodes)?.edges.get(position)?.clone();
    let within = finding.place.nodes.as_slice();
    let source = end(graph, within, &edge.source, |port| matches!(port, Primitive::Output(_)))?;
    let target = end(graph, within, &edge.target, |port| matches!(port, Primitive::Input(_)))?;
    let arrives = survey.leaf(&source)?.output.clone()?;
    let taken = survey.leaf(&target)?.input.clone()?;
    let is_port = |graph: &mut Graph, nodes: &[String]| {
        let node = graph.node_at_mut(nodes);
        node.is_some_and(|node| {
            matches!(node.primitive, Primitive::Input(_) | Primitive::Output(_))
        })
    };
    let few = survey.findings.iter().filter(|other| other.code == Code::UnitAxes).count() <= FEW;
    let mut holds = |port: &[String], axes: &[usize]| {
        is_port(graph, port) && (!few || holds(graph, port, axes, survey))
    };
    // The longer end loses its axes, if it is a port and the rest of the graph can do without.
    let mut ends = [(target, arrives), (source, taken)];
    if ends[0].1.len() > ends[1].1.len() {
        ends.reverse();
    }
    let (port, axes) = ends.into_iter().find(|(port, axes)| holds(port, axes))?;
    reshape(graph, &port, &axes)
}

/// So many findings are each held against the whole graph.
const FEW: usize = 64;

/// Whether a graph has no other error when a port has another shape.
fn holds(graph: &Graph, port: &[String], axes: &[usize], survey: &Survey) -> bool {
    let mut supposed = graph.clone();
    if reshape(&mut supposed, port, axes).is_none() {
        return false;
    }
    let is_error = |finding: &&Diagnostic| finding.severity == Severity::Error;
    let known: BTreeSet<(Code, &Place)> =
        survey.findings.iter().filter(is_error).map(|found| (found.code, &found.place)).collect();
    let found = findings_one_by_one(&supposed, &survey.limits);
    let is_known = |error: &Diagnostic| known.contains(&(error.code, &error.place));
    found.iter().filter(is_error).all(is_known)
}

/// The names down to the leaf in which an edge ends: the node itself, or the port of a nested graph.
fn end(
    graph: &mut Graph,
    within: &[String],
    name: &str,
    is_port: fn(&Primitive) -> bool,
) -> Option<Vec<String>> {
    let level = graph.descend_mut(within)?;
    let below = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned());
        within.iter().cloned().chain(names).collect::<Vec<String>>()
    };
    match level.nodes.get(name).map(|node| &node.primitive) {
        Some(Primitive::Graph(inner)) => {
            let mut ports = inner.nodes.iter().filter(|(_, _, node)| is_port(&node.primitive));
            ports.next().map(|(_, port, _)| below(&[name, port]))
        }
        Some(_) => Some(below(&[name])),
        None => name.match_indices('.').find_map(|(at, _)| {
            let (outer, port) = (&name[..at], &name[at + 1..]);
            let inner = level.nodes.get(outer)?.primitive.as_graph()?;
            inner.nodes.contains(port).then(|| below(&[outer, port]))
        }),
    }
}

/// Gives an Input or Output another shape.
fn reshape(graph: &mut Graph, names: &[String], axes: &[usize]) -> Option<String> {
    set(graph.node_at_mut(names)?, "shape", shape(axes));
    Some(format!("`{}` has the shape {axes:?} now", names.join(".")))
}
