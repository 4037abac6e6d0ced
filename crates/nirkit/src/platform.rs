//! Runs as platforms would: batches over threads, with progress.

use std::sync::atomic::{AtomicU64, Ordering};

use nirkit_sim::clocked::Recording;
use nirkit_sim::clocked::scheme::{Program, record};
use nirkit_sim::{Request, Stimulus};

use crate::batch::{divided, join, stacked};
use crate::error::Error;
use crate::watch::{Watch, stopped};

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
    let done = AtomicU64::new(0);
    let part = |stimuli: &[Stimulus]| {
        let samples = stimuli.iter().map(|stimulus| {
            let recording = run_one(job, stimulus)?;
            let so_far = done.fetch_add(1, Ordering::Relaxed) + 1;
            if watch.done(so_far).is_break() { Err(stopped()) } else { Ok(recording) }
        });
        let samples = samples.collect::<Result<Vec<_>, Error>>()?;
        if job.has_batch { stacked(samples) } else { join(samples) }
    };
    join(divided(job.stimuli, job.threads, part)?)
}

fn run_one(job: &Job<'_>, stimulus: &Stimulus) -> Result<Recording, Error> {
    record(job.program, stimulus, job.steps, job.requests)
        .map_err(|error| Error::several(error.to_string().lines().map(Error::new)))
}
