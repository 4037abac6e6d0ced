//! What a population implements to run in blocks of steps.

use super::TILE;
use super::kernel::Dense;
use super::link::{Bring, Link};
use super::spikes::{Spike, Spikes};

/// Neurons that lie side by side: at most [`TILE`] of a population, in whole chunks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tile {
    pub(crate) number: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Tile {
    /// A tile of a row of so many neurons.
    #[inline(always)]
    pub(crate) fn of(number: usize, width: usize) -> Self {
        Self { number, start: number * TILE, end: width.min((number + 1) * TILE) }
    }

    /// Its neurons of a row.
    #[inline(always)]
    pub(crate) fn of_row<T>(self, row: &[T]) -> &[T] {
        &row[self.start..self.end]
    }

    /// Its neurons of a row, to be written.
    #[inline(always)]
    pub(crate) fn of_row_mut<T>(self, row: &mut [T]) -> &mut [T] {
        &mut row[self.start..self.end]
    }
}

/// A number of each neuron that can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StateField {
    Spikes,
    Voltage,
    /// The current of a synapse.
    Current(usize),
}

/// The neurons of a population. What they compute in a step depends on what arrives at them alone.
pub(crate) trait Cells {
    /// What a state is kept in.
    type Number: Copy;
    /// What changes; lists by neuron, padded to whole chunks.
    type State: std::fmt::Debug;

    /// The state at the start, for rows of this length.
    fn start(&self, width: usize) -> Self::State;

    /// Whether neurons count the spikes of others, so that [`finish`](Self::finish) ends a step.
    fn is_entangled(&self) -> bool {
        false
    }

    /// Takes a step with the neurons of a tile; all of their `spikes` are written.
    fn advance(
        &self,
        state: &mut Self::State,
        tile: Tile,
        arrivals: &Arrivals<'_>,
        spikes: &mut [i32],
    );

    /// Ends a step of all neurons where they are entangled.
    fn finish(&self, state: &mut Self::State, spikes: &mut [i32]) {
        let _ = (state, spikes);
    }

    /// Numbers of all neurons but their spikes.
    fn look<'a>(&self, state: &'a Self::State, look: StateField) -> &'a [Self::Number];
}

/// What arrives at a population in a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrivals<'a> {
    pub(crate) links: &'a [Link],
    pub(super) spikes: &'a [Spikes],
    /// Step within the block.
    pub(super) step: usize,
    /// Sums of the step, synapse by synapse.
    pub(super) sums: &'a [i32],
    /// Length of a row of sums, and distance from synapse to synapse.
    pub(super) width: usize,
    pub(super) apart: usize,
}

impl<'a> Arrivals<'a> {
    /// The sums that arrive at a synapse of a tile.
    #[inline(always)]
    pub(crate) fn sums(&self, synapse: usize, tile: Tile) -> &'a [i32] {
        tile.of_row(&self.sums[synapse * self.apart..][..self.width])
    }

    /// Weights and spikes of a link, if it brings them to a synapse one by one.
    #[inline(always)]
    pub(crate) fn spikes(
        &self,
        link: &'a Link,
        synapse: usize,
    ) -> Option<(&'a Dense, &'a [Spike])> {
        match &link.bring {
            Bring::EachSpike(dense) if link.synapse == synapse => {
                let spikes = &self.spikes[link.signal];
                Some((dense, spikes.row(spikes.first() + self.step - link.delay)))
            }
            _ => None,
        }
    }
}
