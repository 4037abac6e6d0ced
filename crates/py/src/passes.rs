//! Graph in, graph and a list of changes out.

use nirkit::ir::Severity;
use nirkit::passes::optimise::{PASSES, Pass, find, optimise};
use pyo3::prelude::*;

use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;

/// What was done: by what (a code, or a pass), where, and what.
type Change = (String, String, String);

/// Mends what can be mended.
#[pyfunction]
pub(crate) fn repair(py: Python<'_>, document: &Document) -> PyResult<(Document, Vec<Change>)> {
    guard(|| {
        let mut mended = document.0.clone();
        let changes = py.detach(|| nirkit::passes::repair(&mut mended));
        let changes = changes
            .into_iter()
            .map(|change| (change.code.to_string(), change.place.to_string(), change.done));
        Ok((Document(mended), changes.collect()))
    })
}

/// Rewrites that keep what a graph means: the usual ones, or those of these names.
#[pyfunction]
pub(crate) fn rewrite(
    py: Python<'_>,
    document: &Document,
    names: Vec<String>,
) -> PyResult<(Document, Vec<Change>)> {
    guard(|| {
        let passes = passes(&names)?;
        let mut rewritten = document.0.clone();
        let Some(graph) = rewritten.graph_mut() else {
            return Err(Raise::Graph.one("a lone node is no graph"));
        };
        let rewrites = py.detach(|| optimise(graph, &passes)).map_err(|mut findings| {
            findings.retain(|finding| finding.severity == Severity::Error);
            Raise::Graph.findings(&findings)
        })?;
        let changes = rewrites
            .into_iter()
            .map(|rewrite| (rewrite.pass.to_owned(), rewrite.node, rewrite.done));
        Ok((Document(rewritten), changes.collect()))
    })
}

/// Passes of these names, or the usual ones.
fn passes(names: &[String]) -> PyResult<Vec<&'static Pass>> {
    if names.is_empty() {
        return Ok(PASSES.iter().filter(|pass| pass.is_usual).collect());
    }
    let known: Vec<&str> = PASSES.iter().map(|pass| pass.name).collect();
    let help = format!("the passes are {}", known.join(", "));
    let unknown = names.iter().filter(|name| find(name).is_none());
    let reasons: Vec<_> =
        unknown.map(|name| (format!("there is no pass `{name}`"), Some(help.clone()))).collect();
    if reasons.is_empty() {
        return Ok(names.iter().filter_map(|name| find(name)).collect());
    }
    Err(Raise::Choice.many(reasons))
}
