//! Text files: read up to a limit, and written so that they appear complete or not at all.

use std::path::Path;

use crate::atomic::{self, Staged};
use crate::bytes;
use crate::error::{ReadError, WriteError, WriteFault};
use crate::foreign::no_text;
use crate::limits::Limits;

/// Reads a text of at most as many bytes as the limit allows. A pipe or device that gives no text is not
/// read to its end.
pub fn read_text(path: impl AsRef<Path>, limits: &Limits) -> Result<String, ReadError> {
    let path = path.as_ref();
    let begins = |head: &[u8]| is_text(head).then_some(()).ok_or_else(|| no_text(head));
    let bytes = bytes::read_known(path, limits, begins);
    let text =
        bytes.and_then(|bytes| String::from_utf8(bytes).map_err(|error| no_text(error.as_bytes())));
    text.map_err(|fault| fault.at("").of_file(path))
}

/// The mark of the order of bytes, which some editors put before a text in UTF-8.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Whether bytes are the beginning of a text.
pub(crate) fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    valid && !head.contains(&0)
}

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
