//! What bytes are whose file has no name: those of the standard input, told by how they begin.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::bytes;
use crate::error::{ReadError, ReadFault};
use crate::foreign;
use crate::hdf5::source::Source;
use crate::limits::Limits;
use crate::text::{BOM, is_text};

/// The name of the standard input in messages and reports.
pub const STDIN: &str = "<stdin>";

/// What the bytes of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// HDF5.
    Hdf5,
    /// A numpy array.
    Array,
    /// A text that begins as JSON does.
    Json,
    /// Another text.
    Text,
}

impl Content {
    /// Returns what bytes are that begin so; an error for what nothing here reads.
    pub fn of(head: &[u8]) -> Result<Self, ReadError> {
        Self::begins(head).map_err(|fault| fault.at(""))
    }

    fn begins(head: &[u8]) -> Result<Self, ReadFault> {
        if Source::begins(head).is_ok() {
            return Ok(Self::Hdf5);
        }
        if head.starts_with(b"\x93NUMPY") {
            return Ok(Self::Array);
        }
        let first = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start().first();
        match first {
            Some(b'{' | b'[') if is_text(head) => Ok(Self::Json),
            // Pages of HTML and pointers of Git LFS are texts, and said to be what they are.
            Some(_) if is_text(head) && !foreign::is_named(head) => Ok(Self::Text),
            _ => Err(foreign::fault(head)),
        }
    }
}

/// Reads the standard input to its end. What begins as nothing that is known is not read further.
pub fn read_stdin(limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let known = |head: &[u8]| Content::begins(head).map(|_| ());
    let read = bytes::read_stream(io::stdin().lock(), limits, known);
    read.map_err(|fault| fault.at("").of_file(Path::new(STDIN)))
}

/// Reads a graph or a stimulus from what is no regular file, a named pipe for instance, which is there once only.
pub fn read_once(path: &Path, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let known = |head: &[u8]| Content::begins(head).map(|_| ());
    let file = File::open(path).map_err(ReadFault::Io);
    let read = file.and_then(|file| bytes::read_stream(file, limits, known));
    read.map_err(|fault| fault.at("").of_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_known_by_how_they_begin() {
        let of = |head: &[u8]| Content::of(head).map_err(|fault| fault.to_string());
        assert_eq!(of(b"\x93NUMPY\x01\0"), Ok(Content::Array));
        assert_eq!(of(b" {\"T\": 1}"), Ok(Content::Json));
        assert_eq!(of(b"\xef\xbb\xbf{\"T\": 1}"), Ok(Content::Json));
        assert_eq!(of(b"x,t\n1,2\n"), Ok(Content::Text));
        assert_eq!(of(b"nirt 1\n"), Ok(Content::Text));
        for (head, said) in [(&b""[..], "empty"), (b"<html>", "HTML"), (b"\x1f\x8b", "gzip")] {
            let found = of(head).unwrap_err();
            assert!(found.contains(said), "{found}");
        }
    }
}
