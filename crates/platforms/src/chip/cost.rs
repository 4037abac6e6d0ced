//! What a stimulus costs on a chip: counted operations, and estimates from published figures.

use nirkit_sim::integer::Frames;
use nirkit_sim::{Observable, Request, Stimulus};
use serde::Serialize;

use super::Chip;
use super::design::{Design, Emulation};

/// A published figure, from the smallest to the largest value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// In joules or seconds.
    pub range: [f64; 2],
    /// Where it is published, and for what.
    pub source: &'static str,
}

/// Figures for the operations of a chip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// Energy of a synaptic operation, in joules.
    pub synaptic_operation: Figure,
    /// Energy of the update of a neuron, in joules; `None` where it is part of the former.
    pub neuron_update: Option<Figure>,
    /// Time of a step without work, in seconds.
    pub step: Figure,
    /// Time of a synaptic operation and of the update of a neuron in one core, in seconds; `None`
    /// where a step takes its time whatever there is to do.
    pub work: Option<[Figure; 2]>,
}

/// What a stimulus costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// Steps.
    pub steps: usize,
    /// Inputs and populations.
    pub layers: Vec<LayerCost>,
    /// Synaptic operations in all.
    pub synaptic_operations: usize,
    /// Updates of neurons in all.
    pub neuron_updates: usize,
    /// Multiplications and additions of a processor without events in all.
    pub macs: usize,
    /// Estimates, if figures are published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

/// What an input or a population costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerCost {
    /// Its name.
    pub name: String,
    /// Its spikes.
    pub spikes: usize,
    /// Synaptic operations that its spikes set off.
    pub synaptic_operations: usize,
    /// Multiplications and additions of a processor without events on what it sends.
    pub macs: usize,
}

/// Energy and time, from the smallest to the largest value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// In joules.
    pub energy: [f64; 2],
    /// In seconds.
    pub latency: [f64; 2],
    /// Where the figures come from.
    pub sources: Vec<&'static str>,
}

/// Runs a stimulus for so many steps of `dt` seconds and counts what it sets off.
pub fn cost(
    chip: &Chip,
    design: &Design,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
) -> Result<Cost, Vec<String>> {
    let spikes = spikes(design, stimulus, steps, dt)?;
    let layer = |(name, counts): &(String, Vec<usize>)| {
        let wires = || design.wires.iter().filter(|wire| wire.source == *name);
        let reached = |fan_out: &[usize]| -> usize {
            fan_out.iter().zip(counts).map(|(reached, count)| reached * count).sum()
        };
        LayerCost {
            name: name.clone(),
            spikes: counts.iter().sum(),
            synaptic_operations: wires().map(|wire| reached(&wire.fan_out)).sum(),
            macs: wires().map(|wire| wire.macs * steps).sum(),
        }
    };
    let layers: Vec<LayerCost> = spikes.iter().map(layer).collect();
    let neurons: usize = design.placed.iter().map(|placed| placed.neurons).sum();
    let operations = layers.iter().map(|layer| layer.synaptic_operations).sum();
    let updates = neurons * steps;
    let parts: Vec<&str> = design.placed.iter().map(|placed| placed.part.as_str()).collect();
    let cores = parts.iter().enumerate().filter(|(at, part)| !parts[..*at].contains(part)).count();
    let estimate =
        chip.prices.map(|prices| prices.estimate(steps, operations, updates, cores.max(1)));
    Ok(Cost {
        steps,
        macs: layers.iter().map(|layer| layer.macs).sum(),
        layers,
        synaptic_operations: operations,
        neuron_updates: updates,
        estimate,
    })
}

/// Spikes of each channel of every input and population.
fn spikes(
    design: &Design,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
) -> Result<Vec<(String, Vec<usize>)>, Vec<String>> {
    let inputs = match &design.emulation {
        Emulation::Integer(program) => program.inputs(),
        Emulation::Mixed(program) => program.inputs(),
        Emulation::Scheme(_) => {
            return Err(vec!["synapses of this chip are not counted".to_owned()]);
        }
    };
    let words = |errors: Vec<nirkit_sim::integer::RunError>| -> Vec<String> {
        errors.iter().map(ToString::to_string).collect()
    };
    let frames = Frames::new(inputs, stimulus, steps, dt).map_err(words)?;
    let mut all = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let mut counts = vec![0; input.channels];
        for step in 0..steps {
            for (sum, &count) in counts.iter_mut().zip(frames.at(at, step)) {
                *sum += count as usize;
            }
        }
        all.push((input.name.clone(), counts));
    }
    let is_spikes = |request: &Request| request.observable == Observable::Spikes;
    let requests: Vec<Request> =
        design.emulation.requests().into_iter().filter(is_spikes).collect();
    let recording = design.emulation.record(stimulus, steps, dt, &requests)?;
    for (request, tensor) in recording.arrays {
        let trains = tensor.to_i64().unwrap_or_default();
        let channels = (trains.len() / steps.max(1)).max(1);
        let count = |channel| {
            trains.iter().skip(channel).step_by(channels).map(|&count| count as usize).sum()
        };
        all.push((request.node, (0..channels).map(count).collect()));
    }
    Ok(all)
}

impl Prices {
    /// Energy is proportional to what is done. The least time is that of work spread evenly over all
    /// cores that are used, the most that of work in a single one.
    fn estimate(&self, steps: usize, operations: usize, updates: usize, cores: usize) -> Estimate {
        let each = [operations as f64, updates as f64];
        let mut sources = vec![self.synaptic_operation.source, self.step.source];
        let mut energy = self.synaptic_operation.range.map(|joules| joules * each[0]);
        let mut latency = self.step.range.map(|seconds| seconds * steps as f64);
        if let Some(update) = self.neuron_update {
            sources.push(update.source);
            energy = [0, 1].map(|end| energy[end] + update.range[end] * each[1]);
        }
        for (figure, count) in self.work.into_iter().flatten().zip(each) {
            sources.push(figure.source);
            latency[0] += figure.range[0] * count / cores as f64;
            latency[1] += figure.range[1] * count;
        }
        let mut seen = Vec::new();
        sources.retain(|source| {
            let is_new = !seen.contains(source);
            seen.push(*source);
            is_new
        });
        Estimate { energy, latency, sources }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_follows_operations_and_time_the_spread_of_work() {
        let figure = |range, source| Figure { range, source };
        let prices = Prices {
            synaptic_operation: figure([1.0, 2.0], "a"),
            neuron_update: Some(figure([10.0, 20.0], "b")),
            step: figure([100.0, 200.0], "a"),
            work: Some([figure([4.0, 4.0], "a"), figure([8.0, 8.0], "c")]),
        };
        let found = prices.estimate(3, 5, 6, 2);
        assert_eq!(found.energy, [5.0 + 60.0, 10.0 + 120.0]);
        assert_eq!(found.latency, [300.0 + 10.0 + 24.0, 600.0 + 20.0 + 48.0]);
        assert_eq!(found.sources, ["a", "b", "c"]);
    }
}
