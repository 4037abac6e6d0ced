//! Recordings of runs from the start: in blocks of steps where that can be done, else by the step program.

use super::cells::Neurons;
use super::program::Program;
use crate::integer::record::{Recorded, record_any};
use crate::integer::time_block::{Plan, StateProbe};
use crate::integer::{Frames, Input, RecordResult};
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
) -> RecordResult {
    record_any(program, stimulus, steps, dt, requests)
}

impl Recorded for Program {
    type Cells = Neurons;
    type State = f32;

    fn inputs(&self) -> &[Input] {
        &self.network().inputs
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

    fn run_otherwise(&self, frames: &Frames, steps: usize, requests: &[Request]) -> RecordResult {
        let lowered = self.0.lowered.get_or_init(|| self.step_program(None));
        recorder::record(&self.0.executors, lowered, frames, steps, requests)
    }
}
