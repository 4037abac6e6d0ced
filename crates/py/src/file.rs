//! Graphs and data from and to files, or the bytes of files.

use std::path::PathBuf;

use nirkit::document;
use nirkit::io::nir::WriteOptions;
use nirkit::io::{Compression, Limits, data, nir};
use nirkit::ir::Document;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::convert::{data as convert_data, graph};
use crate::error::{Raise, read_error, write_error};
use crate::guard::guard;

/// The root node of a `.nir` or `.nirt` file.
#[pyfunction]
#[pyo3(signature = (path, limits=None))]
pub(crate) fn read<'py>(
    py: Python<'py>,
    path: PathBuf,
    limits: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyDict>> {
    guard(|| graph::node_to_python(py, open(py, &path, &self::limits(limits)?)?.root))
}

/// The root node in the bytes of a `.nir` file.
#[pyfunction]
#[pyo3(signature = (content, limits=None))]
pub(crate) fn read_bytes<'py>(
    py: Python<'py>,
    content: Vec<u8>,
    limits: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyDict>> {
    guard(|| {
        let limits = self::limits(limits)?;
        let document = py.detach(|| nir::read_bytes(content, &limits));
        graph::node_to_python(py, document.map_err(|error| read_error(&error))?.root)
    })
}

/// A file: HDF5 or text.
pub(crate) fn open(py: Python<'_>, path: &PathBuf, limits: &Limits) -> PyResult<Document> {
    if document::is_text(path) {
        let read = py.detach(|| document::read_within(path, limits));
        return read.map_err(Raise::error);
    }
    py.detach(|| nir::read(path, limits)).map_err(|error| read_error(&error))
}

/// The version that a file names.
#[pyfunction]
pub(crate) fn read_version(py: Python<'_>, path: PathBuf) -> PyResult<Option<String>> {
    guard(|| Ok(version(&open(py, &path, &Limits::default())?)))
}

/// The version that the bytes of a file name.
#[pyfunction]
pub(crate) fn read_version_bytes(content: Vec<u8>) -> PyResult<Option<String>> {
    guard(|| {
        let document = nir::read_bytes(content, &Limits::default());
        Ok(version(&document.map_err(|error| read_error(&error))?))
    })
}

fn version(document: &Document) -> Option<String> {
    document.version.as_ref().and_then(|text| text.as_str()).map(str::to_owned)
}

/// Writes a root node to a `.nir` or `.nirt` file.
#[pyfunction]
#[pyo3(signature = (path, tree, compression, level))]
pub(crate) fn write(
    py: Python<'_>,
    path: PathBuf,
    tree: &Bound<'_, PyDict>,
    compression: Option<&str>,
    level: u32,
) -> PyResult<()> {
    guard(|| {
        let (document, options) = (graph::document(tree)?, options(compression, level)?);
        py.detach(|| document::write_with(&path, &document, &options)).map_err(Raise::error)
    })
}

/// The bytes of a `.nir` file that holds a root node.
#[pyfunction]
#[pyo3(signature = (tree, compression, level))]
pub(crate) fn to_bytes<'py>(
    py: Python<'py>,
    tree: &Bound<'py, PyDict>,
    compression: Option<&str>,
    level: u32,
) -> PyResult<Bound<'py, PyBytes>> {
    guard(|| {
        let (document, options) = (graph::document(tree)?, options(compression, level)?);
        let bytes = py.detach(|| nir::to_bytes(&document, &options));
        Ok(PyBytes::new(py, &bytes.map_err(|error| write_error(&error))?))
    })
}

/// Recordings or stimuli from a file.
#[pyfunction]
pub(crate) fn read_data(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    guard(|| {
        let read = py.detach(|| data::read_data(&path, &Limits::default()));
        convert_data::to_python(py, read.map_err(|error| read_error(&error))?)
    })
}

/// Recordings or stimuli from the bytes of a file.
#[pyfunction]
pub(crate) fn read_data_bytes(py: Python<'_>, content: Vec<u8>) -> PyResult<Bound<'_, PyDict>> {
    guard(|| {
        let read = py.detach(|| data::read_data_bytes(content, &Limits::default()));
        convert_data::to_python(py, read.map_err(|error| read_error(&error))?)
    })
}

/// Writes recordings or stimuli to a file.
#[pyfunction]
#[pyo3(signature = (path, tree, compression, level))]
pub(crate) fn write_data(
    py: Python<'_>,
    path: PathBuf,
    tree: &Bound<'_, PyDict>,
    compression: Option<&str>,
    level: u32,
) -> PyResult<()> {
    guard(|| {
        let (content, options) = (convert_data::from_python(tree)?, options(compression, level)?);
        py.detach(|| data::write_data(&path, &content, options.compression))
            .map_err(|error| write_error(&error))
    })
}

/// The bytes of a file of recordings or stimuli.
#[pyfunction]
#[pyo3(signature = (tree, compression, level))]
pub(crate) fn data_to_bytes<'py>(
    py: Python<'py>,
    tree: &Bound<'py, PyDict>,
    compression: Option<&str>,
    level: u32,
) -> PyResult<Bound<'py, PyBytes>> {
    guard(|| {
        let (content, options) = (convert_data::from_python(tree)?, options(compression, level)?);
        let bytes = py.detach(|| data::data_to_bytes(&content, options.compression));
        Ok(PyBytes::new(py, &bytes.map_err(|error| write_error(&error))?))
    })
}

fn options(compression: Option<&str>, level: u32) -> PyResult<WriteOptions> {
    let compression = match compression {
        None => Compression::None,
        Some("gzip") => Compression::Gzip(level),
        Some("lzf") => Compression::Lzf,
        Some(other) => return Err(Raise::Write.one(format!("there is no compression `{other}`"))),
    };
    Ok(WriteOptions { compression })
}

/// The usual limits, with those replaced that are given by name.
pub(crate) fn limits(given: Option<&Bound<'_, PyDict>>) -> PyResult<Limits> {
    let mut limits = Limits::default();
    let Some(given) = given else { return Ok(limits) };
    for (name, number) in given.iter() {
        let name: String = name.extract()?;
        let number = number.extract()?;
        limits.set(&name, number).map_err(|error| Raise::Choice.one(error.to_string()))?;
    }
    Ok(limits)
}
