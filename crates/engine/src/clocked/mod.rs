//! The engine on a time grid: the same system as the ideal, under stated choices.
//!
//! # A step
//!
//! Time is cut into steps of `dt` seconds. Everything that the engine chooses is in [`Options`]; two
//! runs with equal options, graphs and inputs give equal bits, on any machine and in any batch.
//!
//! In each step every leaf takes the sum of what its sources put out and puts something out itself.
//! A spike is the number 1. Read as a pulse, it is a current of height 1 for the length of the step;
//! read as an impulse of area `A`, it lets the state of its target jump at the start of the step, and
//! a bias is no part of it. What a neuron puts out, its voltage and its synaptic current are those
//! after the step, with the reset.
//!
//! # Order
//!
//! Sources run before their targets, so a signal passes any number of nodes within one step; with
//! `input: next` it waits a step before each neuron. An edge that closes a cycle carries the step
//! before: a recurrent connection is one step long. [`Program::order`] says which edges these are.
//! A Delay of at least one step breaks a cycle by itself, and nothing is added to it.
//!
//! # Numbers
//!
//! A sum takes its summands in ascending order of their sources, separately for each target, and
//! operations are never fused. So the bits do not depend on how the work is arranged: neither on the
//! order of nodes and edges in a file, nor on whether zeros are skipped, nor on the batch.
//!
//! # Use
//!
//! [`prepare`] makes a [`Program`], which is immutable and can be shared; [`Program::start`] makes a
//! [`Run`], which can be cloned, [saved](Run::save) and [resumed](Program::resume);
//! [`Run::advance`] takes steps, fed by an [`InputSource`] and watched by a [`Recorder`]. [`run`] does it
//! all for a [`Stimulus`].
//!
//! A primitive of the graph has a file of its own here, by the same name as in
//! [`nirkit_ir::primitive`]. What several of them share: `matrix`, `window`, `convolution` and `bias`
//! for maps; `neuron`, `leaky`, `perfect`, `cuba` and `fire` for membranes.

#![allow(
    clippy::inline_always,
    reason = "what runs inside an operation for a vector unit has to be compiled for it (see `chunk`)"
)]

mod affine;
mod avg_pool2d;
mod bias;
mod block;
mod conv1d;
mod conv2d;
mod convolution;
mod cuba;
mod cuba_li;
mod cuba_lif;
mod delay;
mod drive;
mod error;
mod fire;
mod flatten;
mod gain;
mod i;
mod r#if;
mod input;

mod leaky;
mod li;
mod lif;
mod linear;
mod lower;
mod map;
mod matrix;
mod net;
mod neuron;
mod node;
mod option;
mod order;
mod output;
mod parameter;
mod perfect;
mod pool;
mod prefetch;
mod prepare;
mod program;
mod real;
mod record;
mod run;
mod scale;
pub mod semantics;
mod signal_part;
mod signals;
mod simd;
mod span;
mod spike_bitmask;
mod sum_pool2d;
mod threshold;
mod time_block;
mod window;
mod wire;

pub use delay::Rounding;
pub use drive::{GridInput, snapped};
pub use error::{PrepareError, PrepareErrors};
pub use option::{
    Comparison, Current, Feedback, Integrator, Level, Options, Precision, SpikeStep, SpikesPerStep,
    Start, Synapse, Timing,
};
pub use prepare::prepare;
pub use program::{Port, Program, Turn};
pub use record::{Dense, Probe, ProbeError, RecordMode, Recorder, Recording, Samples};
pub use run::{Frame, InputSource, ResumeError, Run, Snapshot};

use nirkit_numerics::TensorError;

use nirkit_run::recording::Request;
use nirkit_run::stimulus::{Stimulus, StimulusError};

/// Why a stimulus could not be run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// Everything that is wrong with the stimulus.
    #[error("{}", lines(.0))]
    Stimulus(Vec<StimulusError>),
    /// Every request that cannot be met.
    #[error("{}", lines(.0))]
    Request(Vec<ProbeError>),
    /// A recording is larger than the address space.
    #[error(transparent)]
    TooLarge(#[from] TensorError),
}

fn lines<E: ToString>(errors: &[E]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Runs a stimulus for `steps` steps; the arrays have the shape (T, *shape).
pub fn run(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    requests: &[Request],
) -> Result<Recording, RunError> {
    record(program, std::slice::from_ref(stimulus), steps, requests, false)
}

/// Runs independent stimuli side by side for `steps` steps; the arrays have the shape
/// (T, batch, *shape).
pub fn run_batch(
    program: &Program,
    stimuli: &[Stimulus],
    steps: usize,
    requests: &[Request],
) -> Result<Recording, RunError> {
    record(program, stimuli, steps, requests, true)
}

fn record(
    program: &Program,
    stimuli: &[Stimulus],
    steps: usize,
    requests: &[Request],
    has_batch: bool,
) -> Result<Recording, RunError> {
    let drive = GridInput::new(program, stimuli).map_err(RunError::Stimulus)?;
    let mut dense =
        Dense::new(program, requests, steps, stimuli.len()).map_err(RunError::Request)?;
    program.start(stimuli.len()).record(steps, &drive, &mut dense, &mut |_| {});
    Ok(dense.finish(has_batch)?)
}
