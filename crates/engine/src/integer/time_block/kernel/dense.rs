//! Dense matrices: tiles of targets, each with the weights of all sources one after the other.
//!
//! The targets of a tile stay in registers while the spikes pass by, and its weights stay in the
//! cache while the steps pass by.

use super::super::Layout;
use super::super::spikes::Spike;
use super::super::{CHUNK, TILE, padded};
use crate::integer::i32_path::OverflowRule;
use crate::integer::map::Matrix;

/// The weights of a matrix.
#[derive(Debug)]
pub(crate) struct Dense {
    sources: usize,
    /// Length of a row of sums.
    width: usize,
    weights: Weights,
}

/// Weights, tile by tile, then source by source; 0 behind the last target.
#[derive(Debug)]
enum Weights {
    /// All of them fit in 16 bits, so that half the memory passes by.
    Short(Vec<i16>),
    Long(Vec<i32>),
}

impl Dense {
    /// The weights of a matrix times a power of two.
    pub(crate) fn new(matrix: &Matrix, shift: u32, from: Layout, to: Layout) -> Self {
        let (sources, width) = (matrix.sources(), padded(matrix.targets()));
        let mut weights = vec![0; sources * width];
        for source in 0..sources {
            for &(target, weight) in matrix.row(from.channel(source)) {
                let target = to.place(target as usize);
                let (tile, lane) = (target / TILE, target % TILE);
                let len = TILE.min(width - tile * TILE);
                weights[tile * TILE * sources + source * len + lane] = (weight << shift) as i32;
            }
        }
        let short: Option<Vec<i16>> = weights.iter().map(|&w| i16::try_from(w).ok()).collect();
        Self { sources, width, weights: short.map_or(Weights::Long(weights), Weights::Short) }
    }

    pub(crate) fn tiles(&self) -> usize {
        self.width.div_ceil(TILE)
    }

    pub(super) fn bytes(&self) -> usize {
        self.sources * self.width * if matches!(self.weights, Weights::Short(_)) { 2 } else { 4 }
    }

    /// Adds what spikes bring to the sums of a tile, of a row of all sums.
    #[inline(always)]
    pub(crate) fn add(&self, tile: usize, spikes: &[Spike], limit: i32, sums: &mut [i32]) {
        self.each(tile, spikes, limit, &mut sums[tile * TILE..], |sum, more| sum + more);
    }

    /// Adds what spikes bring to the states of a tile, which hold the sum after each source.
    #[inline(always)]
    pub(crate) fn deliver(
        &self,
        tile: usize,
        spikes: &[Spike],
        limit: i32,
        hold: OverflowRule,
        states: &mut [i32],
    ) {
        match hold {
            OverflowRule::Saturate { low, high } => {
                self.each(tile, spikes, limit, states, |state, more| {
                    (state + more).max(low).min(high)
                });
            }
            _ => self.each(tile, spikes, limit, states, |state, more| hold.hold(state + more)),
        }
    }

    #[inline(always)]
    fn each(
        &self,
        tile: usize,
        spikes: &[Spike],
        limit: i32,
        states: &mut [i32],
        add: impl Fn(i32, i32) -> i32,
    ) {
        let (at, chunks) = (tile * TILE * self.sources, (self.width - tile * TILE) / CHUNK);
        match (&self.weights, chunks) {
            (Weights::Short(all), 1) => walk::<_, 16>(&all[at..], spikes, limit, states, add),
            (Weights::Short(all), 2) => walk::<_, 32>(&all[at..], spikes, limit, states, add),
            (Weights::Short(all), 3) => walk::<_, 48>(&all[at..], spikes, limit, states, add),
            (Weights::Short(all), _) => walk::<_, TILE>(&all[at..], spikes, limit, states, add),
            (Weights::Long(all), 1) => walk::<_, 16>(&all[at..], spikes, limit, states, add),
            (Weights::Long(all), 2) => walk::<_, 32>(&all[at..], spikes, limit, states, add),
            (Weights::Long(all), 3) => walk::<_, 48>(&all[at..], spikes, limit, states, add),
            (Weights::Long(all), _) => walk::<_, TILE>(&all[at..], spikes, limit, states, add),
        }
    }
}

/// Takes the spikes one after the other, with the states of a tile in registers.
#[inline(always)]
fn walk<W: Copy + Into<i32>, const N: usize>(
    weights: &[W],
    spikes: &[Spike],
    limit: i32,
    states: &mut [i32],
    add: impl Fn(i32, i32) -> i32,
) {
    let (rows, _) = weights.as_chunks::<N>();
    let Some(place) = states.first_chunk_mut::<N>() else { return };
    let mut states = *place;
    for &(source, count) in spikes {
        let (row, count) = (&rows[source as usize], count.min(limit));
        for lane in 0..N {
            let weight: i32 = row[lane].into();
            states[lane] = add(states[lane], count * weight);
        }
    }
    *place = states;
}
