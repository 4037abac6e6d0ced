//! Time-blocked execution: a block of steps at once, leaf by leaf.
//!
//! What leaves a leaf in a step depends on what left its sources in the same step or in the one
//! before. So leaves that are in no cycle can take all steps of a block before their targets take
//! the first, and only strongly connected components have to be stepped. Every number is computed
//! from the same numbers by the same operations as step by step, so no bit differs.
//!
//! A [`BufferPool`] holds what leaves each leaf in each step of a block, for one sample; samples follow
//! each other. A [`Pass`] is a leaf over some rows of it. What spikes is mostly silent: there a row
//! is a bit for each channel, and the numbers only where somebody asks for them.

mod bit_transpose;
mod buffer_pool;
mod events;
mod pass;
mod stage;
mod table;

pub(super) use buffer_pool::{BufferPool, WORD, set_bits};
pub(super) use events::Events;
pub(super) use pass::{InputRef, Pass, PassScratch, gather, gather_row};
pub(super) use stage::{Stage, stages};
pub(super) use table::{Numbers, Plan, Table};

/// A buffer pool may take so many bytes where it would fit the cache.
const CACHED: usize = 256 << 10;
/// It never takes more than this, but for a single step.
const LARGEST: usize = 32 << 20;
/// The most steps in a block.
const LONGEST: usize = 512;
/// Fewer steps are only in a block where a buffer pool would else be too large: what is done once a block
/// would be done too often.
const SHORTEST: usize = 4;

/// The number of steps in a block. Weights are read once a block, signals once a step: where weights
/// are large, more steps pay.
pub(super) fn block(row_bytes: usize, weight_bytes: usize) -> usize {
    let rows = |bytes: usize| bytes / row_bytes.max(1);
    let fitting = rows(weight_bytes.clamp(CACHED, LARGEST)).max(SHORTEST);
    fitting.min(rows(LARGEST)).clamp(1, LONGEST)
}
