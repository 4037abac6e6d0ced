//! The clocked engine against what was not computed by it: numpy loops, closed forms, recordings and
//! numbers worked out by hand; and the promises that bind its results together.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod convergence;
mod determinism;
mod order;
mod paper;
mod paths;
mod primitive;
mod refusal;
mod setup;
mod stimulus;
