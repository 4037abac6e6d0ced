//! The bytes of an HDF5 file: in memory, or read from the file part by part.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use hdf5_reader::error::{Error as ReaderError, Result as ReaderResult};
use hdf5_reader::{Storage, StorageBuffer};

use super::budget::within;
use super::pages::Pages;
use super::{huge_pages, pages};
use crate::bytes;
use crate::error::ReadFault;
use crate::foreign;
use crate::limits::Limits;

/// Files up to this size are read at once: that takes less than what a thread that reads ahead costs the allocator. Of larger
/// ones the parts are read that somebody looks at, as large tensors are then read from the file straight to where they stay.
const AT_ONCE: u64 = 32 << 20;

/// Files up to this size need no large pages.
const SMALL: u64 = 1 << 20;

/// Parts of this many bytes are handed to the general reader without being kept.
const LARGE: usize = 1 << 16;

/// The bytes of a file, which is not expected to change while it is being read.
pub(crate) enum Source {
    /// All bytes in memory.
    Memory(Arc<Vec<u8>>),
    /// A regular file.
    File(Pages),
}

impl Source {
    /// Bytes in memory.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self::Memory(Arc::new(bytes))
    }

    /// A file; one that is not regular, as a pipe, is read to its end if it begins like one of HDF5.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, ReadFault> {
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() || metadata.len() <= SMALL {
            return bytes::read_known(path, limits, Self::begins).map(Self::from_bytes);
        }
        within("file_bytes", "bytes", metadata.len(), limits.file_bytes)?;
        if metadata.len() <= AT_ONCE {
            return at_once(&File::open(path)?, metadata.len()).map(Self::from_bytes);
        }
        match Pages::new(File::open(path)?, metadata.len()) {
            Some(pages) => Ok(Self::File(pages)),
            None => bytes::read(path, limits).map(Self::from_bytes),
        }
    }

    /// Whether there is a superblock in what a pipe begins with; if not, what it is.
    pub(crate) fn begins(head: &[u8]) -> Result<(), ReadFault> {
        let has = Self::from_bytes(head.to_vec());
        super::direct::has_superblock(&has).then_some(()).ok_or_else(|| has.foreign())
    }

    /// Leaves out what lies behind this many bytes.
    pub(crate) fn shorten(&mut self, len: u64) {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        match self {
            Self::Memory(bytes) if len < bytes.len() => {
                // Nobody else has them yet.
                Arc::make_mut(bytes).truncate(len);
            }
            Self::Memory(_) => {}
            Self::File(pages) => pages.shorten(len),
        }
    }

    /// Some bytes; `None` when they are not inside, or cannot be read.
    pub(crate) fn get(&self, offset: u64, len: u64) -> Option<&[u8]> {
        let (begin, len) = (usize::try_from(offset).ok()?, usize::try_from(len).ok()?);
        match self {
            Self::Memory(bytes) => bytes.get(begin..begin.checked_add(len)?),
            Self::File(pages) => pages.get(begin, len)?.ok(),
        }
    }

    /// Does work on the bytes, which are read meanwhile as far as they are not in memory.
    pub(crate) fn ahead<T>(&self, work: impl FnOnce() -> T) -> T {
        match self {
            Self::Memory(_) => work(),
            Self::File(pages) => pages.ahead(work),
        }
    }

    /// What the file is, if it is none of HDF5.
    pub(crate) fn foreign(&self) -> ReadFault {
        let len = Storage::len(self).min(foreign::HEAD as u64);
        foreign::fault(self.get(0, len).unwrap_or_default())
    }

    /// Fills `target` from the file at `offset`; `None` when there is no file but memory.
    pub(crate) fn read_directly(&self, offset: u64, target: &mut [u8]) -> Option<io::Result<()>> {
        match self {
            Self::Memory(_) => None,
            Self::File(pages) => Some(pages.copy(offset, target)),
        }
    }
}

/// All bytes of a file of this length.
fn at_once(file: &File, len: u64) -> Result<Vec<u8>, ReadFault> {
    let size = usize::try_from(len).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    huge_pages::advise(bytes.spare_capacity_mut());
    huge_pages::populate(bytes.spare_capacity_mut());
    file.take(len).read_to_end(&mut bytes)?;
    if bytes.len() < size {
        return Err(pages::told(io::ErrorKind::UnexpectedEof.into()).into());
    }
    Ok(bytes)
}

impl Storage for Source {
    fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(pages) => pages.len() as u64,
        }
    }

    fn read_range(&self, offset: u64, len: usize) -> ReaderResult<StorageBuffer> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let pages = match self {
            Self::Memory(bytes) => {
                return StorageBuffer::from_shared_owner(bytes.clone(), start, len);
            }
            Self::File(pages) => pages,
        };
        let outside = ReaderError::UnexpectedEof {
            offset,
            needed: len as u64,
            available: (pages.len() as u64).saturating_sub(offset),
        };
        if start.checked_add(len).is_none_or(|end| end > pages.len()) {
            return Err(outside);
        }
        if len >= LARGE {
            let mut bytes = vec![0; len];
            pages.copy(offset, &mut bytes)?;
            return Ok(StorageBuffer::from_vec(bytes));
        }
        let bytes = pages.get(start, len).ok_or(outside)??;
        Ok(StorageBuffer::from_vec(bytes.to_vec()))
    }
}
