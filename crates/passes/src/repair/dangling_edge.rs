//! Gives an edge that names no node the one name that is near, or takes the edge out.

use nirkit_ir::valid::{is_source, is_target, nearest};
use nirkit_ir::{Diagnostic, Document, Facts};

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    _: Option<&Facts>,
) -> Option<String> {
    let graph = document.graph_mut()?.descend_mut(&finding.place.nodes)?;
    let position = *finding.place.index.first()?;
    let edge = graph.edges.get(position)?.clone();
    let near = |name: &str| nearest(graph, name).map(str::to_owned);
    let source = Some(&edge.source).filter(|name| is_source(graph, name)).cloned();
    let target = Some(&edge.target).filter(|name| is_target(graph, name)).cloned();
    let source = source.or_else(|| near(&edge.source));
    let target = target.or_else(|| near(&edge.target));
    let shown = format!("`{}` -> `{}`", edge.source, edge.target);
    if let (Some(source), Some(target)) = (source, target) {
        let done = format!("the edge {shown} is now `{source}` -> `{target}`");
        let edge = graph.edges.get_mut(position)?;
        (edge.source, edge.target) = (source, target);
        return Some(done);
    }
    graph.edges.remove(position);
    Some(format!("took out the edge {shown}, which names no node"))
}
