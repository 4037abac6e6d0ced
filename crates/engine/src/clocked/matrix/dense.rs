//! Dense matrices: tiles of targets, each with the weights of all sources one after the other.
//!
//! A tile is as wide as a few vector registers, so the sums of its targets stay there while the
//! sources pass by, and its weights stay in the cache while the steps pass by.

mod tile_sums;

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::super::real::Real;
use super::super::simd::{CHUNK, Lines, UNROLL, tile, vectorized, zeros};
use super::super::time_block::{BufferPool, InputRef, Pass, Table};
use tile_sums::{ByEvents, ByRows, TOGETHER, Tile};

/// With more than this share of inputs other than 0, several rows at once that take every source
/// are faster than rows that take their own sources.
const DENSE_SHARE: f64 = 0.5;

/// The widest tile.
const WIDEST: usize = UNROLL * CHUNK;

/// How a dense matrix takes a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Way {
    /// Row by row, by the sources that are not 0.
    Events,
    /// Some rows at a time, by every source.
    Rows,
}

/// Weights of no more bytes mostly stay in a cache of a core from block to block.
const NEAR: usize = 512 << 10;

/// The weights of a matrix.
#[derive(Clone, Debug)]
pub(super) struct Dense<T> {
    targets: usize,
    sources: usize,
    tile: usize,
    /// `weights[(tile * sources + source) * width + target]`; 0 behind the last target.
    weights: Lines<T>,
    /// Whether all weights are finite.
    finite: bool,
}

impl<T: Real> Dense<T> {
    /// The weights of an array of shape (targets, sources).
    pub(super) fn new<U: Real>(weights: &[U], targets: usize, sources: usize) -> Self {
        /// Sources whose weights are moved together, so that both sides stay in the cache.
        const BLOCK: usize = 16;
        let tile = tile(targets);
        let mut tiles = zeros(targets.div_ceil(tile) * tile * sources);
        for block in (0..sources).step_by(BLOCK) {
            let end = (block + BLOCK).min(sources);
            for target in 0..targets {
                let from = &weights[target * sources..][block..end];
                let start = (target / tile * sources + block) * tile + target % tile;
                for (to, &weight) in tiles[start..].iter_mut().step_by(tile).zip(from) {
                    *to = T::round(weight.wide());
                }
            }
        }
        let finite = weights.iter().all(|weight| weight.is_finite());
        Self { targets, sources, tile, weights: tiles, finite }
    }

    pub(super) fn bytes(&self) -> usize {
        self.weights.len() * size_of::<T>()
    }

    /// Adds the weights of the sources that are not 0 to the sums of all targets.
    pub(super) fn add(&self, input: &[T], output: &mut [T]) {
        let tiles = self.weights.chunks_exact((self.tile * self.sources).max(1));
        for (sums, tile) in output.chunks_mut(self.tile).zip(tiles) {
            for (row, &x) in tile.chunks_exact(self.tile).zip(input) {
                if x != T::ZERO {
                    for (sum, &weight) in sums.iter_mut().zip(row) {
                        *sum += weight * x;
                    }
                }
            }
        }
    }

    /// Writes all rows of a pass whose events are listed.
    pub(super) fn run_block(&self, pass: &mut Pass<'_, T>, bias: &[T]) {
        let rows = pass.rows.len();
        if pass.scratch.events.len() == 0 {
            for number in 0..rows {
                pass.is_bias_only(number, bias);
            }
            return;
        }
        pass.rewrite();
        let way = self.way(pass);
        self.run_block_by(way, pass, bias);
    }

    /// The faster way for a pass whose events are listed; what it needs stands in the scratch space.
    pub(super) fn way(&self, pass: &mut Pass<'_, T>) -> Way {
        let rows = pass.rows.len();
        let share = pass.scratch.events.len() as f64 / (rows * self.sources).max(1) as f64;
        if !(self.finite && share > DENSE_SHARE && rows >= TOGETHER) {
            return Way::Events;
        }
        self.write_out(pass);
        Way::Rows
    }

    /// Writes all rows in one way.
    pub(super) fn run_block_by(&self, way: Way, pass: &mut Pass<'_, T>, bias: &[T]) {
        for tile in 0..self.tiles() {
            self.run_tile(way, tile, pass, bias);
        }
    }

    /// Writes the sums of one tile after the other into the same place, and calls `taken` with each:
    /// the targets, and the pass whose output is this tile.
    pub(super) fn run_tiles(
        &self,
        pass: &mut Pass<'_, T>,
        bias: &[T],
        mut taken: impl FnMut(Range<usize>, &mut Pass<'_, T>),
    ) {
        let (way, out) = (self.way(pass), pass.out);
        for tile in 0..self.tiles() {
            let targets = tile * self.tile..(tile + 1) * self.tile;
            pass.out = out.tile(targets.start);
            self.run_tile(way, tile, pass, bias);
            taken(targets, pass);
        }
        pass.out = out;
    }

    /// The number of tiles.
    pub(super) fn tiles(&self) -> usize {
        self.targets.div_ceil(self.tile)
    }

    /// Writes a tile of all rows.
    pub(super) fn run_tile(&self, way: Way, tile: usize, pass: &mut Pass<'_, T>, bias: &[T]) {
        let Pass { buffer_pool, out, rows, scratch, .. } = pass;
        let at = tile * self.tile;
        let bias = bias.get(at..).unwrap_or_default();
        let is_far = self.bytes() > NEAR;
        let next = if is_far && tile + 1 < self.tiles() { self.tile(tile + 1) } else { &[] };
        let is_first = is_far && tile == 0;
        let (weights, out, rows) = (self.tile(tile), *out, rows.clone());
        let tile = Tile { weights, bias, at, out, rows, is_first, next };
        let (events, input, inputs) = (&scratch.events, scratch.input.as_slice(), self.sources);
        match (way, self.tile) {
            (Way::Events, CHUNK) => vectorized(ByEvents::<_, CHUNK> { tile, events, buffer_pool }),
            (Way::Events, _) => vectorized(ByEvents::<_, WIDEST> { tile, events, buffer_pool }),
            (Way::Rows, CHUNK) => {
                vectorized(ByRows::<_, CHUNK> { tile, input, inputs, buffer_pool });
            }
            (Way::Rows, _) => vectorized(ByRows::<_, WIDEST> { tile, input, inputs, buffer_pool }),
        }
    }

    /// Writes the inputs of all rows into the scratch space, zeros among them.
    pub(super) fn write_out(&self, pass: &mut Pass<'_, T>) {
        let inputs = self.sources;
        pass.scratch.input.clear();
        pass.scratch.input.resize(pass.rows.len() * inputs, T::ZERO);
        for row in 0..pass.rows.len() {
            for (source, x) in pass.scratch.events.row(row) {
                pass.scratch.input[row * inputs + source] = x;
            }
        }
    }

    /// Whether a single tile holds all targets.
    pub(super) fn is_narrow(&self) -> bool {
        self.targets <= self.tile
    }

    /// Writes all rows of a pass of a narrow matrix from the marks of its source, all of which are 1.
    pub(super) fn run_by_bitmask(&self, pass: &mut Pass<'_, T>, input_ref: InputRef, bias: &[T]) {
        pass.scratch.input.clear();
        pass.scratch.input.extend_from_slice(bias);
        if !bias.is_empty() {
            pass.scratch.input.resize(self.tile, T::ZERO);
        }
        vectorized(Narrow { matrix: self, pass, input_ref });
    }

    /// Writes rows of a narrow matrix from the marks of their source, all of which are 1. `bias` has
    /// a number for each target of the tile.
    #[inline(always)]
    pub(in super::super) fn add_by_bitmask(
        &self,
        buffer_pool: &mut BufferPool<T>,
        input_ref: InputRef,
        out: Table,
        rows: Range<usize>,
        bias: &[T],
    ) {
        for row in rows {
            match self.targets.div_ceil(CHUNK) {
                0 | 1 => self.add_by_bitmask_of::<CHUNK>(buffer_pool, input_ref, out, row, bias),
                2 => {
                    self.add_by_bitmask_of::<{ 2 * CHUNK }>(buffer_pool, input_ref, out, row, bias);
                }
                3 => {
                    self.add_by_bitmask_of::<{ 3 * CHUNK }>(buffer_pool, input_ref, out, row, bias);
                }
                _ => self.add_by_bitmask_of::<WIDEST>(buffer_pool, input_ref, out, row, bias),
            }
        }
    }

    /// The same for `N` targets.
    #[inline(always)]
    fn add_by_bitmask_of<const N: usize>(
        &self,
        buffer_pool: &mut BufferPool<T>,
        input_ref: InputRef,
        out: Table,
        row: usize,
        bias: &[T],
    ) {
        let mut sums = [T::ZERO; N];
        for (at, &word) in
            buffer_pool.bitmask(input_ref.table, row - input_ref.delay_steps).iter().enumerate()
        {
            let mut word = word;
            while word != 0 {
                let source = at * 64 + word.trailing_zeros() as usize;
                let Some(weights) = self.weights[source * self.tile..].first_chunk::<N>() else {
                    break;
                };
                for lane in 0..N {
                    sums[lane] += weights[lane];
                }
                word &= word - 1;
            }
        }
        if let Some(bias) = bias.first_chunk::<N>() {
            for lane in 0..N {
                sums[lane] += bias[lane];
            }
        }
        buffer_pool.rewrite(out, row, &sums);
    }

    fn tile(&self, tile: usize) -> &[T] {
        let len = self.tile * self.sources;
        &self.weights[tile * len..][..len]
    }
}

/// The rows of a pass of a narrow matrix, whose bias stands in the scratch space.
struct Narrow<'a, 'p, T> {
    matrix: &'a Dense<T>,
    pass: &'a mut Pass<'p, T>,
    input_ref: InputRef,
}

impl<T: Real> WithSimd for Narrow<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { matrix, pass, input_ref } = self;
        let (buffer_pool, bias) = (&mut *pass.buffer_pool, pass.scratch.input.as_slice());
        matrix.add_by_bitmask(buffer_pool, input_ref, pass.out, pass.rows.clone(), bias);
    }
}
