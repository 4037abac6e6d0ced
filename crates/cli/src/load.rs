//! Opens the file that a verb is about.

use std::path::Path;

use nirkit::document::Loaded;
use nirkit::ir::Document;
use nirkit::platforms::{Profile, find};

use crate::args::LimitArgs;
use crate::failure::Failure;

/// Reads a graph from a `.nir` or `.nirt` file, with its text if it is one.
pub(crate) fn with_source(file: &Path, limits: &LimitArgs) -> Result<Loaded, Failure> {
    Ok(nirkit::document::load(file, &limits.limits()?)?)
}

/// Reads a graph from a `.nir` or `.nirt` file.
pub(crate) fn document(file: &Path, limits: &LimitArgs) -> Result<Document, Failure> {
    Ok(nirkit::document::read(file, &limits.limits()?)?)
}

/// The platform of this name, or a failure that lists what there is.
pub(crate) fn profile(title: &str) -> Result<&'static Profile, Failure> {
    find(title).map_err(Failure::new)
}
