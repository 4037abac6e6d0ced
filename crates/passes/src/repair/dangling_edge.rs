//! Gives an edge that names no node the one name that is near, or takes the edge out.

use nirkit_ir::valid::{NearNames, is_source, is_target};
use nirkit_ir::{Diagnostic, Document, Edge, Graph};

use super::edges::{self, Fate};

pub(super) fn mend(document: &mut Document, findings: &[&Diagnostic]) -> Vec<Option<String>> {
    edges::mend(document, findings, |graph, edges| {
        let names = NearNames::of(graph);
        edges.iter().map(|edge| decide(graph, &names, edge)).collect()
    })
}

fn decide(graph: &Graph, names: &NearNames<'_>, edge: &Edge) -> Fate {
    let near = |name: &str| names.nearest(name).map(str::to_owned);
    let source = Some(&edge.source).filter(|name| is_source(graph, name)).cloned();
    let target = Some(&edge.target).filter(|name| is_target(graph, name)).cloned();
    let source = source.or_else(|| near(&edge.source));
    let target = target.or_else(|| near(&edge.target));
    let shown = format!("`{}` -> `{}`", edge.source, edge.target);
    if let (Some(source), Some(target)) = (source, target) {
        let done = format!("the edge {shown} is now `{source}` -> `{target}`");
        return Fate::Becomes(Edge { source, target }, done);
    }
    Fate::Leaves(format!("took out the edge {shown}, which names no node"))
}
