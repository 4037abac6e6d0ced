//! The integration tests of `nirkit-platforms`, in one binary: one module for each subject.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]

mod adapt;
mod adapt_chips;
mod adapt_random;
mod adapt_shapes;
mod adapted;
mod beside;
mod cases;
mod cause;
mod check;
mod chips;
mod cost;
mod documentation;
mod loihi2;
mod packages;
mod paper;
mod paths;
mod recordings;
mod rewrites;
mod spinnaker2;
mod steps;
mod thresholds;
