//! The bytes of a file, looked at in place. Whatever reaches past an end is `None`.

/// All bytes of a file, to be looked at by address.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    /// Number of bytes.
    pub(super) fn len(self) -> u64 {
        self.0.len() as u64
    }

    /// The `len` bytes at an address.
    pub(super) fn at(self, address: u64, len: u64) -> Option<&'a [u8]> {
        let start = usize::try_from(address).ok()?;
        let end = start.checked_add(usize::try_from(len).ok()?)?;
        self.0.get(start..end)
    }

    /// What lies at an address and behind, to be read in order.
    pub(super) fn from(self, address: u64) -> Option<Cursor<'a>> {
        self.0.get(usize::try_from(address).ok()?..).map(Cursor)
    }
}

/// Bytes that are read in order. Numbers are little-endian, as all numbers of HDF5's own are.
#[derive(Clone, Copy)]
pub(in crate::hdf5) struct Cursor<'a>(pub(in crate::hdf5) &'a [u8]);

impl<'a> Cursor<'a> {
    /// The bytes that are left.
    pub(super) fn left(self) -> usize {
        self.0.len()
    }

    /// The next `count` bytes.
    pub(in crate::hdf5) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Steps over `count` bytes.
    pub(in crate::hdf5) fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(drop)
    }

    /// Steps over these bytes, if they are what comes next.
    pub(super) fn expect(&mut self, bytes: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(bytes)?;
        Some(())
    }

    pub(in crate::hdf5) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(in crate::hdf5) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(in crate::hdf5) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of 1, 2, 4 or 8 bytes.
    pub(super) fn number(&mut self, bytes: usize) -> Option<u64> {
        let mut word = [0; 8];
        word.get_mut(..bytes)?.copy_from_slice(self.take(bytes)?);
        Some(u64::from_le_bytes(word))
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }
}
