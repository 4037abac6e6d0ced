//! Code that computes what a platform computes.

use std::path::PathBuf;

use nirkit::codegen::{
    CodeReadout, CodegenOptions, Ports, Summary, Target, check_output, codegen as generate,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::choices::choices;
use crate::document::Document;
use crate::error::Raise;
use crate::evaluate::labelled_set;
use crate::guard::guard;
use crate::stimulus::Part;

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
    parts: Vec<Part<'_>>,
    labels: Option<Vec<i64>>,
    readout: Option<&str>,
    state_bits: Option<u32>,
    ports: &str,
    lanes: usize,
    flash: Option<usize>,
    ram: Option<usize>,
    options: &Bound<'_, PyDict>,
) -> PyResult<String> {
    guard(|| {
        let target: Target = target.parse().map_err(|error| Raise::Choice.one(error))?;
        let readout = readout.map(str::parse::<CodeReadout>).transpose();
        let readout = readout.map_err(|error| Raise::Choice.one(error))?;
        let ports: Ports = ports.parse().map_err(|error| Raise::Choice.one(error))?;
        let choices = choices(options)?;
        let has_set = !parts.is_empty();
        let set = has_set.then(|| labelled_set(parts, labels, None, "auto")).transpose()?;
        let summary: Result<Summary, nirkit::Error> = py.detach(|| {
            check_output(&output)?;
            let options = CodegenOptions {
                steps: steps as usize,
                set: set.as_ref(),
                readout,
                state_bits,
                ports,
                lanes,
                flash,
                ram,
                ..CodegenOptions::new(target, name)
            };
            let generated = generate(&document.0, platform, &choices, &options)?;
            generated.write(&output)?;
            Ok(generated.summary(&output.display().to_string()))
        });
        let summary = summary.map_err(Raise::error)?;
        serde_json::to_string(&summary).map_err(|error| Raise::Internal.one(error))
    })
}
