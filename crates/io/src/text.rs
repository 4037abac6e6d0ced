//! Text files that appear complete or not at all.

use std::path::Path;

use crate::atomic::{self, Staged};
use crate::error::{WriteError, WriteFault};

/// Writes a text. The file appears complete under its name, or not at all.
pub fn write_text(path: impl AsRef<Path>, text: &str) -> Result<(), WriteError> {
    let path = path.as_ref();
    let written = atomic::write::<WriteFault>(path, |out| Ok(out.write_all(text.as_bytes())?));
    written.map_err(|fault| fault.at("").of_file(path))
}

/// Takes a file away, if it is there.
pub fn remove(path: impl AsRef<Path>) -> Result<(), WriteError> {
    let path = path.as_ref();
    atomic::remove(path).map_err(|error| WriteFault::Io(error).at("").of_file(path))
}

/// Makes a text that appears under its name when it is finished.
pub fn stage_text(path: impl AsRef<Path>, text: &str) -> Result<Staged, WriteError> {
    let path = path.as_ref();
    let staged = atomic::stage::<WriteFault>(path, |out| Ok(out.write_all(text.as_bytes())?));
    staged.map_err(|fault| fault.at("").of_file(path))
}
