//! Whole files in memory, up to the limit.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::ReadFault;
use crate::hdf5::budget::within;
use crate::limits::Limits;

/// The bytes of a file.
pub(crate) fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>, ReadFault> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ReadFault::OtherFormat { expected: "a file, but a folder" });
    }
    read_to_end(file, limits)
}

/// All there is in an open file or pipe.
pub(crate) fn read_to_end(file: File, limits: &Limits) -> Result<Vec<u8>, ReadFault> {
    let expected = file.metadata()?.len();
    within("file_bytes", "bytes", expected, limits.file_bytes)?;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(expected as usize)
        .map_err(|_| std::io::Error::from(std::io::ErrorKind::OutOfMemory))?;
    file.take(limits.file_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    within("file_bytes", "bytes", bytes.len() as u64, limits.file_bytes)?;
    Ok(bytes)
}
