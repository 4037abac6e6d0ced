//! Graph in, graph and a list of changes out.

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
        let mut rewritten = document.0.clone();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let limits = nirkit::io::Limits::default();
        let rewrites =
            py.detach(|| nirkit::opt(&mut rewritten, &names, &limits)).map_err(Raise::error)?;
        let changes = rewrites
            .into_iter()
            .map(|rewrite| (rewrite.pass.to_owned(), rewrite.node, rewrite.done));
        Ok((Document(rewritten), changes.collect()))
    })
}
