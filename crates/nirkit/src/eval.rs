//! Classification of a labelled set by spike counts, as a platform would run it.

use nirkit_ir::{Facts, Graph};
use nirkit_numerics::Tensor;
use nirkit_platforms::chip::Design;
use nirkit_sim::clocked::Recording;
use nirkit_sim::clocked::scheme::Program;
use nirkit_sim::{Observable, Request, Stimulus};

use crate::batch::{Engine, each_sample};
use crate::error::Error;
use crate::watch::Watch;

/// A set of samples to be run.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The program of the platform.
    pub program: &'a Program,
    /// The graph that it was made of.
    pub graph: &'a Graph,
    /// The facts of this graph.
    pub facts: &'a Facts,
    /// One stimulus for each sample.
    pub samples: &'a [Stimulus],
    /// Steps of each sample.
    pub steps: usize,
    /// Threads among which the samples are divided. Their number changes nothing.
    pub threads: usize,
}

/// Output spikes of each sample and class: an array of shape (samples, classes).
///
/// `watch` is told the number of samples that are done.
pub fn counts(job: &Job<'_>, watch: &dyn Watch) -> Result<Tensor, Error> {
    let (request, classes) = output(job)?;
    let requests = std::slice::from_ref(&request);
    let engine = || Engine::player(job.program, job.steps, requests);
    count_all(&engine, 0, classes, job.samples, job.threads, watch)
}

/// A set of samples to be run on a chip.
#[derive(Clone, Copy, Debug)]
pub struct ChipJob<'a> {
    /// The network in the chip's terms.
    pub design: &'a Design,
    /// One stimulus for each sample.
    pub samples: &'a [Stimulus],
    /// Steps of each sample.
    pub steps: usize,
    /// Length of a step in seconds, for stimuli with times.
    pub dt: f64,
    /// Threads among which the samples are divided. Their number changes nothing.
    pub threads: usize,
}

/// The same as [`counts`], on a chip. An answer that is late is waited for: the spikes that are
/// counted are those of the steps in which the graph itself would have run.
pub fn counts_on_chip(job: &ChipJob<'_>, watch: &dyn Watch) -> Result<Tensor, Error> {
    let Some(node) = &job.design.answer else {
        return Err(Error::new("the network has no population whose spikes are the answer"));
    };
    let request = Request { node: node.clone(), observable: Observable::Spikes };
    let requests = std::slice::from_ref(&request);
    let steps = job.steps + job.design.lag;
    let engine = || {
        Ok(Engine::single(|sample| {
            let recording = job.design.emulation.record(sample, steps, job.dt, requests);
            recording.map_err(|errors| Error::several(errors.into_iter().map(Error::new)))
        }))
    };
    let classes = job.design.emulation.channels(&request).unwrap_or(0);
    count_all(&engine, job.design.lag, classes, job.samples, job.threads, watch)
}

/// Counts the spikes of all samples from a step on, divided among threads, each with an engine of
/// its own.
fn count_all<'a>(
    engine: &(dyn Fn() -> Result<Engine<'a>, Error> + Sync),
    from: usize,
    classes: usize,
    samples: &[Stimulus],
    threads: usize,
    watch: &dyn Watch,
) -> Result<Tensor, Error> {
    let count = |recording: Recording| count_one(&recording, from, classes);
    let counts = each_sample(samples, threads, watch, engine, count)?.concat();
    Tensor::new(&[samples.len(), classes], counts).map_err(|error| Error::new(error.to_string()))
}

/// What leaves through the only Output, and its number of channels.
fn output(job: &Job<'_>) -> Result<(Request, usize), Error> {
    let outputs: Vec<_> = job.facts.outputs(job.graph).collect();
    let [output] = outputs.as_slice() else {
        let message = format!("the graph has {} Outputs, classes need one", outputs.len());
        return Err(Error::new(message));
    };
    let leaf = job.facts.leaf(*output);
    let [source] = leaf.sources.as_slice() else {
        let message = format!("{} edges lead to the Output, classes need one", leaf.sources.len());
        return Err(Error::new(message));
    };
    let node = job.facts.leaf(*source).name.clone();
    Ok((Request { node, observable: Observable::Spikes }, leaf.outputs()))
}

/// Spikes of each class in a recording, from a step on.
fn count_one(recording: &Recording, from: usize, classes: usize) -> Result<Vec<i64>, Error> {
    let spikes = recording.arrays.first().and_then(|(_, tensor)| tensor.to_f64());
    let spikes = spikes.ok_or_else(|| Error::new("nothing was recorded"))?;
    let of_class = |class: usize| {
        spikes.iter().skip(from * classes + class).step_by(classes).sum::<f64>() as i64
    };
    Ok((0..classes).map(of_class).collect())
}

/// Checks that a set has samples, and that each label is a class that the graph has.
pub fn check_labels(labels: &[i64], counts: &Tensor) -> Result<(), Error> {
    if labels.is_empty() {
        return Err(Error::new("the set has no samples"));
    }
    let classes = counts.shape().get(1).copied().unwrap_or(0);
    let known = |label: i64| usize::try_from(label).is_ok_and(|label| label < classes);
    match labels.iter().position(|&label| !known(label)) {
        None => Ok(()),
        Some(sample) => {
            let label = labels.get(sample).copied().unwrap_or_default();
            let message =
                format!("the label {label} of sample {sample} is none of {classes} classes");
            Err(Error::new(message).help("classes are counted from 0, one for each output"))
        }
    }
}

/// The class of each sample: the output with most spikes, ties to the lowest.
#[must_use]
pub fn classes(counts: &Tensor) -> Vec<usize> {
    let classes = counts.shape().get(1).copied().unwrap_or(0).max(1);
    let best = |row: &[i64]| {
        let most = row.iter().max().copied();
        row.iter().position(|&count| Some(count) == most).unwrap_or(0)
    };
    counts.to_i64().unwrap_or_default().chunks(classes).map(best).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_goes_to_the_lowest_class() {
        let counts = Tensor::new(&[3, 3], vec![0_i64, 2, 2, 5, 1, 5, 0, 0, 0]).unwrap();
        assert_eq!(classes(&counts), [1, 0, 0]);
    }
}
