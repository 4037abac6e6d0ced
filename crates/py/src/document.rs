//! A graph on this side of the border: read once, checked, prepared and run many times.

use std::path::PathBuf;

use nirkit::io::nir::{self, WriteOptions};
use nirkit::io::{Compression, Limits};
use nirkit::ir::text::{PrintOptions, print};
use nirkit::view::{PageOptions, ViewOptions, draw, every_platform, layout, page};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::choices::choices;
use crate::convert::graph;
use crate::error::{Raise, read_error, write_error};
use crate::file;
use crate::guard::guard;

/// Boxes of a drawing in a notebook.
const MOST_BOXES: usize = 300;

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

    /// The graph drawn as SVG; nothing where the drawing would have more than 300 boxes, which nobody could read in a notebook.
    fn picture(&self, py: Python<'_>) -> PyResult<Option<String>> {
        guard(|| {
            Ok(py.detach(|| {
                let layout = layout(&self.0, &ViewOptions::new()).ok()?;
                (layout.nodes.len() <= MOST_BOXES).then(|| draw(&layout, "NIR graph"))
            }))
        })
    }

    /// The graph as a page: one HTML file with findings, parameters, and the verdicts of these platforms, or of all.
    #[pyo3(signature = (title, platforms, options))]
    fn page(
        &self,
        py: Python<'_>,
        title: String,
        platforms: Option<Vec<String>>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<String> {
        guard(|| {
            let choices = choices(options)?;
            let titles: Vec<&str> = match &platforms {
                Some(titles) => titles.iter().map(String::as_str).collect(),
                None => every_platform(),
            };
            choices.check_for(&titles).map_err(Raise::error)?;
            let options = PageOptions::new(&title).platforms(&titles, choices);
            py.detach(|| page(&self.0, &ViewOptions::new(), &options)).map_err(Raise::error)
        })
    }

    /// The text form. Tensors of more than `inline` elements are shown by the hash of their content.
    fn text(&self, inline: usize) -> PyResult<String> {
        guard(|| Ok(print(&self.0, &PrintOptions { inline, ..PrintOptions::default() }).text))
    }
}

/// Place, path in a file, what differs, whether it matters, and how many numbers are within the tolerance.
type DifferenceRow = (String, String, String, bool, usize);

/// What differs between two documents: place, path in a file, what, whether it matters, and how many numbers are within the tolerance.
#[pyfunction]
pub(crate) fn diff(
    py: Python<'_>,
    a: &Document,
    b: &Document,
    tolerance: f64,
) -> PyResult<Vec<DifferenceRow>> {
    guard(|| {
        if !(0.0..=1.0).contains(&tolerance) {
            let message = format!("`tolerance` is {tolerance}, which is no share");
            return Err(
                Raise::Choice.help(message, "give a share of the larger number, from 0 to 1")
            );
        }
        let found = py.detach(|| nirkit::ir::diff::diff(&a.0, &b.0, tolerance));
        let row = |found: nirkit::ir::diff::Difference| {
            let (place, path) = (found.place.to_string(), found.place.hdf5_path());
            (place, path, found.what, found.matters, found.tolerated)
        };
        Ok(found.into_iter().map(row).collect())
    })
}
