//! How things look.

use nirkit::escape;
use pyo3::prelude::*;

/// A text in which nothing acts on a terminal: control characters and directions of writing are
/// written as `\u{1b}`.
#[pyfunction]
pub(crate) fn escaped(text: &str) -> String {
    escape::text(text).into_owned()
}
