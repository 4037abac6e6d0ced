//! Settles what the file leaves open, and remembers what has to be said about it.

use nirkit::ir::open::Open;
use nirkit::settle::{self, Settled, Voice};
use nirkit::sim::Reset;
use nirkit::stimulus::Loaded;

use super::report::Choice;
use crate::args::RunArgs;
use crate::failure::Failure;

/// The time step: given, of the data, of the file, or not known.
pub(super) fn settle_dt(
    args: &RunArgs,
    open: &Open,
    loaded: &Loaded,
    notes: &mut Vec<String>,
) -> Result<(f64, String), Failure> {
    Ok(noted(settle::time_step(args.dt, loaded.dt, open, Voice::COMMAND)?, notes))
}

pub(super) fn settle_reset(
    args: &RunArgs,
    open: &Open,
    notes: &mut Vec<String>,
) -> (Reset, String) {
    noted(settle::reset(args.reset, open, Voice::COMMAND), notes)
}

/// What the numbers of the frames were taken for; `None` without frames.
pub(super) fn frames_choice(args: &RunArgs, loaded: &Loaded) -> Option<Choice> {
    let frames = settle::frames(args.frames.into(), loaded)?;
    Some(Choice::new("frames", frames.value, frames.source))
}

/// How long to run, in seconds: given, or as long as the stimulus lasts with frames of `dt`.
pub(super) fn settle_duration(args: &RunArgs, loaded: &Loaded, dt: f64) -> Result<f64, Failure> {
    Ok(settle::duration(args.duration, loaded, dt, Voice::COMMAND)?)
}

/// An answer and its source; what has to be said about it goes to the notes.
fn noted<T>(settled: Settled<T>, notes: &mut Vec<String>) -> (T, String) {
    notes.extend(settled.note);
    (settled.value, settled.source)
}
