//! The ideal, seen from a grid.

use std::collections::BTreeMap;

use nirkit_numerics::Tensor;
use nirkit_sim::clocked::Recording;
use nirkit_sim::exact::{self, Options, Program};
use nirkit_sim::{Observable, Request};

use super::Job;
use super::side::in_order;
use crate::error::Error;

/// A spike this much of a step before the end of its step counts for the next: times that are
/// meant to lie on the grid differ from it by a rounding.
const EDGE: f64 = 1e-9;

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
            ..Options::default()
        };
        let program = exact::prepare(job.graph, job.facts, &options).map_err(|errors| {
            Error::several(errors.0.iter().map(|error| Error::new(format!("ideal: {error}"))))
        })?;
        let ideal = Self { program };
        let requests = in_order(job.facts, crate::exact::requests(&ideal.program, job.facts));
        let recording = ideal.counts(job, requests)?;
        Ok((ideal, recording))
    }

    /// Spikes of each node by steps: arrays of shape (T, *shape).
    fn counts(&self, job: &Job<'_>, requests: Vec<Request>) -> Result<Recording, Error> {
        let mut nodes: BTreeMap<usize, (usize, Vec<f64>)> = BTreeMap::new();
        let shapes: Vec<&Vec<usize>> = self.program.nodes().map(|(_, shape)| shape).collect();
        let position =
            |request: &Request| crate::exact::position(&self.program, job.facts, &request.node);
        let wanted: Vec<(Request, usize)> = requests
            .into_iter()
            .filter_map(|r| Some((position(&r)?, r)).map(|(at, r)| (r, at)))
            .collect();
        for &(_, at) in &wanted {
            let channels: usize = shapes[at].iter().product();
            nodes.insert(at, (channels, vec![0.0; channels * job.steps]));
        }
        let mut found = exact::Recording::default();
        self.advance(job, job.steps as f64 * job.dt, &mut found)?;
        for event in &found.events {
            let step = (event.time / job.dt + EDGE).floor() as usize;
            if let (true, Some((channels, counts))) = (step < job.steps, nodes.get_mut(&event.node))
            {
                counts[step * *channels + event.channel] += event.value;
            }
        }
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
        let mut found = exact::Recording::sampling(times, [(at, Observable::V)]);
        self.advance(job, steps as f64 * job.dt, &mut found)?;
        let channels = self.program.nodes().nth(at).map_or(1, |(_, shape)| shape.iter().product());
        let rows = found.traces.into_iter().flat_map(|trace| trace.values);
        Ok(rows.skip(neuron).step_by(channels).collect())
    }

    fn advance(
        &self,
        job: &Job<'_>,
        until: f64,
        recorder: &mut dyn exact::Recorder,
    ) -> Result<(), Error> {
        let failed = |error: String| Error::new(format!("ideal: {error}"));
        let mut run = self.program.start(job.stimulus).map_err(|errors| {
            Error::several(errors.0.iter().map(|error| failed(error.to_string())))
        })?;
        run.advance(until, recorder).map_err(|error| failed(error.to_string()))
    }
}
