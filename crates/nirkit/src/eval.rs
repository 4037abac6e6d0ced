//! Classification of a labelled set by spike counts, as a platform would run it.

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::Tensor;
use nirkit_platforms::chip::Design;
use nirkit_platforms::{Choices, Profile};
use nirkit_sim::clocked::Recording;
use nirkit_sim::clocked::scheme::Program;
use nirkit_sim::{Observable, Request, Stimulus, interrupt};
use serde::Serialize;

use crate::batch::{Engine, each_sample};
use crate::error::Error;
use crate::watch::{Watch, stopped};

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

/// A set of samples to be run as a simulator would.
#[derive(Clone, Copy, Debug)]
pub struct SimulatorJob<'a> {
    /// The simulator.
    pub profile: &'static Profile,
    /// What whoever runs it can choose.
    pub choices: Choices,
    /// The graph.
    pub graph: &'a Graph,
    /// Its facts.
    pub facts: &'a Facts,
    /// One stimulus for each sample.
    pub samples: &'a [Stimulus],
    /// Steps of each sample.
    pub steps: usize,
    /// Threads among which the samples are divided. Their number changes nothing.
    pub threads: usize,
}

/// The same as [`counts`] for each way in which a simulator can run the graph, or why it fails; most have
/// only one. An error if all of them fail.
pub fn counts_in_each_way(
    job: &SimulatorJob<'_>,
    watch: &dyn Watch,
) -> Result<Vec<Result<Tensor, Error>>, Error> {
    let ways = job.profile.ways(job.graph, job.facts, &job.choices);
    let one = |way: usize| {
        let choices = Choices { way, ..job.choices };
        let program = job.profile.prepare_aligned(job.graph, job.facts, &choices);
        let program = program.map_err(|errors| {
            Error::several(errors.iter().map(|error| Error::new(error.to_string())))
        })?;
        let &SimulatorJob { graph, facts, samples, steps, threads, .. } = job;
        counts(&Job { program: &program, graph, facts, samples, steps, threads }, watch)
    };
    let mut found = Vec::with_capacity(ways);
    for way in 0..ways {
        found.push(one(way));
        if interrupt::is_requested() {
            return Err(stopped());
        }
    }
    match found.iter().position(Result::is_ok) {
        Some(_) => Ok(found),
        None => Err(found.into_iter().find_map(Result::err).unwrap_or_else(stopped)),
    }
}

/// How well a set was classified.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tally {
    /// Number of samples.
    pub samples: usize,
    /// How many of them got the class of their label.
    pub correct: usize,
    /// The share of them.
    pub accuracy: f64,
    /// Output spikes, on average over the samples.
    pub output_spikes_per_sample: f64,
    /// Samples without any output spike: they get class 0.
    pub silent: usize,
}

impl Tally {
    /// Holds the class of each sample against its label. An error where a label is no class of the
    /// Output.
    pub fn of(counts: &Tensor, labels: &[i64]) -> Result<Self, Error> {
        let (samples, outputs) = (labels.len(), counts.shape().get(1).copied().unwrap_or(0));
        check_labels(labels, counts)?;
        let found = classes(counts);
        let correct = found.iter().zip(labels).filter(|(class, label)| **class as i64 == **label);
        let correct = correct.count();
        let numbers = counts.to_i64().unwrap_or_default();
        let silent = numbers.chunks(outputs.max(1)).filter(|row| row.iter().all(|&n| n == 0));
        let silent = silent.count();
        let share = |part: f64| part / samples.max(1) as f64;
        let spikes = numbers.iter().sum::<i64>() as f64;
        Ok(Self {
            samples,
            correct,
            accuracy: share(correct as f64),
            output_spikes_per_sample: share(spikes),
            silent,
        })
    }

    /// What has to be said about the figures.
    #[must_use]
    pub fn note(&self, platform: &str) -> Option<String> {
        let (silent, samples) = (self.silent, self.samples);
        (silent > 0).then(|| {
            format!(
                "{platform}: no output spikes in {silent} of {samples} samples; they count as class 0"
            )
        })
    }
}

/// An error where the Inputs of a set have different numbers of samples.
pub fn check_samples(samples: &[Stimulus], inputs: usize) -> Result<(), Error> {
    let is_short = |sample: &Stimulus| sample.signals.len() != inputs;
    match samples.iter().position(is_short) {
        None => Ok(()),
        Some(sample) => {
            let found = samples[sample].signals.len();
            let message = format!("sample {sample} has a stimulus for {found} of {inputs} Inputs");
            Err(Error::new(message).help("give as many samples for each Input"))
        }
    }
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
    let request = spikes_of(job, *source)?;
    Ok((request, leaf.outputs()))
}

/// The spikes that leave a node; what leaves a nested graph stands under the name of the graph, or of what
/// leads to its Output.
fn spikes_of(job: &Job<'_>, source: LeafId) -> Result<Request, Error> {
    let known = job.program.requests();
    let mut at = source;
    loop {
        let leaf = job.facts.leaf(at);
        let nested = job.facts.nested().iter().filter(|nested| nested.outputs == [at]);
        let names = nested.map(|nested| nested.name.clone()).chain([leaf.name.clone()]);
        let mut requests = names.map(|node| Request { node, observable: Observable::Spikes });
        if let Some(request) = requests.find(|request| known.contains(request)) {
            return Ok(request);
        }
        let is_port = matches!(job.facts.primitive(job.graph, at), Some(Primitive::Output(_)));
        match leaf.sources.as_slice() {
            &[only] if is_port => at = only,
            _ => {
                let name = &leaf.name;
                let message = format!("`{name}` puts out no spikes there, and leads to the Output");
                return Err(Error::new(message).help(
                    "classes are counted in spikes: let a neuron that spikes lead to the Output",
                ));
            }
        }
    }
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
    fn a_label_is_a_class_and_a_silent_sample_is_counted() {
        let counts = Tensor::new(&[3, 2], vec![0_i64, 2, 0, 0, 1, 0]).unwrap();
        let tally = Tally::of(&counts, &[1, 0, 1]).unwrap();
        assert_eq!((tally.correct, tally.silent), (2, 1));
        let error = Tally::of(&counts, &[1, 2, 0]).unwrap_err();
        assert!(error.to_string().contains("label 2 of sample 1"), "{error}");
        assert!(Tally::of(&counts, &[1, -1, 0]).is_err());
    }

    #[test]
    fn a_tie_goes_to_the_lowest_class() {
        let counts = Tensor::new(&[3, 3], vec![0_i64, 2, 2, 5, 1, 5, 0, 0, 0]).unwrap();
        assert_eq!(classes(&counts), [1, 0, 0]);
    }
}
