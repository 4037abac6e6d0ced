//! Time-blocked execution: a block of steps at once, population by population, in 32 bits.
//!
//! What a population puts out in a step depends on what its sources put out in that step or before.
//! So populations that are in no cycle take all steps of a block before their targets take the
//! first; only strongly connected components are stepped. Spikes of a row are listed once and
//! [brought](crate::executor) to the sums of their targets; then the [`Cells`] take the steps, tile
//! by tile, so that states stay in the nearest cache while the steps pass.
//!
//! Numbers have 32 bits, which no result may show: a plan is made only where states cannot leave them
//! whatever arrives up to a `headroom`, and a [`BatchRunner`] gives up as soon as more than that could arrive.
//! Then the run is done again step by step, in 64 bits. Sums are exact, so that their order does
//! not matter; where spikes arrive one by one, sources ascend as they do step by step.

mod batch_runner;
mod cells;
mod kernel;
mod link;
mod plan;
mod spikes;
mod stage;

pub(crate) use batch_runner::{BatchRunner, RecordSink, StateProbe};
pub(crate) use cells::{Arrivals, Cells, StateField, Tile};
pub(crate) use kernel::{Dense, Shifted, seen};
pub(crate) use link::{Bring, Chain, Link, by_pixel, gain};
pub(crate) use plan::{Part, Plan};
pub(crate) use spikes::Spike;

pub(crate) use crate::executor::Layout;

/// Numbers in a chunk. Rows are padded to whole chunks.
pub(crate) const CHUNK: usize = 16;

/// Neurons that take the steps of a block together.
pub(crate) const TILE: usize = 4 * CHUNK;

/// No intermediate number is larger, sign left out.
pub(crate) const BOUND: i64 = 1 << 30;

/// Populations with more synapses run step by step.
pub(crate) const MOST_SYNAPSES: usize = 4;

/// The length of a row for so many channels.
pub(crate) fn padded(channels: usize) -> usize {
    channels.div_ceil(CHUNK) * CHUNK
}
