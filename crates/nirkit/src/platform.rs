//! Runs as platforms would: batches over threads, with progress.

use nirkit_sim::clocked::Recording;
use nirkit_sim::clocked::scheme::Program;
use nirkit_sim::{Request, Stimulus};

use crate::batch::{Engine, record};
use crate::error::Error;
use crate::watch::Watch;

/// What a run is to do.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The program of the platform.
    pub program: &'a Program,
    /// A stimulus for each sample.
    pub stimuli: &'a [Stimulus],
    /// Number of steps.
    pub steps: usize,
    /// What to record.
    pub requests: &'a [Request],
    /// Whether arrays have an axis for samples: (T, B, *shape) instead of (T, *shape).
    pub has_batch: bool,
    /// Threads among which the samples are divided. Their number changes no bit.
    pub threads: usize,
}

/// Runs a job. `watch` is told the number of samples that are done.
pub fn run(job: &Job<'_>, watch: &dyn Watch) -> Result<Recording, Error> {
    let engine = || Engine::player(job.program, job.steps, job.requests);
    record(job.stimuli, job.threads, job.has_batch, watch, &engine)
}
