//! A batch divided among threads, and put together again. The number of threads changes no bit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use nirkit_numerics::{Element, Tensor};
use nirkit_sim::Stimulus;
use nirkit_sim::clocked::Recording;

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
    let share = items.len().div_ceil(threads.max(1)).max(1);
    if items.len() <= share {
        return Ok(vec![work(items)?]);
    }
    let parts: Vec<Result<T, Error>> = thread::scope(|scope| {
        let started: Vec<_> = items.chunks(share).map(|part| scope.spawn(|| work(part))).collect();
        let lost = || Err(Error::new("a thread of the engine ended early"));
        started.into_iter().map(|thread| thread.join().unwrap_or_else(|_| lost())).collect()
    });
    parts.into_iter().collect()
}

/// Records samples one by one, divided among threads; arrays have the shape (T, B, *shape) with a
/// batch. `watch` is told the number of samples that are done.
pub(crate) fn one_by_one(
    stimuli: &[Stimulus],
    threads: usize,
    has_batch: bool,
    watch: &dyn Watch,
    record: impl Fn(&Stimulus) -> Result<Recording, Error> + Sync,
) -> Result<Recording, Error> {
    let done = AtomicU64::new(0);
    let part = |stimuli: &[Stimulus]| {
        let samples = stimuli.iter().map(|stimulus| {
            let recording = record(stimulus)?;
            let so_far = done.fetch_add(1, Ordering::Relaxed) + 1;
            if watch.done(so_far).is_break() { Err(stopped()) } else { Ok(recording) }
        });
        let samples = samples.collect::<Result<Vec<_>, Error>>()?;
        if has_batch { stacked(samples) } else { join(samples) }
    };
    join(divided(stimuli, threads, part)?)
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
