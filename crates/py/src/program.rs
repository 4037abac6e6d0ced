//! The program `nir`.

use std::ffi::OsString;

use pyo3::prelude::*;

use crate::guard::guard;

/// Runs the program `nir` with these arguments, of which the first is its name, and returns its exit code.
#[pyfunction]
pub(crate) fn program(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    guard(|| Ok(py.detach(|| nirkit_cli::main_with(arguments))))
}
