//! The filters that chunks of the common kind pass through.

use super::bytes::Cursor;
use super::chunk::Scratch;
use crate::hdf5::{deflate, lzf};

const DEFLATE: u16 = deflate::FILTER;
const SHUFFLE: u16 = 2;
const LZF: u16 = lzf::FILTER;

/// One filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// zlib's compression.
    Deflate,
    /// h5py's fast compression.
    Lzf,
    /// The first bytes of all elements of this many bytes, then their second bytes, and so on.
    Shuffle(usize),
}

/// The filters that a message lists, in the order of writing. `size` is that of an element.
pub(super) fn filters(mut message: Cursor<'_>, size: usize) -> Option<Vec<Filter>> {
    let version = message.u8()?;
    let count = message.u8()?;
    if version == 1 {
        message.skip(6)?;
    }
    (0..count).map(|_| filter(&mut message, version, size)).collect()
}

fn filter(message: &mut Cursor<'_>, version: u8, size: usize) -> Option<Filter> {
    let number = message.u16()?;
    let named = version == 1 || number >= 256;
    let name = if named { usize::from(message.u16()?) } else { 0 };
    message.skip(2)?;
    let parameters = usize::from(message.u16()?);
    message.skip(if version == 1 { name.next_multiple_of(8) } else { name })?;
    let mut values = Cursor::new(message.take(4 * parameters)?);
    match version {
        1 => message.skip(4 * (parameters % 2))?,
        2 => {}
        _ => return None,
    }
    match number {
        // HDF5 refuses what is no level of compression.
        DEFLATE if parameters == 1 && values.u32()? <= 9 => Some(Filter::Deflate),
        LZF => Some(Filter::Lzf),
        SHUFFLE if values.u32()? as usize == size && size > 0 => Some(Filter::Shuffle(size)),
        _ => None,
    }
}

impl Scratch {
    /// Undoes the filters of one chunk, but for those that were left out for it (a bit each). It has
    /// to decode to as many bytes as `target` has.
    pub(super) fn decode(
        &mut self,
        filters: &[Filter],
        left_out: u32,
        stored: &[u8],
        target: &mut [u8],
    ) -> Option<()> {
        let (first, last) = match filters {
            [] => (None, None),
            [only] => (Some(only).filter(|_| left_out & 1 == 0), None),
            [first, last] => (
                Some(first).filter(|_| left_out & 1 == 0),
                Some(last).filter(|_| left_out & 2 == 0),
            ),
            _ => return None,
        };
        match (first, last) {
            (None, None) => (stored.len() == target.len()).then(|| target.copy_from_slice(stored)),
            (Some(only), None) | (None, Some(only)) => only.undo(stored, target),
            (Some(first), Some(last)) => {
                self.between.resize(target.len(), 0);
                last.undo(stored, &mut self.between)?;
                first.undo(&self.between, target)
            }
        }
    }
}

impl Filter {
    fn undo(self, stored: &[u8], target: &mut [u8]) -> Option<()> {
        match self {
            Self::Deflate => deflate::decode_into(stored, target),
            Self::Lzf => {
                let decoded = lzf::decode(stored, target.len()).ok()?;
                (decoded.len() == target.len()).then(|| target.copy_from_slice(&decoded))
            }
            Self::Shuffle(size) => {
                (stored.len() == target.len()).then(|| unshuffle(size, stored, target))
            }
        }
    }
}

/// Puts the bytes of each element together again. What is left over stays at the end.
fn unshuffle(size: usize, stored: &[u8], target: &mut [u8]) {
    let elements = stored.len() / size;
    let (bytes, rest) = stored.split_at(elements * size);
    for (place, bytes) in bytes.chunks_exact(elements.max(1)).enumerate() {
        for (element, &byte) in target.chunks_exact_mut(size).zip(bytes) {
            element[place] = byte;
        }
    }
    target[elements * size..].copy_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message that HDF5 1.10 writes for shuffle and deflate of 4-byte elements.
    const MESSAGE: [u8; 56] = [
        1, 2, 0, 0, 0, 0, 0, 0, // version, two filters
        2, 0, 8, 0, 1, 0, 1, 0, // shuffle: a name of 8 bytes, one value
        b's', b'h', b'u', b'f', b'f', b'l', b'e', 0, 4, 0, 0, 0, 0, 0, 0, 0, //
        1, 0, 8, 0, 1, 0, 1, 0, // deflate
        b'd', b'e', b'f', b'l', b'a', b't', b'e', 0, 9, 0, 0, 0, 0, 0, 0, 0,
    ];

    #[test]
    fn a_message_lists_its_filters() {
        let found = filters(Cursor::new(&MESSAGE), 4);
        assert_eq!(found, Some(vec![Filter::Shuffle(4), Filter::Deflate]));
        // Another element size than that of the dataset is not ours to understand.
        assert_eq!(filters(Cursor::new(&MESSAGE), 8), None);
        assert_eq!(filters(Cursor::new(&MESSAGE[..50]), 4), None);
    }

    #[test]
    fn shuffled_bytes_come_together() {
        let mut target = [0; 7];
        unshuffle(2, &[1, 3, 5, 2, 4, 6, 7], &mut target);
        assert_eq!(target, [1, 2, 3, 4, 5, 6, 7]);
    }
}
