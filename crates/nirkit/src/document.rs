//! Graphs from and to files: `.nir` (HDF5) and `.nirt` (text).

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use nirkit_io::nir::WriteOptions;
use nirkit_io::{Limits, nir, store};
use nirkit_ir::Document;
use nirkit_ir::text::{self, PrintOptions};

use crate::error::Error;

/// Tensors with more elements than this go to a file beside the text.
const INLINE: usize = 64;

/// Reads a graph from a file: HDF5 or text, whichever it is.
pub fn read(path: &Path, limits: &Limits) -> Result<Document, Error> {
    if is_text(path) { read_text(path, limits) } else { Ok(nir::read(path, limits)?) }
}

/// Writes a graph to a file: text if its name ends in `.nirt`, else HDF5.
///
/// Text refers to large tensors by the hash of their content; they go to a file of the same name
/// with `.tensors` behind it. What was there before is replaced at once, or not at all.
pub fn write(path: &Path, document: &Document, options: &WriteOptions) -> Result<(), Error> {
    if is_text(path) { write_text(path, document) } else { Ok(nir::write(path, document, options)?) }
}

/// Whether the name of a file says that it holds text.
#[must_use]
pub fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "nirt")
}

/// The file beside a text that holds its large tensors.
#[must_use]
pub fn tensor_file(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".tensors");
    PathBuf::from(name)
}
