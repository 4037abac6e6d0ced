//! Recordings of whole stimuli: blocks of steps, leaf by leaf (see [`sweep`](super::super::sweep)).

use nirkit_numerics::{Tensor, TensorError};

use super::super::RunError;
use super::super::drive::Track;
use super::super::record::Recording;
use super::hall::{Hall, Size};
use super::program::{Engine, Program, Subject};
use super::run::{subjects, tracks};
use crate::recording::Request;
use crate::stimulus::Stimulus;

/// Plays stimuli to a program, one after the other, and records the same of each. What it needs is
/// allocated once.
#[derive(Clone, Debug)]
pub struct Player<'a> {
    program: &'a Program,
    subjects: Vec<&'a Subject>,
    numbers: Numbers,
}

/// A stimulus on the grid of a program, checked: what is played more than once need not be made again.
#[derive(Clone, Debug)]
pub struct Score<'a> {
    tracks: Vec<Track<'a>>,
}

impl<'a> Score<'a> {
    /// The score of a stimulus, or everything that is wrong with it.
    pub fn new(program: &Program, stimulus: &'a Stimulus) -> Result<Self, RunError> {
        Ok(Self { tracks: tracks(program, stimulus)? })
    }
}

#[derive(Clone, Debug)]
enum Numbers {
    F32(Box<Hall<f32>>),
    F64(Box<Hall<f64>>),
}

impl<'a> Player<'a> {
    /// A player that records these, or every request that cannot be met.
    pub fn new(program: &'a Program, requests: &[Request]) -> Result<Self, RunError> {
        let subjects = subjects(program, requests)?;
        let numbers = match &program.engine {
            Engine::F32(net) => Numbers::F32(Box::new(Hall::new(net, &subjects))),
            Engine::F64(net) => Numbers::F64(Box::new(Hall::new(net, &subjects))),
        };
        Ok(Self { program, subjects, numbers })
    }

    /// Plays a stimulus for so many steps, from the start; the arrays have the shape (T, *shape).
    pub fn play(&mut self, stimulus: &Stimulus, steps: usize) -> Result<Recording, RunError> {
        self.perform(&Score::new(self.program, stimulus)?, steps)
    }

    /// Plays a score of the same program for so many steps, from the start.
    pub fn perform(&mut self, score: &Score<'_>, steps: usize) -> Result<Recording, RunError> {
        let recordings = self.perform_all(std::slice::from_ref(score), steps)?;
        Ok(recordings.into_iter().next().unwrap_or(Recording { arrays: Vec::new() }))
    }

    /// The same for several scores, which are faster together: a recording for each, to the bit that
    /// of [`perform`](Self::perform).
    pub fn perform_all(
        &mut self,
        scores: &[Score<'_>],
        steps: usize,
    ) -> Result<Vec<Recording>, RunError> {
        let samples: Vec<&[Track<'_>]> = scores.iter().map(|score| &*score.tracks).collect();
        let played: Result<Vec<Vec<Tensor>>, TensorError> = match &mut self.numbers {
            Numbers::F32(hall) => hall.play(&samples, steps, &self.subjects),
            Numbers::F64(hall) => hall.play(&samples, steps, &self.subjects),
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
    pub fn abreast(&self) -> usize {
        match &self.numbers {
            Numbers::F32(hall) => hall.size().abreast,
            Numbers::F64(hall) => hall.size().abreast,
        }
    }

    /// Takes so many steps of so many samples at once where nothing forbids it, instead of as many as
    /// suit the caches.
    #[must_use]
    pub fn with_block(mut self, steps: usize, samples: usize) -> Self {
        let size = Size { rows: (steps * samples).max(1), abreast: samples.max(1) };
        match &mut self.numbers {
            Numbers::F32(hall) => hall.resize(size, &self.subjects),
            Numbers::F64(hall) => hall.resize(size, &self.subjects),
        }
        self
    }
}
