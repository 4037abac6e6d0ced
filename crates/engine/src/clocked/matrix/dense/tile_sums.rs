//! The sums of one tile of targets for all rows of a pass: by events, or by every source.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use crate::clocked::prefetch::prefetch;
use crate::clocked::real::Real;
use crate::clocked::simd::{CHUNK, UNROLL};
use crate::clocked::time_block::{BufferPool, Events, Table};

/// Rows that share one walk over the sources.
pub(super) const TOGETHER: usize = 4;

/// Numbers that are fetched at once: of four bytes, a line of the cache.
const LINE: usize = 16;

/// One tile of a matrix and where its sums go.
pub(super) struct Tile<'a, T> {
    pub(super) weights: &'a [T],
    /// Bias of the tile's targets; empty without one.
    pub(super) bias: &'a [T],
    /// First target.
    pub(super) at: usize,
    pub(super) out: Table,
    pub(super) rows: Range<usize>,
    /// Whether this is the first tile of a matrix that is too large to be near from block to block.
    pub(super) is_first: bool,
    /// The weights of the next tile of such a matrix.
    pub(super) next: &'a [T],
}

impl<T: Real> Tile<'_, T> {
    /// The bias of a tile, 0 where there is none.
    #[inline(always)]
    fn bias<const N: usize>(&self) -> [T; N] {
        let mut bias = [T::ZERO; N];
        for (to, &from) in bias.iter_mut().zip(self.bias) {
            *to = from;
        }
        bias
    }

    /// Writes the sums of a row, plus the bias.
    #[inline(always)]
    fn write<const N: usize>(
        &self,
        buffer_pool: &mut BufferPool<T>,
        row: usize,
        mut sums: [T; N],
        bias: &[T; N],
    ) {
        if !self.bias.is_empty() {
            for lane in 0..N {
                sums[lane] += bias[lane];
            }
        }
        buffer_pool.store_all(self.out.row(row) + self.at, &sums);
    }
}

/// Adds the weights of the events of each row.
pub(super) struct ByEvents<'a, T, const N: usize> {
    pub(super) tile: Tile<'a, T>,
    pub(super) events: &'a Events<T>,
    pub(super) buffer_pool: &'a mut BufferPool<T>,
}

impl<T: Real, const N: usize> WithSimd for ByEvents<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { tile, events, buffer_pool } = self;
        let (weights, _) = tile.weights.as_chunks::<N>();
        let bias = tile.bias::<N>();
        let all_one = events.same() == Some(T::ONE);
        // Where few of the weights are needed they are waited for.
        let is_worth_it = events.len() > weights.len();
        if tile.is_first && is_worth_it {
            touch(weights);
        }
        let mut next = if is_worth_it { tile.next.chunks(LINE) } else { [].chunks(LINE) };
        let share = next.len().div_ceil(tile.rows.len().max(1));
        for (number, row) in tile.rows.clone().enumerate() {
            let mut sums = [T::ZERO; N];
            next.by_ref().take(share).for_each(prefetch);
            if all_one {
                for &source in events.places(number) {
                    let weights = &weights[source as usize];
                    for lane in 0..N {
                        sums[lane] += weights[lane];
                    }
                }
            } else {
                for (source, x) in events.row(number) {
                    let weights = &weights[source];
                    for lane in 0..N {
                        sums[lane] += weights[lane] * x;
                    }
                }
            }
            tile.write(buffer_pool, row, sums, &bias);
        }
    }
}

/// Brings weights into the cache in the order in which they stand, where most of them are needed: from
/// memory that takes a fraction of the time of the order of events.
#[inline(always)]
fn touch<T: Real, const N: usize>(weights: &[[T; N]]) {
    // A sum for each chunk, so that they do not wait for each other.
    let mut any = [T::ZERO; UNROLL];
    for weights in weights {
        for (any, &weight) in any.iter_mut().zip(weights.iter().step_by(CHUNK)) {
            *any += weight;
        }
    }
    std::hint::black_box(any);
}

/// Adds the weights of every source, some rows at a time.
pub(super) struct ByRows<'a, T, const N: usize> {
    pub(super) tile: Tile<'a, T>,
    pub(super) input: &'a [T],
    pub(super) inputs: usize,
    pub(super) buffer_pool: &'a mut BufferPool<T>,
}

impl<T: Real, const N: usize> WithSimd for ByRows<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { tile, input, inputs, buffer_pool } = self;
        let (weights, _) = tile.weights.as_chunks::<N>();
        let bias = tile.bias::<N>();
        let mut number = 0;
        while number < tile.rows.len() {
            // The last rows are done again with those before them, to the same numbers.
            let first = number.min(tile.rows.len() - TOGETHER);
            let x: [&[T]; TOGETHER] =
                std::array::from_fn(|row| &input[(first + row) * inputs..][..inputs]);
            // Half a tile at a time, so that the sums of four rows fit the registers.
            let mut sums = [[T::ZERO; N]; TOGETHER];
            for half in 0..N / CHUNK {
                let lanes = half * CHUNK..(half + 1) * CHUNK;
                let mut part = [[T::ZERO; CHUNK]; TOGETHER];
                for (source, weights) in weights.iter().enumerate().take(inputs) {
                    let weights: &[T] = &weights[lanes.clone()];
                    for row in 0..TOGETHER {
                        let x = x[row][source];
                        for lane in 0..CHUNK {
                            part[row][lane] += weights[lane] * x;
                        }
                    }
                }
                for row in 0..TOGETHER {
                    if let Some(place) = sums[row][half * CHUNK..].first_chunk_mut() {
                        *place = part[row];
                    }
                }
            }
            for (row, sums) in sums.into_iter().enumerate() {
                tile.write(buffer_pool, tile.rows.start + first + row, sums, &bias);
            }
            number = first + TOGETHER;
        }
    }
}
