//! Text files that appear complete or not at all.

use std::path::Path;

use crate::atomic;
use crate::error::{WriteError, WriteFault};

/// Writes a text. The file appears complete under its name, or not at all.
pub fn write_text(path: impl AsRef<Path>, text: &str) -> Result<(), WriteError> {
    let path = path.as_ref();
    let written = atomic::write::<WriteFault>(path, |out| Ok(out.write_all(text.as_bytes())?));
    written.map_err(|fault| fault.at("").of_file(path))
}
