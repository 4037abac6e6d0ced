//! Networks with integer weights and states in single precision: what processor-based neuromorphic
//! hardware computes.
//!
//! Spikes are summed up as integers, exactly; a neuron takes the sum as one number in single
//! precision and computes
//!
//! ```text
//! i = kept i + sum          (or i = sum, without a synapse)
//! v = kept v + i + offset
//! ```
//!
//! from the left to the right, each operation rounded. It spikes above its threshold, once a step.
//! Nothing here knows a chip by name.

#![allow(
    clippy::inline_always,
    reason = "loops are compiled for a vector unit only together with what calls them"
)]
#![allow(clippy::needless_range_loop, reason = "loops over several lists are vectorised like that")]

mod cells;
mod lower;
mod network;
mod plan;
mod prepare;
mod program;
mod record;
#[cfg(test)]
mod tests;

pub use network::{Network, Population, Projection, Reset};
pub use prepare::prepare;
pub use program::Program;
pub use record::record;
