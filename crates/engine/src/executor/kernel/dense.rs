//! Dense matrices: tiles of targets, each with the weights of all sources one after the other.
//!
//! The targets of a tile stay in registers while what arrives passes by, and its weights stay in the cache while the steps pass
//! by.

use std::ops::Range;

use super::{Ends, Entries, Short};

/// Targets are padded to whole chunks of so many.
const CHUNK: usize = 16;
/// Targets that are summed up together.
const TILE: usize = 4 * CHUNK;

/// The weights of a matrix.
#[derive(Debug)]
pub(crate) struct Dense<T> {
    sources: usize,
    /// Number of targets in whole chunks.
    width: usize,
    weights: Weights<T>,
}

/// Weights, tile by tile, then source by source; 0 behind the last target.
#[derive(Debug)]
enum Weights<T> {
    /// All of them fit in 16 bits, so that half the memory passes by.
    Short(Vec<i16>),
    Long(Vec<T>),
}

impl<T: Short> Dense<T> {
    pub(crate) fn new(
        entries: &impl Entries<T>,
        [sources, targets]: [usize; 2],
        ends: Ends,
    ) -> Self {
        let width = targets.div_ceil(CHUNK) * CHUNK;
        let mut tiles = vec![T::default(); sources * width];
        entries.each(|source, target, weight| {
            let place = ends.to.place(target);
            let (tile, lane) = (place / TILE, place % TILE);
            let len = TILE.min(width - tile * TILE);
            tiles[tile * TILE * sources + ends.from.place(source) * len + lane] = weight;
        });
        let short: Option<Vec<i16>> = tiles.iter().map(|weight| weight.short()).collect();
        Self { sources, width, weights: short.map_or(Weights::Long(tiles), Weights::Short) }
    }

    pub(crate) fn tiles(&self) -> usize {
        self.width.div_ceil(TILE)
    }

    /// The targets of a tile.
    #[inline(always)]
    pub(crate) fn lanes(&self, tile: usize) -> Range<usize> {
        tile * TILE..self.width.min((tile + 1) * TILE)
    }

    pub(crate) fn bytes(&self) -> usize {
        let weight = if matches!(self.weights, Weights::Short(_)) { 2 } else { size_of::<T>() };
        self.sources * self.width * weight
    }

    /// Adds products to the sums of a tile, each addition by a function.
    #[inline(always)]
    pub(crate) fn add(
        &self,
        tile: usize,
        arrivals: impl Iterator<Item = (usize, T)>,
        sums: &mut [T],
        add: impl Fn(T, T) -> T,
    ) {
        self.walk(tile, arrivals, sums, false, add);
    }

    /// Writes sums of products to the sums of a tile.
    #[inline(always)]
    pub(crate) fn sum(
        &self,
        tile: usize,
        arrivals: impl Iterator<Item = (usize, T)>,
        sums: &mut [T],
    ) {
        self.walk(tile, arrivals, sums, true, T::add);
    }

    #[inline(always)]
    fn walk(
        &self,
        tile: usize,
        arrivals: impl Iterator<Item = (usize, T)>,
        sums: &mut [T],
        fresh: bool,
        add: impl Fn(T, T) -> T,
    ) {
        let (at, chunks) = (tile * TILE * self.sources, (self.width - tile * TILE) / CHUNK);
        macro_rules! walk {
            ($all:expr, $widened:expr, $lanes:expr) => {
                walk::<_, _, $lanes>(&$all[at..], $widened, arrivals, sums, fresh, add)
            };
        }
        match (&self.weights, chunks) {
            (Weights::Short(all), 1) => walk!(all, T::of_short, 16),
            (Weights::Short(all), 2) => walk!(all, T::of_short, 32),
            (Weights::Short(all), 3) => walk!(all, T::of_short, 48),
            (Weights::Short(all), _) => walk!(all, T::of_short, TILE),
            (Weights::Long(all), 1) => walk!(all, |weight| weight, 16),
            (Weights::Long(all), 2) => walk!(all, |weight| weight, 32),
            (Weights::Long(all), 3) => walk!(all, |weight| weight, 48),
            (Weights::Long(all), _) => walk!(all, |weight| weight, TILE),
        }
    }
}

/// Takes what arrives, one after the other, with the sums of a tile in registers. Sums that are `fresh` begin at 0.
#[inline(always)]
fn walk<W: Copy, T: Short, const N: usize>(
    weights: &[W],
    widened: impl Fn(W) -> T,
    arrivals: impl Iterator<Item = (usize, T)>,
    sums: &mut [T],
    fresh: bool,
    add: impl Fn(T, T) -> T,
) {
    let (rows, _) = weights.as_chunks::<N>();
    let Some(place) = sums.first_chunk_mut::<N>() else { return };
    let mut sums = if fresh { [T::default(); N] } else { *place };
    for (source, number) in arrivals {
        let row = &rows[source];
        for lane in 0..N {
            sums[lane] = add(sums[lane], widened(row[lane]).multiply(number));
        }
    }
    *place = sums;
}
