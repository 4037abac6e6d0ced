//! Networks of integers: what digital neuromorphic hardware computes, bit for bit.
//!
//! A [`Network`] says everything in values: populations of neurons whose states live in
//! [`Register`]s of some width, how they decay, when they spike and what a spike does to them, and
//! the [`Projection`]s that bring the spikes of one population to the synapses of another. [`prepare`]
//! checks it and makes a [`Program`], whose runs have no floating point in them.
//!
//! Nothing here knows a chip by name. What one does that cannot be said yet becomes a new value of
//! the vocabulary, never a case.
//!
//! # A step
//!
//! The populations have their turns in the order of the network. In its turn a population
//!
//! 1. takes what its projections bring, in their order: spikes of this step (delay 0) of an input or
//!    of a population that had its turn, or of an earlier step;
//! 2. updates each neuron, in ascending order: synaptic currents decay and take what arrived,
//!    the membrane decays and takes currents and bias, the neuron spikes and is reset;
//! 3. hands the spikes of each neuron on to its aliases, which count them as their own.
//!
//! [`record`] computes this in blocks of steps and 32 bits, wherever these hold all that can happen; else it runs the step program, in
//! 64 bits, or the steps one by one where neurons count each other's spikes.

#![allow(
    clippy::inline_always,
    reason = "loops are compiled for a vector unit only together with what calls them"
)]
#![allow(clippy::needless_range_loop, reason = "loops over several lists are vectorised like that")]

mod decay;
mod error;
mod fire;
pub(crate) mod i32_path;
pub(crate) mod lower;
pub(crate) mod map;
mod network;
mod population;
mod prepare;
mod program;
mod projection;
pub(crate) mod record;
mod register;
mod run;
mod stimulus;
#[cfg(test)]
mod tests;
pub(crate) mod time_block;

pub use decay::{Decay, Shift};
pub use error::{IntegerError, PrepareErrors, RunError};
pub use fire::{Fire, Reset};
pub use map::{Map, Matrix};
pub use network::{Arrival, Assembly, Input, Membrane, Network, Population, Projection, Synapse};
pub use network::{Order, Source};
pub use prepare::prepare;
pub use program::Program;
pub use record::{RecordResult, record};
pub use register::{Overflow, Register};
pub use stimulus::Frames;
