//! The bytes of an HDF5 file: in memory, or at hand in the file.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use hdf5_reader::error::Result as ReaderResult;
use hdf5_reader::{Storage, StorageBuffer};
use memmap2::Mmap;

use super::budget::within;
use crate::bytes;
use crate::error::ReadFault;
use crate::limits::Limits;

/// Files up to this size are read at once; larger ones are mapped, as large tensors are then read from
/// the file straight to where they stay, and what nobody looks at is not read at all.
const AT_ONCE: u64 = 1 << 20;

/// The bytes of a file, which is not expected to change while it is being read.
pub(crate) enum Source {
    /// All bytes in memory.
    Memory(Arc<Vec<u8>>),
    /// A regular file, mapped into memory.
    File(File, Arc<Mmap>),
}

impl Source {
    /// Bytes in memory.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self::Memory(Arc::new(bytes))
    }

    /// A file; one that is not regular, as a pipe, is read to its end.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, ReadFault> {
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() || metadata.len() <= AT_ONCE {
            return bytes::read(path, limits).map(Self::from_bytes);
        }
        within("file_bytes", "bytes", metadata.len(), limits.file_bytes)?;
        let file = File::open(path)?;
        match map(&file, metadata.len()) {
            Some(map) => Ok(Self::File(file, Arc::new(map))),
            None => bytes::read_to_end(file, limits).map(Self::from_bytes),
        }
    }

    /// All bytes, in memory or mapped there.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Memory(bytes) => bytes,
            Self::File(_, map) => map,
        }
    }

    /// Fills `target` from the file at `offset`; `None` when there is no file but memory. This takes
    /// half the time of copying from the map, where every few pages are a page fault, and a file
    /// that has been cut meanwhile is an error.
    pub(crate) fn read_directly(
        &self,
        offset: u64,
        target: &mut [u8],
    ) -> Option<std::io::Result<()>> {
        match self {
            Self::Memory(_) => None,
            Self::File(file, _) => Some(read_at(file, offset, target)),
        }
    }
}

impl Source {
    /// Reads bytes that were looked at in the map from the file, into a buffer; `None` when there is no
    /// file but memory, or when the bytes are not of this source.
    pub(crate) fn again(&self, bytes: &[u8], buffer: &mut Vec<u8>) -> Option<std::io::Result<()>> {
        let offset = bytes.as_ptr().addr().checked_sub(self.bytes().as_ptr().addr())?;
        if offset.checked_add(bytes.len())? > self.bytes().len() {
            return None;
        }
        buffer.resize(bytes.len(), 0);
        self.read_directly(offset as u64, buffer)
    }
}

impl Storage for Source {
    fn len(&self) -> u64 {
        self.bytes().len() as u64
    }

    fn read_range(&self, offset: u64, len: usize) -> ReaderResult<StorageBuffer> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        match self {
            Self::Memory(bytes) => StorageBuffer::from_shared_owner(bytes.clone(), start, len),
            Self::File(_, map) => StorageBuffer::from_shared_owner(map.clone(), start, len),
        }
    }
}

/// Maps a file of this many bytes into memory, if the system can.
#[allow(unsafe_code, reason = "there is no safe way to map a file")]
fn map(file: &File, len: u64) -> Option<Mmap> {
    // SAFETY: the map is only read, and lives no longer than the `Source`. Were another program to
    // change the bytes, what is read would change too, which the bounds-checked readers bear as they
    // bear any damage; were it to cut the file, the system would end this program, as it would end
    // any that maps files. nirkit itself never writes into a file that exists: it puts a new one in
    // its place. Tensors are filled by reading, so nothing that stays refers to the map.
    let map = unsafe { Mmap::map(file) }.ok()?;
    (map.len() as u64 == len).then_some(map)
}

#[cfg(unix)]
fn read_at(file: &File, offset: u64, target: &mut [u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, target, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut offset: u64, mut target: &mut [u8]) -> std::io::Result<()> {
    while !target.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, target, offset)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        offset += count as u64;
        target = &mut target[count..];
    }
    Ok(())
}
