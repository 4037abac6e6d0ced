//! Opens the file that a verb is about.

use std::path::Path;

use nirkit::ir::Document;

use crate::args::LimitArgs;
use crate::failure::Failure;

/// Reads a graph from a `.nir` or `.nirt` file.
pub(crate) fn document(file: &Path, limits: &LimitArgs) -> Result<Document, Failure> {
    Ok(nirkit::document::read(file, &limits.limits()?)?)
}
