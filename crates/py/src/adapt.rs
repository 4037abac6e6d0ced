//! A graph for a platform that computes what another one computes on the original.

use nirkit::adapt::{Adapt, adapt as adapt_graph};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::choices::choices;
use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;
use crate::stimulus::{Part, collect};
use crate::ticker::Ticker;

/// Makes a graph for a platform; the graph, and what holds for it as JSON. See `nirkit.verb.adapt`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn adapt(
    py: Python<'_>,
    document: &Document,
    platform: &str,
    like: Option<&str>,
    parts: Vec<Part<'_>>,
    frames: &str,
    batch: bool,
    options: &Bound<'_, PyDict>,
) -> PyResult<(Document, String)> {
    guard(|| {
        let choices = choices(options)?;
        let stimulus = if parts.is_empty() { None } else { Some(collect(parts, frames, batch)?) };
        let choices = match &stimulus {
            Some(stimulus) if stimulus.dt().is_some() => choices.of_stimulus(stimulus),
            _ => choices,
        };
        let found = Ticker::new(None).run(py, false, |_| {
            let how = Adapt::new().like(like).stimulus(stimulus.as_ref());
            adapt_graph(&document.0, platform, &choices, &how)
        })?;
        let found = found.map_err(Raise::error)?;
        let json = serde_json::to_string(&found).map_err(|error| Raise::Internal.one(error))?;
        Ok((Document(found.document), json))
    })
}
