//! What chips are given, from and to files.

use std::fs;
use std::path::Path;

use nirkit_io::Limits;
use nirkit_io::text::write_text;
use nirkit_platforms::chip::{Chip, Design};

use crate::error::Error;

/// Reads a network in a chip's terms: a document that was written here, or one of the chip's own
/// tools; everything that is wrong with it at once.
pub fn read(chip: &Chip, path: &Path, limits: &Limits) -> Result<Design, Error> {
    let io_error = |error: std::io::Error| Error::new(error.to_string()).in_file(path);
    let bytes = fs::metadata(path).map_err(io_error)?.len();
    if bytes > limits.file_bytes {
        let message =
            format!("has {bytes} bytes, the limit `file_bytes` allows {}", limits.file_bytes);
        let help = "raise the limit if you trust the file";
        return Err(Error::new(message).help(help).in_file(path));
    }
    let text = fs::read_to_string(path).map_err(io_error)?;
    let all = |errors: Vec<String>| Error::several(errors.into_iter().map(Error::new));
    chip.read(&text).map_err(|errors| all(errors).in_file(path))
}

/// Writes what a chip's own tools read; the file appears complete or not at all.
pub fn write(path: &Path, design: &Design) -> Result<(), Error> {
    Ok(write_text(path, &design.handover.json)?)
}
