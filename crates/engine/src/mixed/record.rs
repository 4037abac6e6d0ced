//! Recordings of runs from the start: in blocks of steps where that can be done, else step by step.

use super::cells::Neurons;
use super::program::Program;
use super::run::Run;
use crate::clocked::Recording;
use crate::integer::record::{Read, Recorded, record_any};
use crate::integer::time_block::{Plan, StateProbe};
use crate::integer::{Input, RunError};
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
    record_any(program, stimulus, steps, dt, requests)
}

/// The same on the executor of step programs.
pub fn record_executed(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
    requests: &[Request],
) -> Result<Recording, Vec<RunError>> {
    let frames = crate::integer::Frames::new(program.inputs(), stimulus, steps, dt)?;
    let missing = requests.iter().filter(|request| program.subject(request).is_none());
    let missing: Vec<RunError> = missing.cloned().map(RunError::NoSuchState).collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    crate::recorder::record(&program.0.executors, &program.0.lowered, &frames, steps, requests)
}

impl Recorded for Program {
    type Cells = Neurons;
    type State = f32;
    type Run = Run;

    fn inputs(&self) -> &[Input] {
        self.inputs()
    }

    fn track(&self, request: &Request) -> Option<StateProbe> {
        self.subject(request).map(StateProbe::from)
    }

    fn shape(&self, part: usize) -> &[usize] {
        &self.network().populations[part].shape
    }

    fn plan(&self) -> Option<&Plan<Neurons>> {
        self.0.plan.as_ref()
    }

    fn run(&self) -> Run {
        self.start()
    }

    fn step<'a>(run: &mut Run, frame: impl Fn(usize) -> &'a [i64]) {
        run.step(frame);
    }

    fn read(run: &Run, track: StateProbe) -> Read<'_, f32> {
        run.read(track)
    }
}
