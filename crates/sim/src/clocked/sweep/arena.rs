//! The memory of a sweep: a table for each signal, with one row a step.

use pulp::Simd;

use super::super::chunk::{CHUNK, Vector};
use super::super::matrix::tiled;
use super::super::real::Real;

/// A table of an arena: row 0 is the step before the block, row `k` its `k`-th step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Table {
    base: usize,
    stride: usize,
    /// Channels in a row; what stands behind them is padding.
    pub(in super::super) width: usize,
}

impl Table {
    /// Where a row starts.
    #[inline]
    pub(in super::super) fn row(self, row: usize) -> usize {
        self.base + row * self.stride
    }
}

/// The tables of all signals of one sample.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Arena<T> {
    numbers: Vec<T>,
}

impl<T: Real> Arena<T> {
    /// An arena with a table of `rows` rows for each width, holding zeros.
    pub(in super::super) fn new(
        widths: impl Iterator<Item = usize>,
        rows: usize,
    ) -> (Self, Vec<Table>) {
        let mut base = 0;
        let mut tables = Vec::new();
        for width in widths {
            let stride = stride(width);
            tables.push(Table { base, stride, width });
            base += stride * rows;
        }
        (Self { numbers: vec![T::ZERO; base] }, tables)
    }

    /// The channels of a row.
    pub(in super::super) fn row(&self, table: Table, row: usize) -> &[T] {
        &self.numbers[table.row(row)..][..table.width]
    }

    /// The channels of a row, to be written.
    pub(in super::super) fn row_mut(&mut self, table: Table, row: usize) -> &mut [T] {
        &mut self.numbers[table.row(row)..][..table.width]
    }

    /// Copies one row over another of the same table.
    pub(in super::super) fn copy_row(&mut self, table: Table, from: usize, to: usize) {
        let from = table.row(from);
        self.numbers.copy_within(from..from + table.width, table.row(to));
    }

    /// The vector at a position.
    #[inline(always)]
    pub(in super::super) fn load<S: Simd>(&self, simd: S, at: usize) -> Vector<S, T> {
        Vector::load(simd, &self.numbers, at)
    }

    /// Writes numbers at a position.
    #[inline(always)]
    pub(in super::super) fn store_all<const N: usize>(&mut self, at: usize, numbers: &[T; N]) {
        if let Some(place) = self.numbers[at..].first_chunk_mut() {
            *place = *numbers;
        }
    }

    /// Writes a vector at a position.
    #[inline(always)]
    pub(in super::super) fn store<S: Simd>(&mut self, at: usize, vector: Vector<S, T>) {
        vector.store(&mut self.numbers, at);
    }
}

/// The length of a row: whole tiles of a matrix, and a chunk more where rows would else lie a power
/// of two apart. Neurons walk from row to row, and such rows fight for the same places of a cache.
pub(in super::super) fn stride(width: usize) -> usize {
    const APART: usize = 256;
    let tile = tiled(width);
    let len = width.div_ceil(tile).max(1) * tile;
    if len.is_multiple_of(APART) { len + CHUNK } else { len }
}

/// Bytes of a row of each of these widths.
pub(in super::super) fn row_bytes<T>(widths: impl Iterator<Item = usize>) -> usize {
    widths.map(|width| stride(width) * size_of::<T>()).sum()
}
