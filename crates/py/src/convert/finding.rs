//! Findings as dictionaries, of which Python makes `Finding` objects.

use nirkit::ir::Diagnostic;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// The arguments of `nirkit.verb.check.Finding`.
pub(crate) fn to_dict<'py>(py: Python<'py>, found: &Diagnostic) -> PyResult<Bound<'py, PyDict>> {
    let entries = PyDict::new(py);
    entries.set_item("code", found.code.to_string())?;
    entries.set_item("severity", found.severity.to_string())?;
    entries.set_item("place", found.place.to_string())?;
    entries.set_item("nodes", found.place.nodes.clone())?;
    entries.set_item("hdf5_path", found.place.hdf5_path())?;
    entries.set_item("message", &found.message)?;
    let labels = found.labels.iter().map(|(place, text)| (place.to_string(), text.clone()));
    entries.set_item("labels", labels.collect::<Vec<_>>())?;
    entries.set_item("help", found.help.clone())?;
    entries.set_item("repairable", found.repairable)?;
    Ok(entries)
}

/// `Finding` objects.
pub(crate) fn to_list<'py>(
    py: Python<'py>,
    findings: &[Diagnostic],
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    if findings.is_empty() {
        return Ok(list);
    }
    let class = py.import("nirkit.verb.check")?.getattr("Finding")?;
    for found in findings {
        list.append(class.call((), Some(&to_dict(py, found)?))?)?;
    }
    Ok(list)
}
