//! Engines on a grid of time.
//!
//! [`clocked`] computes a graph under stated choices. [`integer`] computes networks of integers, as digital
//! hardware does, and [`mixed`] those of integer weights with states in single precision. None knows a file
//! or a platform; what a platform does differently is handed in as values.
//!
//! All work in three steps: *prepare* a program from a graph and its facts (immutable, to be
//! shared), *start* a run of it (which can be saved and resumed), *advance* the run while a
//! recorder takes what it gives.

pub mod clocked;
pub mod executor;
pub mod integer;
mod lowering;
pub mod mixed;
mod recorder;
mod vectorized;
