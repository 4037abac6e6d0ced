//! The hash of a file, by which a report says what a result was computed from.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::error::{ReadError, ReadFault};

/// The SHA-256 of a file in hexadecimal digits; `None` for what is no regular file and cannot be read twice.
pub fn sha256(path: impl AsRef<Path>) -> Result<Option<String>, ReadError> {
    let path = path.as_ref();
    hash(path).map_err(|error| ReadError {
        file: Some(path.to_path_buf()),
        place: String::new(),
        fault: ReadFault::Io(error),
    })
}

fn hash(path: &Path) -> std::io::Result<Option<String>> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let (mut hash, mut block) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut block)? {
            0 => break,
            count => hash.update(block.get(..count).unwrap_or_default()),
        }
    }
    Ok(Some(digits(&hash.finalize())))
}

/// The SHA-256 of some bytes in hexadecimal digits.
#[must_use]
pub fn sha256_of(bytes: &[u8]) -> String {
    digits(&Sha256::digest(bytes))
}

fn digits(hash: &[u8]) -> String {
    let mut digits = String::new();
    for byte in hash {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
