//! The clocked engine comes to the ideal as its step becomes small, with the order of its integrator.
//!
//! Each case runs in continuous time once and on six grids, each half as fine as the one before. The
//! straight line through (log step, log error) has the order as its slope.
//!
//! # What is compared
//!
//! The error of a run is the largest difference in each channel, averaged over the channels.
//!
//! * Continuous states are compared at instants of the coarsest grid, which all grids
//!   have in common and at which no impulse acts (there the two engines would stand on different
//!   sides of the jump).
//! * Spikes are compared by their times, after each channel was found to spike equally often. A
//!   spike in step `k` counts as one at `(k + 1) dt`: a neuron's test stands at the end of its step.
//!
//! What receives spikes is watched by its spikes or through a `CubaLI`. The voltage of a LI or LIF
//! jumps when a spike arrives, and while two engines disagree about *when* it jumps, they disagree
//! about the voltage by the whole jump: spike times converge, the largest difference of such
//! voltages does not.
//!
//! # Which reading of a spike
//!
//! Impulses, of area 1. A pulse of the clocked engine is one step long, so it gets narrower with the
//! step and does not come to the pulse of a fixed width that the ideal is given. What holds of
//! pulses is in `pulse`: with the width of the step both engines agree at every step.
//!
//! # Where the orders come from
//!
//! All currents change, all impulses arrive and all delays end on every grid.
//!
//! * Under forward Euler a leak costs an error in proportion to the step; a perfect integrator has
//!   no leak and is exact.
//! * The exponential integrator is exact while the input is constant within each step. A voltage
//!   that drives another node is not: the target holds its value at the end of the step for the
//!   length of the step, which is of order one under either integrator.
//! * A spike is moved to the end of its step, and so is the reset: order one under either
//!   integrator. Feedback without a Delay arrives one step later, at the instant for which the spike
//!   counts; this step vanishes in proportion as well.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod case;
mod chain;
mod cycle;
mod measure;
mod pulse;
mod random;
mod table;
