//! A batch divided among threads, and put together again. The number of threads changes no bit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle};

use nirkit_engine::clocked::semantics::{BatchRunner, GriddedStimulus, Program};
use nirkit_engine::clocked::{Recording, RunError};
use nirkit_numerics::{Element, Tensor};
use nirkit_run::{Request, Stimulus, interrupt};

use crate::error::Error;
use crate::watch::{Watch, stopped};

/// Lets threads work on parts of the items, and gives what they made, in the order of the parts.
///
/// With a single part no thread is started.
pub(crate) fn divided<I: Sync, T: Send>(
    items: &[I],
    threads: usize,
    work: impl Fn(&[I]) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let share = items.len().div_ceil(threads.clamp(1, most_threads())).max(1);
    if items.len() <= share {
        return Ok(vec![work(items)?]);
    }
    let (asks, work) = (interrupt::inherited(), &work);
    let parts: Vec<Result<T, Error>> = thread::scope(|scope| {
        let start = |part| {
            let asks = asks.clone();
            let begun = thread::Builder::new()
                .spawn_scoped(scope, move || interrupt::until(asks, || work(part)));
            // Where the system gives no more threads, this one does the work.
            begun.map_err(|_| work(part))
        };
        let started: Vec<_> = items.chunks(share).map(start).collect();
        let lost = || Err(Error::new("a thread of the engine ended early"));
        let join = |begun: Result<ScopedJoinHandle<'_, _>, _>| match begun {
            Ok(thread) => thread.join().unwrap_or_else(|_| lost()),
            Err(done) => done,
        };
        started.into_iter().map(join).collect()
    });
    parts.into_iter().collect()
}

/// More threads than this do not help, and the system may not give them.
fn most_threads() -> usize {
    const FEW: usize = 8;
    thread::available_parallelism().map_or(FEW, |cores| cores.get().max(FEW))
}

/// Runs samples, some at a time.
pub(crate) struct Runner<'a> {
    /// Samples that are faster together.
    pub(crate) batch_interleave: usize,
    pub(crate) record: Record<'a>,
}

/// Gives a recording for each of some samples.
type Record<'a> = Box<dyn FnMut(&[Stimulus]) -> Result<Vec<Recording>, Error> + 'a>;

impl<'a> Runner<'a> {
    /// One that runs one sample after the other.
    pub(crate) fn single(
        mut record: impl FnMut(&Stimulus) -> Result<Recording, Error> + 'a,
    ) -> Self {
        Self {
            batch_interleave: 1,
            record: Box::new(move |samples| samples.iter().map(&mut record).collect()),
        }
    }

    /// One that plays a program.
    pub(crate) fn start(
        program: &'a Program,
        steps: usize,
        requests: &[Request],
    ) -> Result<Self, Error> {
        let failed = |error: RunError| Error::all(error.to_string().lines());
        let mut runner = BatchRunner::new(program, requests).map_err(failed)?;
        let batch_interleave = runner.batch_interleave();
        let record = move |samples: &[Stimulus]| {
            let gridded = samples.iter().map(|sample| GriddedStimulus::new(program, sample));
            let gridded = gridded.collect::<Result<Vec<_>, _>>().map_err(failed)?;
            runner.run_batch(&gridded, steps).map_err(failed)
        };
        Ok(Self { batch_interleave, record: Box::new(record) })
    }
}

/// Calls `each` with the recording of each sample, divided among threads, each of which has an engine
/// of its own: what `each` makes, in the order of the samples. `watch` is told the number of samples
/// that are done.
pub(crate) fn each_sample<'a, T: Send>(
    stimuli: &[Stimulus],
    threads: usize,
    watch: &dyn Watch,
    runner: &(dyn Fn() -> Result<Runner<'a>, Error> + Sync),
    each: impl Fn(Recording) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let (done, total) = (AtomicU64::new(0), stimuli.len() as u64);
    let part = |stimuli: &[Stimulus]| {
        let mut runner = runner()?;
        let mut made = Vec::with_capacity(stimuli.len());
        for group in stimuli.chunks(runner.batch_interleave.max(1)) {
            let recordings = (runner.record)(group)?;
            if interrupt::is_requested() {
                return Err(stopped());
            }
            for recording in recordings {
                made.push(each(recording)?);
            }
            let so_far = done.fetch_add(group.len() as u64, Ordering::Relaxed);
            if watch.done(so_far + group.len() as u64, total).is_break() {
                return Err(stopped());
            }
        }
        Ok(made)
    };
    Ok(divided(stimuli, threads, part)?.into_iter().flatten().collect())
}

/// Records samples, divided among threads; arrays have the shape (T, B, *shape) with a batch.
pub(crate) fn record<'a>(
    stimuli: &[Stimulus],
    threads: usize,
    has_batch: bool,
    watch: &dyn Watch,
    runner: &(dyn Fn() -> Result<Runner<'a>, Error> + Sync),
) -> Result<Recording, Error> {
    let samples = each_sample(stimuli, threads, watch, runner, Ok)?;
    if has_batch { stacked(samples) } else { join(samples) }
}

/// Puts the recordings of parts of a batch side by side: arrays of shape (T, b, *shape).
pub(crate) fn join(parts: Vec<Recording>) -> Result<Recording, Error> {
    let mut parts = parts.into_iter();
    let Some(mut joined) = parts.next() else {
        return Err(Error::new("there is no stimulus").help("give `--input`"));
    };
    let rest: Vec<Recording> = parts.collect();
    for (at, (_, tensor)) in joined.arrays.iter_mut().enumerate().filter(|_| !rest.is_empty()) {
        let all: Vec<&Tensor> = std::iter::once(&*tensor)
            .chain(rest.iter().filter_map(|part| part.arrays.get(at).map(|(_, tensor)| tensor)))
            .collect();
        let floats = beside::<f32>(&all).or_else(|| beside::<f64>(&all));
        let beside = floats.or_else(|| beside::<i64>(&all)).or_else(|| beside::<i32>(&all));
        *tensor = beside.ok_or_else(|| Error::new("the parts of a batch do not fit together"))?;
    }
    Ok(joined)
}

/// Puts recordings of single samples side by side, on a new axis behind that for time.
pub(crate) fn stacked(mut samples: Vec<Recording>) -> Result<Recording, Error> {
    for (_, tensor) in samples.iter_mut().flat_map(|sample| &mut sample.arrays) {
        let mut shape = tensor.shape().to_vec();
        shape.insert(1.min(shape.len()), 1);
        *tensor = tensor.reshaped(&shape).map_err(|error| Error::new(error.to_string()))?;
    }
    join(samples)
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

/// An array of shape (T, ...) from a step on.
pub(crate) fn from_step(tensor: &Tensor, step: usize) -> Result<Tensor, Error> {
    fn cut<T: Element>(tensor: &Tensor, step: usize) -> Option<Tensor> {
        let values: &[T] = tensor.as_slice()?;
        let mut shape = tensor.shape().to_vec();
        let steps = shape.first().copied()?;
        let row = values.len().checked_div(steps)?;
        *shape.first_mut()? = steps.checked_sub(step)?;
        Tensor::new(&shape, values.get(step * row..)?.to_vec()).ok()
    }
    if step == 0 {
        return Ok(tensor.clone());
    }
    let floats = cut::<f32>(tensor, step).or_else(|| cut::<f64>(tensor, step));
    let cut = floats.or_else(|| cut::<i64>(tensor, step)).or_else(|| cut::<i32>(tensor, step));
    cut.ok_or_else(|| Error::new("the recording is shorter than the delay of the answer"))
}
