//! Keeps one of several equal edges.

use nirkit_ir::{Diagnostic, Document, Facts};

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    _: Option<&Facts>,
) -> Option<String> {
    let graph = document.graph_mut()?.descend_mut(&finding.place.nodes)?;
    let position = *finding.place.index.first()?;
    graph.edges.get(position)?;
    let edge = graph.edges.remove(position);
    Some(format!("took out the second edge `{}` -> `{}`", edge.source, edge.target))
}
