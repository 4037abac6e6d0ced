//! Code that computes what a platform computes.

use std::path::PathBuf;

use nirkit::codegen::{Summary, Target, check_output, codegen as generate};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::choices::choices;
use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;

/// Writes code into a folder; what is said of it as JSON. See `nirkit.verb.codegen`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn codegen(
    py: Python<'_>,
    document: &Document,
    target: &str,
    output: PathBuf,
    platform: &str,
    name: &str,
    steps: u32,
    options: &Bound<'_, PyDict>,
) -> PyResult<String> {
    guard(|| {
        let target: Target = target.parse().map_err(|error| Raise::Choice.one(error))?;
        let choices = choices(options)?;
        let summary: Result<Summary, nirkit::Error> = py.detach(|| {
            check_output(&output)?;
            let generated =
                generate(&document.0, platform, &choices, target, name, steps as usize)?;
            generated.write(&output)?;
            Ok(generated.summary(&output.display().to_string()))
        });
        let summary = summary.map_err(Raise::error)?;
        serde_json::to_string(&summary).map_err(|error| Raise::Internal.one(error))
    })
}
