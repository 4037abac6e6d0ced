//! The border at which panics stop.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::prelude::*;

use crate::error::Raise;

/// Runs what a function of the module does. A panic becomes an `InternalError`.
pub(crate) fn guard<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        let message = format!("nirkit failed: {said}");
        Err(Raise::Internal.help(message, "please report this together with the graph"))
    })
}

/// Panics, so that a test can see what becomes of it.
#[pyfunction]
#[pyo3(name = "_panic")]
#[expect(clippy::panic, reason = "this is what the function is for")]
pub(crate) fn panic_for_test(message: String) -> PyResult<()> {
    guard(|| panic!("{message}"))
}
