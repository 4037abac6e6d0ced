//! Recordings of whole stimuli: blocks of steps, leaf by leaf (see [`time_block`](super::super::time_block)).

use nirkit_numerics::{Tensor, TensorError};

use super::super::RunError;
use super::super::drive::GridSignal;
use super::super::record::Recording;
use super::executor::{BlockExecutor, Size};
use super::program::{Engine, Program, Subject};
use super::run::{subjects, tracks};
use nirkit_run::recording::Request;
use nirkit_run::stimulus::Stimulus;

/// Runs a program on stimuli, one after the other, and records the same of each. What it needs is
/// allocated once.
#[derive(Clone, Debug)]
pub struct BatchRunner<'a> {
    program: &'a Program,
    subjects: Vec<&'a Subject>,
    numbers: Numbers,
}

/// A stimulus on the grid of a program, checked: what is played more than once need not be made again.
#[derive(Clone, Debug)]
pub struct GriddedStimulus<'a> {
    tracks: Vec<GridSignal<'a>>,
}

impl<'a> GriddedStimulus<'a> {
    /// The score of a stimulus, or everything that is wrong with it.
    pub fn new(program: &Program, stimulus: &'a Stimulus) -> Result<Self, RunError> {
        Ok(Self { tracks: tracks(program, stimulus)? })
    }
}

#[derive(Clone, Debug)]
enum Numbers {
    F32(Box<BlockExecutor<f32>>),
    F64(Box<BlockExecutor<f64>>),
}

impl<'a> BatchRunner<'a> {
    /// A batch runner that records these, or every request that cannot be met.
    pub fn new(program: &'a Program, requests: &[Request]) -> Result<Self, RunError> {
        let subjects = subjects(program, requests)?;
        let numbers = match &program.engine {
            Engine::F32(net) => Numbers::F32(Box::new(BlockExecutor::new(net, &subjects))),
            Engine::F64(net) => Numbers::F64(Box::new(BlockExecutor::new(net, &subjects))),
        };
        Ok(Self { program, subjects, numbers })
    }

    /// Runs a stimulus for so many steps, from the start; the arrays have the shape (T, *shape).
    pub fn play(&mut self, stimulus: &Stimulus, steps: usize) -> Result<Recording, RunError> {
        self.perform(&GriddedStimulus::new(self.program, stimulus)?, steps)
    }

    /// Runs a gridded stimulus of the same program for so many steps, from the start.
    pub fn perform(
        &mut self,
        gridded: &GriddedStimulus<'_>,
        steps: usize,
    ) -> Result<Recording, RunError> {
        let recordings = self.run_batch(std::slice::from_ref(gridded), steps)?;
        Ok(recordings.into_iter().next().unwrap_or(Recording { arrays: Vec::new() }))
    }

    /// The same for several scores, which are faster together: a recording for each, to the bit that
    /// of [`perform`](Self::perform).
    pub fn run_batch(
        &mut self,
        scores: &[GriddedStimulus<'_>],
        steps: usize,
    ) -> Result<Vec<Recording>, RunError> {
        let samples: Vec<&[GridSignal<'_>]> =
            scores.iter().map(|gridded| &*gridded.tracks).collect();
        let played: Result<Vec<Vec<Tensor>>, TensorError> = match &mut self.numbers {
            Numbers::F32(executor) => executor.play(&samples, steps, &self.subjects),
            Numbers::F64(executor) => executor.play(&samples, steps, &self.subjects),
        };
        let recording = |tensors: Vec<Tensor>| {
            let requests = self.subjects.iter().map(|subject| subject.request.clone());
            Recording { arrays: requests.zip(tensors).collect() }
        };
        Ok(played?.into_iter().map(recording).collect())
    }

    /// The number of scores that are played at once; more of them are played one such group after the
    /// other.
    #[must_use]
    pub fn batch_interleave(&self) -> usize {
        match &self.numbers {
            Numbers::F32(executor) => executor.size().batch_interleave,
            Numbers::F64(executor) => executor.size().batch_interleave,
        }
    }

    /// Takes so many steps of so many samples at once where nothing forbids it, instead of as many as
    /// suit the caches.
    #[must_use]
    pub fn with_block(mut self, steps: usize, samples: usize) -> Self {
        let size = Size { rows: (steps * samples).max(1), batch_interleave: samples.max(1) };
        match &mut self.numbers {
            Numbers::F32(executor) => executor.resize(size, &self.subjects),
            Numbers::F64(executor) => executor.resize(size, &self.subjects),
        }
        self
    }
}
