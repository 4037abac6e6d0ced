//! Recordings of runs from the start.

use super::program::Program;
use crate::clocked::Recording;
use crate::integer::{Frames, RunError};
use crate::recorder;
use nirkit_run::recording::Request;
use nirkit_run::stimulus::Stimulus;

/// Runs a stimulus for so many steps of `dt` seconds; spikes are integers, states have single
/// precision, and arrays have the shape (T, *shape).
pub fn record(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
    requests: &[Request],
) -> Result<Recording, Vec<RunError>> {
    let frames = Frames::new(program.inputs(), stimulus, steps, dt)?;
    recorder::record(&program.0.executors, &program.0.lowered, &frames, steps, requests)
}
