//! A graph on this side of the border: read once, checked, prepared and run many times.

use std::borrow::Cow;
use std::path::PathBuf;

use nirkit::io::nir::{self, WriteOptions};
use nirkit::io::{Compression, Limits};
use nirkit::ir::text::{PrintOptions, print};
use nirkit::ir::valid::validate_document;
use nirkit::ir::{Facts, Graph, Severity};
use nirkit::platforms::{Platform, lenient};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::convert::graph;
use crate::error::{Raise, read_error, write_error};
use crate::file;
use crate::guard::guard;

/// The content of a file. It does not change.
#[pyclass(frozen, module = "nirkit._core")]
pub(crate) struct Document(pub(crate) nirkit::ir::Document);

#[pymethods]
impl Document {
    /// The document of a `.nir` or `.nirt` file.
    #[staticmethod]
    #[pyo3(signature = (path, limits=None))]
    fn open(py: Python<'_>, path: PathBuf, limits: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        guard(|| Ok(Self(file::open(py, &path, &file::limits(limits)?)?)))
    }

    /// The document of a root node, given as nested dictionaries.
    #[staticmethod]
    fn of(tree: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(|| Ok(Self(graph::document(tree)?)))
    }

    /// The document in the bytes of a `.nir` file of one's own.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, content: Vec<u8>) -> PyResult<Self> {
        guard(|| {
            let read = py.detach(|| nir::read_bytes(content, &Limits::NONE));
            Ok(Self(read.map_err(|error| read_error(&error))?))
        })
    }

    /// The bytes of a `.nir` file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guard(|| {
            let options = WriteOptions { compression: Compression::None };
            let bytes = py.detach(|| nir::to_bytes(&self.0, &options));
            Ok(PyBytes::new(py, &bytes.map_err(|error| write_error(&error))?))
        })
    }

    /// The root node as nested dictionaries.
    fn tree<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        guard(|| graph::node_to_python(py, self.0.root.clone()))
    }

    /// The text form. Tensors of more than `inline` elements are shown by the hash of their content.
    fn text(&self, inline: usize) -> PyResult<String> {
        guard(|| Ok(print(&self.0, &PrintOptions { inline, ..PrintOptions::default() }).text))
    }
}

impl Document {
    /// The graph and its facts as runs on these platforms see it, with what has to be said about that:
    /// simulators see some graphs otherwise than NIR does.
    pub(crate) fn seen(
        &self,
        platforms: &[Platform],
    ) -> PyResult<(Cow<'_, Graph>, Facts, Vec<String>)> {
        let is_simulator = |platform: &Platform| matches!(platform, Platform::Simulator(_));
        let is_seen = !platforms.is_empty() && platforms.iter().all(is_simulator);
        let found = self.0.graph().filter(|_| is_seen);
        match found.and_then(|graph| lenient::seen(graph, &Limits::default())) {
            Some(seen) => Ok((seen.graph, seen.facts, seen.notes)),
            None => self.sound().map(|(graph, facts)| (Cow::Borrowed(graph), facts, Vec::new())),
        }
    }

    /// The graph and its facts, or everything that keeps it from running.
    pub(crate) fn sound(&self) -> PyResult<(&Graph, Facts)> {
        let validation = validate_document(&self.0);
        if let (Some(graph), Some(facts)) = (self.0.graph(), validation.facts) {
            return Ok((graph, facts));
        }
        let mut errors = validation.findings;
        if self.0.graph().is_some() {
            errors.retain(|finding| finding.severity == Severity::Error);
        }
        Err(Raise::Graph.findings(&errors))
    }
}
