//! The spikes of two models, sample by sample: in how many they are equal, and where they differ first.

use std::collections::BTreeSet;

use nirkit_engine::clocked::{Recording, SpikeStep};
use nirkit_ir::{Document, Facts, Graph};
use nirkit_numerics::Tensor;
use nirkit_platforms::compare::compare_recordings;
use nirkit_run::{Observable, Request};

use super::plan::refuse;
use super::row::FirstDifference;
use super::samples::Part;
use crate::activity::spikes;
use crate::compare::in_order;
use crate::error::Error;
use crate::model::{Bound, Model, platform, seen};
use crate::recording::Train;
use crate::run::Run;

/// Samples whose spikes are in memory at once.
const TOGETHER: usize = 16;

/// The time constant of distances, in steps, of which nothing is read here.
const MEMORY: f64 = 10.0;

/// How the spikes of two models differ.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Differences {
    /// Samples whose output spikes are equal in each step; `None` where the output does not spike in both.
    pub(super) same_output: Option<u64>,
    /// Samples in which all spikes are equal in each step.
    pub(super) same_spikes: u64,
    /// The first difference of all samples.
    pub(super) first: Option<FirstDifference>,
    /// Nodes that spike in one of the two only, and are not compared.
    pub(super) missing: BTreeSet<String>,
}

/// Runs the samples of a task on a model and on what it is held against. The first sample has the number `from` in its set.
///
/// # Errors
///
/// Models without steps of equal length, or without a node that spikes in both; what keeps one of them from running.
pub(super) fn differences(
    models: [&Model; 2],
    graph: &Document,
    part: &Part,
    from: usize,
) -> Result<Differences, Error> {
    let [model, reference] = models;
    if model.is_continuous() && reference.is_continuous() {
        return Err(refuse("both run in continuous time, which has no steps"));
    }
    let platform = platform(model.title()).ok();
    let (graph, facts, _) = seen(graph, platform.as_slice(), model.limits())?;
    let mut found = Differences::default();
    let mut at = from;
    part.each(model, |bound| {
        for group in bound.groups(TOGETHER) {
            let sides = [Spikes::of(model, &group)?, Spikes::of(reference, &group)?];
            for (a, b) in Spikes::on_one_grid(sides)? {
                let sides = [a, b].map(|side| neurons(side, &graph, &facts));
                found.add(models, sides, at)?;
                at += 1;
            }
        }
        Ok(())
    })?;
    Ok(found)
}

impl Differences {
    /// Adds a sample.
    fn add(
        &mut self,
        models: [&Model; 2],
        [a, b]: [Recording; 2],
        sample: usize,
    ) -> Result<(), Error> {
        let difference = compare_recordings(&a, &b, MEMORY);
        let all = [&a, &b].into_iter().flat_map(|side| &side.arrays).map(|(request, _)| request);
        let compared = |name: &String| difference.nodes.iter().any(|node| node.node == *name);
        let missing = all.map(|request| &request.node).filter(|name| !compared(name));
        self.missing.extend(missing.cloned());
        if difference.nodes.is_empty() {
            return Err(refuse("there is no node that spikes in both"));
        }
        let outputs: Vec<String> = models.iter().filter_map(|model| model.answer().ok()).collect();
        let output = difference.nodes.iter().find(|node| outputs.contains(&node.node));
        self.same_output =
            output.map(|output| self.same_output.unwrap_or(0) + u64::from(output.entries == 0));
        let Some(first) = difference.first else {
            self.same_spikes += 1;
            return Ok(());
        };
        let (step, node, neuron) = (first.step, first.node, first.neuron);
        let found = FirstDifference { step, sample, node, neuron };
        self.first = Some(match self.first.take() {
            Some(earlier) => earlier.min(found),
            None => found,
        });
        Ok(())
    }
}

/// The spikes of some samples.
enum Spikes {
    /// Step by step: an array of shape (T, *shape) for each node.
    Steps { steps: usize, dt: Option<f64>, samples: Vec<Recording> },
    /// In continuous time: the trains of all samples, for each node with its name.
    Trains { trains: Vec<(String, Vec<Train>)>, samples: usize },
}

impl Spikes {
    /// Runs a model.
    fn of(model: &Model, bound: &Bound) -> Result<Self, Error> {
        let samples = bound.len();
        if let Some(design) = model.engine().design() {
            let (steps, dt) = model.grid_of(bound)?;
            let one = |sample| design.record_nodes(sample, steps, dt).map_err(Error::all);
            let samples = bound.stimulus.samples.iter().map(one).collect::<Result<_, Error>>()?;
            return Ok(Self::Steps { steps, dt: model.dt(), samples });
        }
        let recording = model.run_bound(bound, &Run::new())?;
        let Some(steps) = recording.steps else {
            return Ok(Self::Trains { trains: recording.events, samples });
        };
        let mut found: Vec<Recording> = Vec::new();
        for sample in 0..samples {
            let mut arrays = Vec::new();
            for (request, array) in &recording.arrays {
                let array =
                    if recording.has_batch { one_of(array, sample)? } else { array.clone() };
                arrays.push((request.clone(), array));
            }
            found.push(Recording { arrays });
        }
        Ok(Self::Steps { steps, dt: recording.dt, samples: found })
    }

    /// The spikes of both sides, sample by sample, in the steps of the side that has steps.
    fn on_one_grid(sides: [Self; 2]) -> Result<Vec<(Recording, Recording)>, Error> {
        let pairs = match sides {
            [
                Self::Steps { steps, dt, samples },
                Self::Steps { steps: others, dt: other, samples: b },
            ] => {
                if let (Some(dt), Some(other)) = (dt, other)
                    && (dt - other).abs() > 1e-9 * dt
                {
                    return Err(refuse(format!("the time steps differ: {dt} s and {other} s")));
                }
                if steps != others {
                    return Err(refuse(format!("{steps} steps were run, and {others}")));
                }
                (samples, b)
            }
            [Self::Steps { steps, dt, samples }, Self::Trains { trains, .. }] => {
                let counted = counted(&trains, samples.len(), (steps, dt))?;
                (samples, counted)
            }
            [Self::Trains { trains, samples }, Self::Steps { steps, dt, samples: b }] => {
                (counted(&trains, samples, (steps, dt))?, b)
            }
            [Self::Trains { .. }, Self::Trains { .. }] => (Vec::new(), Vec::new()),
        };
        Ok(pairs.0.into_iter().zip(pairs.1).collect())
    }
}

/// The spikes of the neurons of a graph, sources first.
fn neurons(recording: Recording, graph: &Graph, facts: &Facts) -> Recording {
    let mut arrays = recording.arrays;
    arrays.retain(|(request, _)| {
        request.observable == Observable::Spikes && spikes(graph, facts, &request.node)
    });
    let requests: BTreeSet<Request> = arrays.iter().map(|(request, _)| request.clone()).collect();
    let order = in_order(facts, requests.into_iter().collect());
    arrays.sort_by_key(|(request, _)| order.iter().position(|other| other == request));
    Recording { arrays }
}

/// A sample of an array of shape (T, B, *shape).
fn one_of(array: &Tensor, sample: usize) -> Result<Tensor, Error> {
    let failed = || refuse("a recording has no samples");
    let [steps, samples, shape @ ..] = array.shape() else { return Err(failed()) };
    let channels: usize = shape.iter().product();
    let values = array.to_f64().ok_or_else(failed)?;
    let mut own = Vec::with_capacity(steps * channels);
    for step in 0..*steps {
        let first = (step * samples + sample) * channels;
        own.extend_from_slice(values.get(first..first + channels).ok_or_else(failed)?);
    }
    Tensor::new(&[&[*steps], shape].concat(), own).map_err(|error| refuse(error.to_string()))
}

/// Trains counted by steps, for each sample.
fn counted(
    trains: &[(String, Vec<Train>)],
    samples: usize,
    (steps, dt): (usize, Option<f64>),
) -> Result<Vec<Recording>, Error> {
    let dt = dt.ok_or_else(|| refuse("steps without a length are none in continuous time"))?;
    let of_node = |(name, trains): &(String, Vec<Train>), sample: usize| {
        let train = trains.get(sample).cloned().unwrap_or_default();
        let mut counts = vec![0.0; steps * train.outputs];
        for (time, channel) in train.times.iter().zip(&train.channels) {
            let (step, channel) = (SpikeStep::Floor.of(time / dt), *channel as usize);
            if step < steps && channel < train.outputs {
                counts[step * train.outputs + channel] += 1.0;
            }
        }
        let request = Request { node: name.clone(), observable: Observable::Spikes };
        let array = Tensor::new(&[steps, train.outputs], counts);
        Ok((request, array.map_err(|error| refuse(error.to_string()))?))
    };
    let of_sample = |sample| {
        let arrays = trains.iter().map(|node| of_node(node, sample));
        Ok(Recording { arrays: arrays.collect::<Result<_, Error>>()? })
    };
    (0..samples).map(of_sample).collect()
}
