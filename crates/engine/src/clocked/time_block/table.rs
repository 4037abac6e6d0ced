//! Tables: what leaves one node in each step of a block, and where it stands in the buffer pool.

use super::super::simd::{CHUNK, padded, tile};

/// What a table is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Plan {
    /// Channels in a row.
    pub(in super::super) width: usize,
    pub(in super::super) numbers: Numbers,
    /// Whether there is a mark for each channel: a bit that says that its number is not 0.
    pub(in super::super) bitmask: bool,
    /// Channels of a pixel whose numbers stand side by side; 0 where numbers are in C order. Bits
    /// always are.
    pub(in super::super) channels_last: usize,
}

/// How the numbers of a table are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Numbers {
    /// Not at all.
    Nothing,
    /// Row by row.
    Rows,
    /// A tile of channels at a time, which takes the place of the one before.
    Tile,
}

impl Plan {
    /// A table of numbers without marks.
    pub(in super::super) fn numbers(width: usize) -> Self {
        Self { width, numbers: Numbers::Rows, bitmask: false, channels_last: 0 }
    }

    /// A table that holds nothing.
    pub(in super::super) fn nothing(width: usize) -> Self {
        Self { width, numbers: Numbers::Nothing, ..Self::numbers(width) }
    }

    /// Bytes of a row.
    pub(in super::super) fn row_bytes<T>(self) -> usize {
        let bitmask = if self.bitmask { self.width.div_ceil(8) } else { 0 };
        self.stride() * size_of::<T>() + bitmask
    }

    /// Numbers from row to row.
    pub(super) fn stride(self) -> usize {
        match self.numbers {
            Numbers::Nothing => 0,
            Numbers::Rows => stride(self.width),
            Numbers::Tile => tile(self.width),
        }
    }
}

/// A table of a buffer pool: row 0 is the step before the block, row `k` its `k`-th step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Table {
    /// Place of the table in the buffer pool's list of `uniform_values`.
    pub(super) id: usize,
    pub(super) base: usize,
    /// Numbers from row to row; 0 where none are kept.
    pub(super) stride: usize,
    /// Whether only a tile of the numbers is kept.
    pub(super) is_tile: bool,
    pub(super) bitmask: usize,
    /// Words of marks in a row; 0 for a table without marks.
    pub(super) words: usize,
    /// Channels in a row; what stands behind them is padding.
    pub(in super::super) width: usize,
    /// Channels of a pixel whose numbers stand side by side; 0 where numbers are in C order.
    pub(in super::super) channels_last: usize,
}

impl Table {
    /// Where a row starts.
    #[inline(always)]
    pub(in super::super) fn row(self, row: usize) -> usize {
        self.base + row * self.stride
    }

    /// Where the number of a channel stands in its row.
    #[inline(always)]
    pub(super) fn place(self, channel: usize) -> usize {
        if self.channels_last == 0 {
            return channel;
        }
        let plane = self.width / self.channels_last;
        channel % plane * self.channels_last + channel / plane
    }

    /// Whether all numbers are kept.
    #[inline]
    pub(in super::super) fn has_numbers(self) -> bool {
        self.stride > 0 && !self.is_tile
    }

    /// A tile of the table: channels from this one on have numbers.
    #[inline(always)]
    pub(in super::super) fn tile(self, first: usize) -> Self {
        Self { base: self.base - first, ..self }
    }

    /// Whether there is a mark for each channel.
    #[inline]
    pub(in super::super) fn has_bitmask(self) -> bool {
        self.words > 0
    }
}

/// The length of a row: whole tiles of a matrix, and a chunk more where rows would else lie a power
/// of two apart. Neurons walk from row to row, and such rows fight for the same places of a cache.
fn stride(width: usize) -> usize {
    const APART: usize = 256;
    let len = padded(width.max(1));
    if len.is_multiple_of(APART) { len + CHUNK } else { len }
}
