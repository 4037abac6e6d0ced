//! Runs: a program under way.

mod buffers;
mod stepper;

use nirkit_numerics::Tensor;

use super::block::Block;
use super::drive::GridInput;
use super::record::{Dense, Probe, Recorder, Samples};

pub(super) use stepper::Stepper;

/// What enters an Input in a step: the numbers of all samples of the batch, one sample after the
/// other, each in C order. Both start at zero and are added.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Spikes, which act as the program's reading of a spike says. Any number counts as so many.
    pub spikes: &'a mut [f64],
    /// A current for the length of the step.
    pub current: &'a mut [f64],
}

/// Where a run takes its input from.
pub trait InputSource {
    /// Writes what enters the Input with this number (in the order of
    /// [`Program::inputs`](super::Program::inputs)) in this step.
    fn fill(&mut self, step: usize, input: usize, frame: &mut Frame<'_>);
}

impl<F: FnMut(usize, usize, &mut Frame<'_>)> InputSource for F {
    fn fill(&mut self, step: usize, input: usize, frame: &mut Frame<'_>) {
        self(step, input, frame);
    }
}

/// A run under way. A clone goes on by itself from the same state.
#[derive(Clone, Debug)]
pub struct Run(pub(super) State);

/// A run in the number format of its program.
#[derive(Clone, Debug)]
pub(super) enum State {
    F32(Stepper<f32>),
    F64(Stepper<f64>),
}

/// Everything that changes in a run, to be kept and [resumed](super::Program::resume).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Steps taken.
    pub step: usize,
    /// Samples that run side by side.
    pub batch: usize,
    /// All numbers of the run, in an order that belongs to its program.
    pub numbers: Tensor,
}

/// A snapshot belongs to another program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the saved run holds {found}, this program needs {expected}; \
     resume it with the graph and the options that it was saved with"
)]
pub struct ResumeError {
    /// What the snapshot holds.
    found: String,
    /// What the program needs.
    expected: String,
}

impl Run {
    /// Steps taken so far.
    #[must_use]
    pub fn steps(&self) -> usize {
        match &self.0 {
            State::F32(stepper) => stepper.number,
            State::F64(stepper) => stepper.number,
        }
    }

    /// Samples that run side by side.
    #[must_use]
    pub fn batch(&self) -> usize {
        match &self.0 {
            State::F32(stepper) => stepper.batch,
            State::F64(stepper) => stepper.batch,
        }
    }

    /// Takes one step. Nothing is allocated.
    pub fn step(&mut self, feed: &mut dyn InputSource) {
        match &mut self.0 {
            State::F32(stepper) => stepper.step(feed),
            State::F64(stepper) => stepper.step(feed),
        }
    }

    /// Takes steps until `until` steps are taken in all, and shows the run to the recorder after
    /// each.
    pub fn advance(
        &mut self,
        until: usize,
        feed: &mut dyn InputSource,
        recorder: &mut dyn Recorder,
    ) {
        while self.steps() < until {
            self.step(feed);
            recorder.record(self);
        }
    }

    /// Takes steps until `until` steps are taken in all, many at a time, and records each.
    /// `progress` is told about steps as they are taken, each once. The result is that of
    /// [`advance`](Self::advance), to the bit. Both `drive` and `dense` have to be for the run's
    /// program and batch.
    pub fn record(
        &mut self,
        until: usize,
        drive: &GridInput<'_>,
        dense: &mut Dense,
        progress: &mut dyn FnMut(usize),
    ) {
        let steps = until.saturating_sub(self.steps());
        match &mut self.0 {
            State::F32(stepper) => {
                Block::new(stepper, dense, steps).record(stepper, until, drive, dense, progress);
            }
            State::F64(stepper) => {
                Block::new(stepper, dense, steps).record(stepper, until, drive, dense, progress);
            }
        }
    }

    /// Appends what a probe of the same program sees after the last step: the numbers of all
    /// samples of the batch, one sample after the other.
    pub fn read(&self, probe: &Probe, samples: &mut Samples) {
        match &self.0 {
            State::F32(stepper) => stepper.read(probe, samples),
            State::F64(stepper) => stepper.read(probe, samples),
        }
    }

    /// Everything that changes in the run.
    #[must_use]
    pub fn save(&self) -> Snapshot {
        let numbers = match &self.0 {
            State::F32(stepper) => Tensor::vector(stepper.numbers().copied().collect()),
            State::F64(stepper) => Tensor::vector(stepper.numbers().copied().collect()),
        };
        Snapshot { step: self.steps(), batch: self.batch(), numbers }
    }

    /// Puts a snapshot into a run of the same batch.
    pub(super) fn restore(&mut self, snapshot: &Snapshot) -> Result<(), ResumeError> {
        match &mut self.0 {
            State::F32(stepper) => stepper.restore(snapshot),
            State::F64(stepper) => stepper.restore(snapshot),
        }
    }
}
