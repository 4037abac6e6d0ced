//! Nests the nodes of a flattened graph again, gives an edge that names no node the one name that is near, unless that
//! closes a cycle, or takes the edge out where it is not the only way from Input to Output.

use std::collections::BTreeSet;

use nirkit_ir::valid::{EdgeRepair as Meant, Flattened, Joints, nest_again};
use nirkit_ir::{Diagnostic, Document, Edge, Graph};

use super::edges::{self, EdgeRepair};

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
    let flattened = Flattened::of(graph);
    let (mut names, mut nested) = (BTreeSet::new(), Vec::new());
    let nest = |finding: &&Diagnostic| {
        let edge = graph.edges.get(*finding.place.index.first()?)?;
        [&edge.source, &edge.target].into_iter().find_map(|name| {
            // One that lies in another waits for the next round.
            if names.contains(name) || lies_in_another(name, &names) {
                return None;
            }
            let inner = flattened.nested(name)?;
            names.insert(name.clone());
            nested.push((name.clone(), inner));
            Some(format!("nested the nodes `{name}.*` in `{name}` again"))
        })
    };
    let told = findings.iter().map(nest).collect();
    nest_again(graph, nested);
    told
}

/// Whether a name lies in one of the others (`a.b` in `a`), or one of them in it.
fn lies_in_another(name: &str, others: &BTreeSet<String>) -> bool {
    let prefix = format!("{name}.");
    let holds =
        others.range(prefix.clone()..).next().is_some_and(|other| other.starts_with(&prefix));
    holds || name.match_indices('.').any(|(dot, _)| others.contains(&name[..dot]))
}

fn decide(graph: &Graph, joints: &Joints<'_>, edge: &Edge) -> EdgeRepair {
    let shown = format!("`{}` -> `{}`", edge.source, edge.target);
    match joints.repair_of(graph, edge) {
        Meant::Replace(meant) => {
            let done = format!("the edge {shown} is now `{}` -> `{}`", meant.source, meant.target);
            EdgeRepair::Replace(meant, done)
        }
        Meant::WouldCloseCycle(_) | Meant::OnlyPath => EdgeRepair::Keep,
        Meant::Remove => {
            EdgeRepair::Remove(format!("took out the edge {shown}, which names no node"))
        }
    }
}
