//! The ideal, seen from a grid.

use std::collections::BTreeMap;

use nirkit_engine::clocked::Recording;
use nirkit_engine::clocked::SpikeStep;
use nirkit_exact::{Options, Program};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request};

use super::Job;
use super::side::{At, in_order};
use crate::error::Error;

/// The ideal of a graph.
#[derive(Debug)]
pub(super) struct Ideal {
    program: Program,
}

impl Ideal {
    /// Runs the graph in continuous time; its spikes are counted by steps.
    pub(super) fn run(job: &Job<'_>) -> Result<(Self, Recording), Error> {
        let options = Options {
            spike: job.spike,
            reset: job.ideal_reset,
            step: job.dt,
            max_spikes: most_spikes(job),
            max_pending: MOST_PENDING,
            ..Options::default()
        };
        let program = nirkit_exact::prepare(job.graph, job.facts, &options).map_err(|errors| {
            Error::several(errors.0.iter().map(|error| Error::new(format!("ideal: {error}"))))
        })?;
        let ideal = Self { program };
        let requests =
            in_order(job.facts, crate::model::requests_of_exact(&ideal.program, job.facts));
        let recording = ideal.counts(job, requests)?;
        Ok((ideal, recording))
    }

    /// Spikes of each node by steps: arrays of shape (T, *shape).
    fn counts(&self, job: &Job<'_>, requests: Vec<Request>) -> Result<Recording, Error> {
        let mut nodes: BTreeMap<usize, (usize, Vec<f64>)> = BTreeMap::new();
        let shapes: Vec<&Vec<usize>> = self.program.nodes().map(|(_, shape)| shape).collect();
        let position =
            |request: &Request| crate::model::position(&self.program, job.facts, &request.node);
        let wanted: Vec<(Request, usize)> = requests
            .into_iter()
            .filter_map(|r| Some((position(&r)?, r)).map(|(at, r)| (r, at)))
            .collect();
        for &(_, at) in &wanted {
            let channels: usize = shapes[at].iter().product();
            nodes.insert(at, (channels, vec![0.0; channels * job.steps]));
        }
        let mut counter = Counter { dt: job.dt, steps: job.steps, nodes };
        self.advance(job, job.steps as f64 * job.dt, &mut counter)?;
        let nodes = counter.nodes;
        let arrays = wanted.into_iter().map(|(request, at)| {
            let shape = [&[job.steps], shapes[at].as_slice()].concat();
            let counts = nodes.get(&at).map_or_else(Vec::new, |(_, counts)| counts.clone());
            let array = Tensor::new(&shape, counts).map_err(|e| Error::new(e.to_string()))?;
            Ok((request, array))
        });
        Ok(Recording { arrays: arrays.collect::<Result<_, Error>>()? })
    }

    /// The voltage of a neuron at the ends of the first steps.
    pub(super) fn voltages(
        &self,
        job: &Job<'_>,
        node: &str,
        neuron: usize,
        steps: usize,
    ) -> Result<Vec<f64>, Error> {
        let Some(at) = self.program.find(node) else { return Ok(Vec::new()) };
        let times: Vec<f64> = (1..=steps).map(|step| step as f64 * job.dt).collect();
        let mut found = nirkit_exact::Recording::sampling(times, [(at, Observable::V)]);
        self.advance(job, steps as f64 * job.dt, &mut found)?;
        let channels = self.program.nodes().nth(at).map_or(1, |(_, shape)| shape.iter().product());
        let rows = found.traces.into_iter().flat_map(|trace| trace.values);
        Ok(rows.skip(neuron).step_by(channels).collect())
    }

    /// The voltages of neurons, each at the end of its step; `None` for what is no neuron.
    pub(super) fn voltages_at(
        &self,
        job: &Job<'_>,
        at: &[At<'_>],
    ) -> Result<Vec<Option<f64>>, Error> {
        let mut glance = Glance { dt: job.dt, steps: BTreeMap::new(), found: vec![None; at.len()] };
        for (number, at) in at.iter().enumerate() {
            if let Some(node) = self.program.find(at.node) {
                glance.steps.entry(at.step).or_default().push((number, node, at.neuron));
            }
        }
        let last = glance.steps.keys().next_back().map_or(0, |&step| step + 1);
        self.advance(job, last as f64 * job.dt, &mut glance)?;
        Ok(glance.found)
    }

    fn advance(
        &self,
        job: &Job<'_>,
        until: f64,
        recorder: &mut dyn nirkit_exact::Recorder,
    ) -> Result<(), Error> {
        let failed = |error: String| Error::new(format!("ideal: {error}"));
        let mut run = self.program.start(job.stimulus).map_err(|errors| {
            Error::several(errors.0.iter().map(|error| failed(error.to_string())))
        })?;
        run.advance(until, recorder).map_err(|error| {
            let (time, spikes) = (run.time(), run.report().counts.spikes);
            failed(format!("{error}; the run got to {time} s of {until} s, with {spikes} spikes"))
        })
    }
}

/// Signals that may be on their way at once in a comparison: fewer than for a run by itself, since whoever compares
/// waits for several.
const MOST_PENDING: usize = 1_000_000;

/// Spikes that a neuron may put out in a step, on average over all: where a network excites itself without end, the run
/// ends after seconds.
const MOST_PER_STEP: u64 = 20;

fn most_spikes(job: &Job<'_>) -> u64 {
    const FEW: u64 = 1_000_000;
    let neurons: u64 = job.facts.leaves().iter().map(|leaf| leaf.outputs() as u64).sum();
    let many = neurons.saturating_mul(job.steps as u64).saturating_mul(MOST_PER_STEP);
    job.limits.spikes.min(many.max(FEW))
}

/// Looks at the voltages of some neurons at the ends of some steps.
struct Glance {
    dt: f64,
    /// The steps that are still to come: the number of what is looked at, its node, its neuron.
    steps: BTreeMap<usize, Vec<(usize, usize, usize)>>,
    found: Vec<Option<f64>>,
}

impl nirkit_exact::Recorder for Glance {
    fn spike(&mut self, _: nirkit_exact::Event) -> std::io::Result<()> {
        Ok(())
    }

    fn next_sample(&self) -> Option<f64> {
        self.steps.keys().next().map(|&step| (step + 1) as f64 * self.dt)
    }

    fn sample(&mut self, probe: &nirkit_exact::Probe<'_>) -> std::io::Result<()> {
        let Some((_, wanted)) = self.steps.pop_first() else { return Ok(()) };
        let mut voltages = Vec::new();
        for (number, node, neuron) in wanted {
            voltages.clear();
            probe.append(node, Observable::V, &mut voltages);
            self.found[number] = voltages.get(neuron).copied();
        }
        Ok(())
    }
}

/// Counts spikes by steps while the run goes on.
struct Counter {
    dt: f64,
    steps: usize,
    /// For each node that is counted: its channels, and the counts of all steps.
    nodes: BTreeMap<usize, (usize, Vec<f64>)>,
}

impl nirkit_exact::Recorder for Counter {
    fn spike(&mut self, event: nirkit_exact::Event) -> std::io::Result<()> {
        let step = SpikeStep::Floor.of(event.time / self.dt);
        if let (true, Some((channels, counts))) =
            (step < self.steps, self.nodes.get_mut(&event.node))
        {
            counts[step * *channels + event.channel] += event.value;
        }
        Ok(())
    }
}
