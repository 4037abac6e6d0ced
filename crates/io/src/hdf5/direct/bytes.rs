//! The bytes of a file, looked at in place. Whatever reaches past an end is `None`.

use hdf5_reader::Storage as _;

use crate::hdf5::pages::Pages;
use crate::hdf5::source::Source;

/// All bytes of a file behind its user block, to be looked at by address.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a> {
    pub(super) source: &'a Source,
    user_block: u64,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(source: &'a Source, user_block: u64) -> Self {
        Self { source, user_block }
    }

    /// Number of bytes.
    pub(super) fn len(self) -> u64 {
        self.source.len().saturating_sub(self.user_block)
    }

    /// The `len` bytes at an address.
    #[inline]
    pub(super) fn at(self, address: u64, len: u64) -> Option<&'a [u8]> {
        self.source.get(address.checked_add(self.user_block)?, len)
    }

    /// Whether there are `len` bytes at an address. They are not looked at.
    #[inline]
    pub(super) fn has(self, address: u64, len: u64) -> Option<()> {
        (address.checked_add(len)? <= self.len()).then_some(())
    }

    /// What lies at an address and behind, to be read in order.
    #[inline]
    pub(super) fn from(self, address: u64) -> Option<Cursor<'a>> {
        let begin = usize::try_from(address.checked_add(self.user_block)?).ok()?;
        match self.source {
            Source::Memory(bytes) => bytes.get(begin..).map(Cursor::new),
            Source::File(pages) => {
                let bytes = pages.window(begin, 0)?.ok()?;
                Some(Cursor { bytes, behind: Some((pages, begin + bytes.len())) })
            }
        }
    }
}

/// Bytes that are read in order. Numbers are little-endian, as all numbers of HDF5's own are.
#[derive(Clone, Copy)]
pub(in crate::hdf5) struct Cursor<'a> {
    bytes: &'a [u8],
    /// What comes behind `bytes`, from a place in the file on.
    behind: Option<(&'a Pages, usize)>,
}

impl<'a> Cursor<'a> {
    /// Reads these bytes and no more.
    pub(in crate::hdf5) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, behind: None }
    }

    /// The bytes that are at hand: all that are left, of bytes that were given.
    pub(in crate::hdf5) fn rest(self) -> &'a [u8] {
        self.bytes
    }

    /// Number of bytes that are at hand.
    pub(super) fn left(self) -> usize {
        self.bytes.len()
    }

    /// The next `count` bytes.
    #[inline]
    pub(in crate::hdf5) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        if self.bytes.len() < count {
            self.reach(count)?;
        }
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    /// Gets at least `count` bytes at hand.
    #[cold]
    fn reach(&mut self, count: usize) -> Option<()> {
        let (pages, end) = self.behind?;
        let begin = end - self.bytes.len();
        let bytes = pages.window(begin, count)?.ok()?;
        *self = Self { bytes, behind: Some((pages, begin + bytes.len())) };
        Some(())
    }

    /// Steps over `count` bytes.
    #[inline]
    pub(in crate::hdf5) fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(drop)
    }

    /// Steps over these bytes, if they are what comes next.
    #[inline]
    pub(super) fn expect(&mut self, bytes: &[u8]) -> Option<()> {
        let mut ahead = *self;
        (ahead.take(bytes.len())? == bytes).then(|| *self = ahead)
    }

    #[inline]
    pub(in crate::hdf5) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    #[inline]
    pub(in crate::hdf5) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    #[inline]
    pub(in crate::hdf5) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    #[inline]
    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of 1, 2, 4 or 8 bytes.
    pub(in crate::hdf5) fn number(&mut self, bytes: usize) -> Option<u64> {
        let mut word = [0; 8];
        word.get_mut(..bytes)?.copy_from_slice(self.take(bytes)?);
        Some(u64::from_le_bytes(word))
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.first_chunk().copied()
    }
}
