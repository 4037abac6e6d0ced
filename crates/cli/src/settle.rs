//! Settles what the file leaves open, and remembers what has to be said about it.

use nirkit::ir::open::Open;
use nirkit::settle::{self, Settled, Voice};
use nirkit::sim::{Reset, SpikeReading};
use nirkit::stimulus::Loaded;

use crate::args::FramesName;
use crate::failure::Failure;
use crate::report::Choice;

/// The time step: given, of the data, of the file, or not known.
pub(crate) fn settle_dt(
    given: Option<f64>,
    open: &Open,
    loaded: &Loaded,
    notes: &mut Vec<String>,
) -> Result<(f64, String), Failure> {
    Ok(noted(settle::time_step(given, loaded.dt, open, Voice::COMMAND)?, notes))
}

pub(crate) fn settle_reset(
    given: Option<Reset>,
    open: &Open,
    notes: &mut Vec<String>,
) -> (Reset, String) {
    noted(settle::reset(given, open, Voice::COMMAND), notes)
}

/// What a spike is in continuous time: given, or implied by the file, or NIR's text.
pub(crate) fn settle_spike(
    given: Option<SpikeReading>,
    open: &Open,
    notes: &mut Vec<String>,
) -> (SpikeReading, String) {
    noted(settle::spike(given, open, Voice::COMMAND), notes)
}

/// What the numbers of the frames were taken for, a choice for each Input that receives frames.
pub(crate) fn frames_choices(frames: FramesName, loaded: &Loaded) -> Vec<Choice> {
    let settled = settle::frames(frames.into(), loaded).into_iter();
    settled.map(|frames| Choice::new("frames", frames.value, frames.source)).collect()
}

/// How long to run, in seconds: given, or as long as the stimulus lasts with frames of `dt`.
pub(crate) fn settle_duration(
    given: Option<f64>,
    loaded: &Loaded,
    dt: f64,
) -> Result<f64, Failure> {
    Ok(settle::duration(given, loaded, dt, Voice::COMMAND)?)
}

/// An answer and its source; what has to be said about it goes to the notes.
fn noted<T>(settled: Settled<T>, notes: &mut Vec<String>) -> (T, String) {
    notes.extend(settled.note);
    (settled.value, settled.source)
}
