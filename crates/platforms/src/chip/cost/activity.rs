//! Spikes and what they set off, counted in the emulation.

use std::collections::BTreeMap;

use nirkit_run::{Observable, Request, Stimulus, interrupt};
use serde::Serialize;

use super::super::{Connection, Design};

/// What happens in a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Activity {
    /// Steps that were run.
    pub steps: usize,
    /// Length of a step in seconds, if it is known.
    pub dt: Option<f64>,
    /// The inputs, then the populations in the order of their turns.
    pub layers: Vec<Layer>,
    /// What arrives at populations, connection by connection.
    pub traffic: Vec<Traffic>,
}

/// Spikes of an input or a population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Its neurons or channels.
    pub neurons: usize,
    /// Whether spikes enter here from outside.
    pub is_input: bool,
    /// Its spikes.
    pub spikes: u64,
    /// How often a neuron spiked in a step, once or several times.
    pub events: u64,
}

/// What a connection carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Name of the input or population whose spikes it carries.
    pub source: String,
    /// Name of the population that it leads to.
    pub target: String,
    /// Spikes that arrive within the run and are seen.
    pub spikes: u64,
    /// Synapses with a weight other than 0 that these spikes reach, a spike at a time.
    pub synaptic_operations: u64,
    /// Multiplications and additions of the run when nothing is left out.
    pub macs: u64,
}

/// Spikes of one layer: its name, channels, and numbers of spikes by step and channel.
struct Counts {
    name: String,
    channels: usize,
    values: Vec<i64>,
}

impl Activity {
    /// Runs a stimulus and counts.
    pub(super) fn count(
        design: &Design,
        stimulus: &Stimulus,
        steps: usize,
        dt: Option<f64>,
    ) -> Result<Self, Vec<String>> {
        let entering = entering(design, stimulus, steps, dt)?;
        let spiking = spiking(design, stimulus, steps, dt)?;
        let layer = |counts: &Counts, is_input| Layer {
            name: counts.name.clone(),
            neurons: counts.channels,
            is_input,
            spikes: counts.values.iter().sum::<i64>() as u64,
            events: counts.values.iter().filter(|&&count| count > 0).count() as u64,
        };
        let inputs = entering.iter().map(|counts| layer(counts, true));
        let layers = inputs.chain(spiking.iter().map(|counts| layer(counts, false))).collect();
        let mut by_name: BTreeMap<&str, &Counts> = BTreeMap::new();
        for counts in entering.iter().chain(&spiking) {
            by_name.entry(&counts.name).or_insert(counts);
        }
        let carry = |connection: &Connection| {
            let counts = by_name.get(connection.source.as_str());
            counts.map_or_else(
                || Traffic::none(connection),
                |counts| Traffic::of(connection, counts, steps),
            )
        };
        Ok(Self { steps, dt, layers, traffic: design.connections.iter().map(carry).collect() })
    }

    /// Synaptic operations of all connections.
    #[must_use]
    pub fn synaptic_operations(&self) -> u64 {
        self.traffic.iter().map(|traffic| traffic.synaptic_operations).sum()
    }

    /// How often a neuron is updated: each neuron in each step.
    #[must_use]
    pub fn updates(&self) -> u64 {
        let neurons: usize = self.populations().map(|layer| layer.neurons).sum();
        (neurons * self.steps) as u64
    }

    /// The layers that are populations of neurons.
    pub fn populations(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().filter(|layer| !layer.is_input)
    }

    /// Length of the run in seconds, if it is known.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        self.dt.map(|dt| dt * self.steps as f64)
    }
}

/// What enters.
fn entering(
    design: &Design,
    stimulus: &Stimulus,
    steps: usize,
    dt: Option<f64>,
) -> Result<Vec<Counts>, Vec<String>> {
    let frames = design.emulation.entering(stimulus, steps, dt.unwrap_or(1.0))?;
    let of = |(at, (name, shape)): (usize, (String, Vec<usize>))| Counts {
        name,
        channels: shape.iter().product(),
        values: interrupt::wanted(0..steps).flat_map(|step| frames.at(at, step)).copied().collect(),
    };
    Ok(design.emulation.inputs().into_iter().enumerate().map(of).collect())
}

/// What all populations spike.
fn spiking(
    design: &Design,
    stimulus: &Stimulus,
    steps: usize,
    dt: Option<f64>,
) -> Result<Vec<Counts>, Vec<String>> {
    let mut requests = design.emulation.requests();
    requests.retain(|request| request.observable == Observable::Spikes);
    let recording = design.emulation.record(stimulus, steps, dt.unwrap_or(1.0), &requests)?;
    let of = |(request, array): &(Request, nirkit_numerics::Tensor)| Counts {
        name: request.node.clone(),
        channels: array.shape().iter().skip(1).product(),
        values: array.to_i64().unwrap_or_default(),
    };
    Ok(recording.arrays.iter().map(of).collect())
}

impl Traffic {
    fn none(connection: &Connection) -> Self {
        let (source, target) = (connection.source.clone(), connection.target.clone());
        Self { source, target, spikes: 0, synaptic_operations: 0, macs: 0 }
    }

    /// What spikes set off on a connection. Those of the last steps are still on their way at the end.
    fn of(connection: &Connection, counts: &Counts, steps: usize) -> Self {
        let mut traffic = Self { macs: (connection.macs * steps) as u64, ..Self::none(connection) };
        let arriving = steps.saturating_sub(connection.delay);
        let frames = counts.values.chunks(counts.channels.max(1));
        for (_, frame) in interrupt::wanted(0..arriving).zip(frames) {
            for (&count, &fan_out) in frame.iter().zip(&connection.fan_out) {
                let seen = connection.limit.map_or(count, |limit| count.min(limit)) as u64;
                traffic.spikes += seen;
                traffic.synaptic_operations += seen * fan_out as u64;
            }
        }
        traffic
    }
}
