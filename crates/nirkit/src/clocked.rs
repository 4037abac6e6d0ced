//! Runs on a grid: batches over threads, with progress.

use std::sync::atomic::{AtomicU64, Ordering};

use nirkit_sim::clocked::{Dense, Drive, Keep, Program, Recording};
use nirkit_sim::{Request, Stimulus, interrupt};

use crate::batch::{divided, join};
use crate::error::Error;
use crate::watch::{Watch, stopped};

/// What a run is to do.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The program.
    pub program: &'a Program,
    /// A stimulus for each sample.
    pub stimuli: &'a [Stimulus],
    /// Number of steps.
    pub steps: usize,
    /// What to record.
    pub requests: &'a [Request],
    /// How much of it to keep; sums count as one step.
    pub keep: Keep,
    /// Whether arrays have an axis for samples: (T, B, *shape) instead of (T, *shape).
    pub has_batch: bool,
    /// Threads among which the samples are divided. Their number changes no bit.
    pub threads: usize,
}

/// Steps after which the run says how far it is, and can be stopped.
const SLICE: usize = 256;

/// Runs a job. `watch` is told the steps that were taken, of `steps` for each thread.
pub fn run(job: &Job<'_>, watch: &dyn Watch) -> Result<Recording, Error> {
    let done = AtomicU64::new(0);
    join(divided(job.stimuli, job.threads, |stimuli| run_part(job, stimuli, &done, watch))?)
}

fn run_part(
    job: &Job<'_>,
    stimuli: &[Stimulus],
    done: &AtomicU64,
    watch: &dyn Watch,
) -> Result<Recording, Error> {
    let all = |errors: Vec<String>| Error::several(errors.into_iter().map(Error::new));
    let drive = Drive::new(job.program, stimuli)
        .map_err(|errors| all(errors.iter().map(ToString::to_string).collect()))?;
    let mut dense = Dense::keeping(job.keep, job.program, job.requests, job.steps, stimuli.len())
        .map_err(|errors| all(errors.iter().map(ToString::to_string).collect()))?;
    let mut run = job.program.start(stimuli.len());
    let mut taken = 0;
    while taken < job.steps {
        let until = job.steps.min(taken + SLICE);
        let mut tell = |steps: usize| {
            done.fetch_add(steps as u64, Ordering::Relaxed);
        };
        run.record(until, &drive, &mut dense, &mut tell);
        taken = until;
        if interrupt::is_requested() {
            return Err(stopped());
        }
        if watch.done(done.load(Ordering::Relaxed)).is_break() {
            return Err(stopped());
        }
    }
    dense.finish(job.has_batch).map_err(|error| Error::new(error.to_string()))
}
