//! Dense matrices: tiles of targets, each with the weights of all sources one after the other.
//!
//! The targets of a tile stay in registers while what arrives passes by, and its weights stay in the cache while the steps pass
//! by.

use std::ops::Range;

use nirkit_step::Numbers;

use super::super::buffer::{CHUNK, padded};
use super::{Arrivals, Ends, Short, weight};

/// Targets that are summed up together.
const TILE: usize = 4 * CHUNK;

/// The weights of a matrix.
#[derive(Debug)]
pub(in super::super) struct Dense<T> {
    sources: usize,
    /// Length of a row of sums.
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
    pub(in super::super) fn new(
        weights: &Numbers,
        [sources, targets]: [usize; 2],
        ends: Ends,
    ) -> Self {
        let width = padded(targets);
        let mut tiles = vec![T::default(); sources * width];
        for target in 0..targets {
            let place = ends.to.place(target);
            let (tile, lane) = (place / TILE, place % TILE);
            let len = TILE.min(width - tile * TILE);
            for source in 0..sources {
                let at = tile * TILE * sources + ends.from.place(source) * len + lane;
                tiles[at] = weight(weights, target * sources + source);
            }
        }
        let short: Option<Vec<i16>> = tiles.iter().map(|weight| weight.short()).collect();
        Self { sources, width, weights: short.map_or(Weights::Long(tiles), Weights::Short) }
    }

    pub(in super::super) fn tiles(&self) -> usize {
        self.width.div_ceil(TILE)
    }

    /// The targets of a tile.
    #[inline(always)]
    pub(in super::super) fn lanes(&self, tile: usize) -> Range<usize> {
        tile * TILE..self.width.min((tile + 1) * TILE)
    }

    pub(super) fn bytes(&self) -> usize {
        let weight = if matches!(self.weights, Weights::Short(_)) { 2 } else { size_of::<T>() };
        self.sources * self.width * weight
    }

    /// Adds products to the sums of a tile, of a row of all sums, each addition by a function. Sums that are `fresh` begin at 0.
    #[inline(always)]
    pub(in super::super) fn add(
        &self,
        tile: usize,
        arrivals: Arrivals<'_, T>,
        sums: &mut [T],
        fresh: bool,
        add: impl Fn(T, T) -> T,
    ) {
        let (at, chunks) = (tile * TILE * self.sources, (self.width - tile * TILE) / CHUNK);
        let sums = &mut sums[tile * TILE..];
        match (&self.weights, chunks) {
            (Weights::Short(all), 1) => {
                walk::<_, _, 16>(&all[at..], T::of_short, arrivals, sums, fresh, add)
            }
            (Weights::Short(all), 2) => {
                walk::<_, _, 32>(&all[at..], T::of_short, arrivals, sums, fresh, add)
            }
            (Weights::Short(all), 3) => {
                walk::<_, _, 48>(&all[at..], T::of_short, arrivals, sums, fresh, add)
            }
            (Weights::Short(all), _) => {
                walk::<_, _, TILE>(&all[at..], T::of_short, arrivals, sums, fresh, add)
            }
            (Weights::Long(all), 1) => {
                walk::<_, _, 16>(&all[at..], |w| w, arrivals, sums, fresh, add)
            }
            (Weights::Long(all), 2) => {
                walk::<_, _, 32>(&all[at..], |w| w, arrivals, sums, fresh, add)
            }
            (Weights::Long(all), 3) => {
                walk::<_, _, 48>(&all[at..], |w| w, arrivals, sums, fresh, add)
            }
            (Weights::Long(all), _) => {
                walk::<_, _, TILE>(&all[at..], |w| w, arrivals, sums, fresh, add)
            }
        }
    }
}

/// Takes what arrives, one after the other, with the sums of a tile in registers.
#[inline(always)]
fn walk<W: Copy, T: Short, const N: usize>(
    weights: &[W],
    widened: impl Fn(W) -> T,
    arrivals: Arrivals<'_, T>,
    sums: &mut [T],
    fresh: bool,
    add: impl Fn(T, T) -> T,
) {
    let (rows, _) = weights.as_chunks::<N>();
    let Some(place) = sums.first_chunk_mut::<N>() else { return };
    let mut sums = if fresh { [T::default(); N] } else { *place };
    for (source, number) in arrivals.iter() {
        let row = &rows[source];
        for lane in 0..N {
            sums[lane] = add(sums[lane], widened(row[lane]).multiply(number));
        }
    }
    *place = sums;
}
