//! Engines that run graphs.
//!
//! [`exact`] computes what a graph means: the hybrid system itself, in continuous time, event by
//! event. [`clocked`] computes the same system on a time grid under stated choices. [`integer`] computes
//! networks of integers, as digital hardware does, and [`mixed`] those of integer weights with states in
//! single precision. None knows a file or a platform; what a platform does differently is handed in as
//! values.
//!
//! All work in three steps: *prepare* a program from a graph and its facts (immutable, to be
//! shared), *start* a run of it (which can be saved and resumed), *advance* the run while a
//! recorder takes what it gives.

pub mod choice;
pub mod clocked;
pub mod exact;
pub mod integer;
pub mod interrupt;
pub mod mixed;
pub mod recording;
pub mod stimulus;

pub use choice::{Reset, SpikeReading, seconds};
pub use recording::{Observable, Request};
pub use stimulus::{Signal, Stimulus};
