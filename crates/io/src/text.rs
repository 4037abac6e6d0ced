//! Text files: read up to a limit, and written so that they appear complete or not at all.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::atomic::{self, Staged};
use crate::bytes;
use crate::error::{ReadError, ReadFault, WriteError, WriteFault};
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

/// The most bytes of a document that [`read_document`] reads.
const MOST_BYTES: u64 = 64 << 20;

/// Reads a text of at most 64 MiB, whatever the limits are: a description of cases, a plan, a list. Of a pipe or device no more is read.
///
/// # Errors
///
/// What cannot be read, is longer, or is no text.
pub fn read_document(path: impl AsRef<Path>) -> Result<String, ReadError> {
    let path = path.as_ref();
    let read = || -> Result<String, ReadFault> {
        let mut bytes = Vec::new();
        File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST_BYTES {
            let message =
                format!("it has more than {MOST_BYTES} bytes, which is no document of this kind");
            return Err(ReadFault::Syntax(message));
        }
        String::from_utf8(bytes).map_err(|error| no_text(error.as_bytes()))
    };
    read().map_err(|fault| fault.at("").of_file(path))
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
