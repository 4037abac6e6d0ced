//! A graph in the terms of a chip, what that loses, and what it costs.

use nirkit::lower::lower as lower_graph;
use nirkit::platforms::chip::{Connection, Design};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::check::report_to_python;
use crate::choices::{Row, choices, rows};
use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;
use crate::stimulus::{Part, collect};
use crate::ticker::Ticker;

/// A report, the design if there is one, choices, notes, and the cost of a stimulus as JSON.
type Lowered<'py> =
    (Bound<'py, PyDict>, Option<Bound<'py, PyDict>>, Vec<Row>, Vec<String>, Option<String>);

/// Lowers a graph, and tells what a stimulus costs if one is given.
#[pyfunction]
pub(crate) fn lower<'py>(
    py: Python<'py>,
    document: &Document,
    platform: &str,
    options: &Bound<'py, PyDict>,
    parts: Vec<Part<'py>>,
    frames: &str,
    duration: Option<f64>,
) -> PyResult<Lowered<'py>> {
    guard(|| {
        let choices = choices(options)?;
        let has_stimulus = !parts.is_empty();
        let stimulus = collect(parts, frames, false)?;
        let lowered = py.detach(|| lower_graph(&document.0, platform, &choices));
        let mut lowered = lowered.map_err(Raise::error)?;
        let cost = (has_stimulus && lowered.lowering.design.is_some())
            .then(|| Ticker::new(None).run(py, false, |_| lowered.cost(&stimulus, duration)))
            .transpose()?
            .transpose()
            .map_err(Raise::error)?;
        let cost = cost.map(|cost| serde_json::to_string(&cost)).transpose();
        let cost = cost.map_err(|error| Raise::Internal.one(error))?;
        let design = lowered.lowering.design.as_ref().map(|design| design_to_python(py, design));
        let report = report_to_python(py, &lowered.lowering.report, &lowered.choices)?;
        Ok((report, design.transpose()?, rows(&lowered.choices), lowered.notes, cost))
    })
}

/// Writes what a chip's own tools read, HDF5 under a name that ends in `.net`; an error if the chip refuses the graph.
#[pyfunction]
pub(crate) fn write_design(
    document: &Document,
    platform: &str,
    options: &Bound<'_, PyDict>,
    path: std::path::PathBuf,
) -> PyResult<()> {
    guard(|| {
        let lowered =
            lower_graph(&document.0, platform, &choices(options)?).map_err(Raise::error)?;
        match &lowered.lowering.design {
            Some(design) => nirkit::lower::write(path, design).map_err(Raise::error),
            None => Err(Raise::Refused.findings(&lowered.lowering.report.diagnostics())),
        }
    })
}

/// The fields of `nirkit.verb.lower.Design`.
fn design_to_python<'py>(py: Python<'py>, design: &Design) -> PyResult<Bound<'py, PyDict>> {
    let json =
        |value: serde_json::Result<String>| value.map_err(|error| Raise::Internal.one(error));
    let entries = PyDict::new(py);
    entries.set_item("configuration", design.configuration.what)?;
    entries.set_item("document", &design.configuration.json)?;
    entries.set_item("notes", design.notes.clone())?;
    let wire =
        |wire: &Connection| (wire.source.clone(), wire.target.clone(), wire.synapses(), wire.macs);
    let wires: Vec<_> = design.connections.iter().map(wire).collect();
    // As JSON, which serde writes and Python reads.
    let tables = [
        ("placements", serde_json::to_string(&design.placements)),
        ("time_constant_errors", serde_json::to_string(&design.time_constant_errors)),
        ("approximations", serde_json::to_string(&design.approximations)),
        ("usage", serde_json::to_string(&design.usage)),
        ("quantization_errors", serde_json::to_string(&design.quantization_errors)),
    ];
    for (name, table) in tables {
        entries.set_item(name, json(table)?)?;
    }
    entries.set_item("connections", wires)?;
    Ok(entries)
}
