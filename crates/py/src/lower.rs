//! A graph in the terms of a chip, what that loses, and what it costs.

use nirkit::ir::open;
use nirkit::platforms::chip::{Design, Wire};
use nirkit::platforms::{ChipChoices, Platform};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::check::{any_platform, report_to_python, reset};
use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;

/// Lowers a graph: the report, and the design if there is one.
#[pyfunction]
#[pyo3(signature = (document, platform, dt=None, reset=None, quantize=None))]
pub(crate) fn lower<'py>(
    py: Python<'py>,
    document: &Document,
    platform: &str,
    dt: Option<f64>,
    reset: Option<&str>,
    quantize: Option<String>,
) -> PyResult<(Bound<'py, PyDict>, Option<Bound<'py, PyDict>>)> {
    guard(|| {
        let Platform::Chip(chip) = any_platform(platform)? else {
            let help = "graphs are lowered to chips; `run` runs as a simulator would";
            return Err(Raise::Choice.help(format!("`{platform}` is no chip"), help));
        };
        let (graph, facts) = document.sound()?;
        let dt = dt.or(open::open(&document.0).only_dt().map(|dt| dt.value));
        let choices = ChipChoices { dt, reset: reset.map(self::reset).transpose()?, quantize };
        let lowering = py.detach(|| chip.lower(graph, &facts, &choices));
        let lowering = lowering.map_err(|error| Raise::Choice.one(error))?;
        let design = lowering.design.as_ref().map(|design| design_to_python(py, design));
        Ok((report_to_python(py, &lowering.report)?, design.transpose()?))
    })
}

/// The fields of `nirkit.verb.lower.Design`.
fn design_to_python<'py>(py: Python<'py>, design: &Design) -> PyResult<Bound<'py, PyDict>> {
    let json =
        |value: serde_json::Result<String>| value.map_err(|error| Raise::Internal.one(error));
    let entries = PyDict::new(py);
    entries.set_item("handover", design.handover.what)?;
    entries.set_item("document", &design.handover.json)?;
    entries.set_item("notes", design.notes.clone())?;
    let wire = |wire: &Wire| (wire.source.clone(), wire.target.clone(), wire.synapses(), wire.macs);
    let wires: Vec<_> = design.wires.iter().map(wire).collect();
    // As JSON, which serde writes and Python reads.
    let tables = [
        ("placed", serde_json::to_string(&design.placed)),
        ("moved", serde_json::to_string(&design.moved)),
        ("treated", serde_json::to_string(&design.treated)),
        ("usage", serde_json::to_string(&design.usage)),
        ("rounded", serde_json::to_string(&design.rounded)),
    ];
    for (name, table) in tables {
        entries.set_item(name, json(table)?)?;
    }
    entries.set_item("wires", wires)?;
    Ok(entries)
}
