//! Nests the nodes of a flattened graph again, gives an edge that names no node the one name that is near, unless that
//! closes a cycle, or takes the edge out where it is not the only way from Input to Output.

use nirkit_ir::valid::{Fate as Meant, Joints, NearNames, nested_again};
use nirkit_ir::{Diagnostic, Document, Edge, Graph};

use super::edges::{self, Fate};

pub(super) fn mend(document: &mut Document, findings: &[&Diagnostic]) -> Vec<Option<String>> {
    let nested = nest(document, findings);
    if nested.iter().any(Option::is_some) {
        // The positions of all edges may be others now; the next round sees to the rest.
        return nested;
    }
    edges::mend(document, findings, |graph, edges| {
        let joints = Joints::of(graph);
        edges.iter().map(|edge| decide(graph, &joints, edge)).collect()
    })
}

/// Nests the nodes of flattened graphs; with each finding what was done.
fn nest(document: &mut Document, findings: &[&Diagnostic]) -> Vec<Option<String>> {
    let mut told = Vec::with_capacity(findings.len());
    for level in findings.chunk_by(|a, b| a.place.nodes == b.place.nodes) {
        let nodes = level.first().map_or(&[][..], |finding| &finding.place.nodes);
        match document.graph_mut().and_then(|graph| graph.descend_mut(nodes)) {
            Some(graph) => told.extend(nest_level(graph, level)),
            None => told.extend(level.iter().map(|_| None)),
        }
    }
    told
}

fn nest_level(graph: &mut Graph, findings: &[&Diagnostic]) -> Vec<Option<String>> {
    let names = NearNames::of(graph);
    // Positions hold until the first change.
    let outer = |finding: &&Diagnostic| {
        let edge = graph.edges.get(*finding.place.index.first()?)?;
        let ends = [&edge.source, &edge.target].into_iter();
        Some(ends.filter(|name| names.is_outer(name)).cloned().collect())
    };
    let outer: Vec<Option<Vec<String>>> = findings.iter().map(outer).collect();
    let nest = |names: Option<Vec<String>>| {
        names?.into_iter().find_map(|name| {
            *graph = nested_again(graph, &name)?;
            Some(format!("nested the nodes `{name}.*` in `{name}` again"))
        })
    };
    outer.into_iter().map(nest).collect()
}

fn decide(graph: &Graph, joints: &Joints<'_>, edge: &Edge) -> Fate {
    let shown = format!("`{}` -> `{}`", edge.source, edge.target);
    match joints.fate(graph, edge) {
        Meant::Becomes(meant) => {
            let done = format!("the edge {shown} is now `{}` -> `{}`", meant.source, meant.target);
            Fate::Becomes(meant, done)
        }
        Meant::Closes(_) | Meant::IsOnlyWay => Fate::Stays,
        Meant::Leaves => Fate::Leaves(format!("took out the edge {shown}, which names no node")),
    }
}
