//! Runs on a grid: batches over threads, with progress.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use nirkit_numerics::{Element, Tensor};
use nirkit_sim::clocked::{Dense, Drive, Program, Recording};
use nirkit_sim::{Request, Stimulus};

use crate::error::Error;

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
    /// Whether arrays have an axis for samples: (T, B, *shape) instead of (T, *shape).
    pub has_batch: bool,
    /// Threads among which the samples are divided. Their number changes no bit.
    pub threads: usize,
}

/// Runs a job. `progress` is told the steps that were taken, of `steps` for each thread.
pub fn run(job: &Job<'_>, progress: &(dyn Fn(u64) + Sync)) -> Result<Recording, Error> {
    let threads = job.threads.clamp(1, job.stimuli.len().max(1));
    let share = job.stimuli.len().div_ceil(threads).max(1);
    let done = AtomicU64::new(0);
    let parts: Vec<Result<Recording, Error>> = thread::scope(|scope| {
        let started: Vec<_> = job
            .stimuli
            .chunks(share)
            .map(|stimuli| scope.spawn(|| run_part(job, stimuli, &done, progress)))
            .collect();
        let lost = || Err(Error::new("a thread of the engine ended early"));
        started.into_iter().map(|thread| thread.join().unwrap_or_else(|_| lost())).collect()
    });
    join(parts.into_iter().collect::<Result<_, _>>()?)
}

fn run_part(
    job: &Job<'_>,
    stimuli: &[Stimulus],
    done: &AtomicU64,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Recording, Error> {
    let all = |errors: Vec<String>| Error::several(errors.into_iter().map(Error::new));
    let drive = Drive::new(job.program, stimuli)
        .map_err(|errors| all(errors.iter().map(ToString::to_string).collect()))?;
    let mut dense = Dense::new(job.program, job.requests, job.steps, stimuli.len())
        .map_err(|errors| all(errors.iter().map(ToString::to_string).collect()))?;
    let mut tell = |steps: usize| {
        let steps = steps as u64;
        progress(done.fetch_add(steps, Ordering::Relaxed) + steps);
    };
    job.program.start(stimuli.len()).record(job.steps, &drive, &mut dense, &mut tell);
    dense.finish(job.has_batch).map_err(|error| Error::new(error.to_string()))
}

/// Puts the parts of a batch side by side.
fn join(parts: Vec<Recording>) -> Result<Recording, Error> {
    let mut parts = parts.into_iter();
    let Some(mut joined) = parts.next() else {
        return Err(Error::new("there is no stimulus").help("give `--input`"));
    };
    let rest: Vec<Recording> = parts.collect();
    for (at, (_, tensor)) in joined.arrays.iter_mut().enumerate().filter(|_| !rest.is_empty()) {
        let all: Vec<&Tensor> = std::iter::once(&*tensor)
            .chain(rest.iter().filter_map(|part| part.arrays.get(at).map(|(_, tensor)| tensor)))
            .collect();
        let beside = beside::<f32>(&all).or_else(|| beside::<f64>(&all));
        *tensor = beside.ok_or_else(|| Error::new("the parts of a batch do not fit together"))?;
    }
    Ok(joined)
}

/// Arrays of shape (T, b, *shape) joined along their second axis.
fn beside<T: Element>(parts: &[&Tensor]) -> Option<Tensor> {
    let first = parts.first()?;
    let steps = *first.shape().first()?;
    let slices: Vec<&[T]> = parts.iter().map(|part| part.as_slice()).collect::<Option<_>>()?;
    let mut values = Vec::with_capacity(slices.iter().map(|slice| slice.len()).sum());
    for step in 0..steps {
        for slice in &slices {
            let row = slice.len() / steps;
            values.extend_from_slice(&slice[step * row..(step + 1) * row]);
        }
    }
    let mut shape = first.shape().to_vec();
    *shape.get_mut(1)? = parts.iter().map(|part| part.shape().get(1).copied().unwrap_or(0)).sum();
    Tensor::new(&shape, values).ok()
}
