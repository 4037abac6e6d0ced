//! Nests the nodes of a flattened graph again, gives an edge that names no node the one name that is near, or
//! takes the edge out where it is not the only way from Input to Output.

use nirkit_ir::valid::{Joints, is_source, is_target, nested_again};
use nirkit_ir::{Diagnostic, Document, Edge, Graph};

use super::edges::{self, Fate};

pub(super) fn mend(document: &mut Document, findings: &[&Diagnostic]) -> Vec<Option<String>> {
    if let Some((at, told)) = nest(document, findings) {
        // The positions of all edges may be others now; the next round sees to the rest.
        return (0..findings.len()).map(|other| (other == at).then(|| told.clone())).collect();
    }
    edges::mend(document, findings, |graph, edges| {
        let joints = Joints::of(graph);
        edges.iter().map(|edge| decide(graph, &joints, edge)).collect()
    })
}

/// Nests the nodes of the first flattened graph; its finding by position, and what was done.
fn nest(document: &mut Document, findings: &[&Diagnostic]) -> Option<(usize, String)> {
    findings.iter().enumerate().find_map(|(at, finding)| {
        let graph = document.graph_mut()?.descend_mut(&finding.place.nodes)?;
        let edge = graph.edges.get(*finding.place.index.first()?)?.clone();
        [edge.source, edge.target].into_iter().find_map(|name| {
            let nested = nested_again(graph, &name)?;
            *graph = nested;
            Some((at, format!("nested the nodes `{name}.*` in `{name}` again")))
        })
    })
}

fn decide(graph: &Graph, joints: &Joints<'_>, edge: &Edge) -> Fate {
    let near = |name: &str| joints.names.nearest(name).map(str::to_owned);
    let source = Some(&edge.source).filter(|name| is_source(graph, name)).cloned();
    let target = Some(&edge.target).filter(|name| is_target(graph, name)).cloned();
    let source = source.or_else(|| near(&edge.source));
    let target = target.or_else(|| near(&edge.target));
    let shown = format!("`{}` -> `{}`", edge.source, edge.target);
    if let (Some(source), Some(target)) = (source, target) {
        let done = format!("the edge {shown} is now `{source}` -> `{target}`");
        return Fate::Becomes(Edge { source, target }, done);
    }
    if joints.is_only_way(graph, edge) {
        return Fate::Stays;
    }
    Fate::Leaves(format!("took out the edge {shown}, which names no node"))
}
