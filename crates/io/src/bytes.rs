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

/// Bytes of a pipe or device in which a file has to show what it is.
const HEAD: u64 = 1 << 16;

/// The bytes of a file that is known by how it begins. What comes out of a pipe or device and begins in
/// another way is not read to its end, which may never come: `known` is given the first 64 KiB.
pub(crate) fn read_known(
    path: &Path,
    limits: &Limits,
    known: impl FnOnce(&[u8]) -> Result<(), ReadFault>,
) -> Result<Vec<u8>, ReadFault> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() || metadata.is_dir() {
        return read(path, limits);
    }
    read_stream(file, limits, known)
}

/// The bytes of a stream that is known by how it begins; one that begins in another way is not read further.
pub(crate) fn read_stream(
    mut stream: impl Read,
    limits: &Limits,
    known: impl FnOnce(&[u8]) -> Result<(), ReadFault>,
) -> Result<Vec<u8>, ReadFault> {
    let mut bytes = Vec::new();
    (&mut stream).take(HEAD).read_to_end(&mut bytes)?;
    known(&bytes)?;
    let left = limits.file_bytes.saturating_add(1).saturating_sub(bytes.len() as u64);
    stream.take(left).read_to_end(&mut bytes)?;
    within("file_bytes", "bytes", bytes.len() as u64, limits.file_bytes)?;
    Ok(bytes)
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
