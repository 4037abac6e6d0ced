//! A run of a design as the nodes of the graph see it: chips stack layers to populations and spread
//! them over cores, and a comparison with another platform needs them by node again.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::Recording;
use nirkit_engine::clocked::semantics::Moment;
use nirkit_engine::{integer, mixed};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, Stimulus};

use super::design::{Design, Emulation, Placement};

/// Populations that are recorded in one run, which bounds the memory that a look at many of them takes.
const MOST_TOGETHER: usize = 256;

impl Design {
    /// Spikes of every node that was placed, step by step: arrays of shape (T, neurons).
    ///
    /// # Errors
    ///
    /// What keeps the design from taking the stimulus.
    pub fn record_nodes(
        &self,
        stimulus: &Stimulus,
        steps: usize,
        dt: f64,
    ) -> Result<Recording, Vec<String>> {
        let spikes = |name: &str| Request { node: name.to_owned(), observable: Observable::Spikes };
        // What a stimulus fills can take room on the chip, and is no neuron.
        let inputs = self.emulation.inputs();
        let is_neuron =
            |placed: &&Placement| inputs.iter().all(|(name, _)| name != &placed.population);
        let neurons: Vec<&Placement> = self.placements.iter().filter(is_neuron).collect();
        let nodes = once(neurons.iter().map(|placed| placed.node.as_str()));
        let populations = once(neurons.iter().map(|placed| placed.population.as_str()));
        let requests: Vec<Request> = populations.into_iter().map(spikes).collect();
        let recording = self.emulation.record(stimulus, steps, dt, &requests)?;
        let arrays: BTreeMap<&str, &Tensor> =
            recording.arrays.iter().map(|(r, array)| (r.node.as_str(), array)).collect();
        let mut parts_of: BTreeMap<&str, Vec<&Placement>> = BTreeMap::new();
        for placed in &self.placements {
            parts_of.entry(&placed.node).or_default().push(placed);
        }
        let of_node = |node: &str| {
            let parts = parts_of.get(node).into_iter().flatten().copied();
            let parts: Vec<(&Placement, Vec<i64>, usize)> = parts
                .filter_map(|placed| {
                    let array = arrays.get(placed.population.as_str())?;
                    Some((placed, array.to_i64()?, array.len() / steps.max(1)))
                })
                .collect();
            let row = |step: usize| {
                parts.iter().flat_map(move |(placed, values, width)| {
                    let first = step * width + placed.first;
                    values[first..first + placed.neurons].iter().copied()
                })
            };
            let values: Vec<i64> = (0..steps).flat_map(row).collect();
            let neurons = parts.iter().map(|(placed, ..)| placed.neurons).sum();
            let array = Tensor::new(&[steps, neurons], values);
            Ok((spikes(node), array.map_err(|error| vec![error.to_string()])?))
        };
        let arrays = nodes.into_iter().map(of_node).collect::<Result<_, Vec<String>>>()?;
        Ok(Recording { arrays })
    }

    /// A neuron of a node, step by step; none if it was not placed.
    ///
    /// Voltages are those after the step, with what the spikes took off them where the reset
    /// subtracts; where it is to 0, a neuron that spiked has 0.
    ///
    /// # Errors
    ///
    /// What keeps the design from taking the stimulus.
    pub fn moments(
        &self,
        (node, neuron): (&str, usize),
        stimulus: &Stimulus,
        steps: usize,
        dt: f64,
    ) -> Result<Vec<Moment>, Vec<String>> {
        let Some((population, at)) = self.place_of(node, neuron) else { return Ok(Vec::new()) };
        let Some((threshold, subtracts)) = self.emulation.threshold(population, at) else {
            return Ok(Vec::new());
        };
        let requests = [Observable::Spikes, Observable::V]
            .map(|observable| Request { node: population.to_owned(), observable });
        let recording = self.emulation.record(stimulus, steps, dt, &requests)?;
        let trains: Vec<Vec<f64>> = recording
            .arrays
            .iter()
            .map(|(_, array)| {
                let width = (array.len() / steps.max(1)).max(1);
                let values = array.to_f64().unwrap_or_default();
                values.iter().skip(at).step_by(width).copied().collect()
            })
            .collect();
        let [spikes, after] = trains.as_slice() else { return Ok(Vec::new()) };
        let moment = |(&spikes, &after): (&f64, &f64)| {
            let taken = if subtracts { spikes * threshold } else { 0.0 };
            Moment { spikes, v: after + taken, threshold }
        };
        Ok(spikes.iter().zip(after).map(moment).collect())
    }

    /// Neurons of nodes, each in its step, in one run; `None` for what is not on the chip.
    ///
    /// # Errors
    ///
    /// What keeps the design from taking the stimulus.
    pub fn moments_at(
        &self,
        wanted: &[((&str, usize), usize)],
        stimulus: &Stimulus,
        dt: f64,
    ) -> Result<Vec<Option<Moment>>, Vec<String>> {
        let steps = wanted.iter().map(|(_, step)| step + 1).max().unwrap_or(0);
        let mut places: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        for (number, ((node, neuron), _)) in wanted.iter().enumerate() {
            if let Some((population, at)) = self.place_of(node, *neuron) {
                places.entry(population).or_default().push((number, at));
            }
        }
        let mut moments = vec![None; wanted.len()];
        let populations: Vec<&str> = places.keys().copied().collect();
        for some in populations.chunks(MOST_TOGETHER) {
            let request = |node: &str, observable| Request { node: node.to_owned(), observable };
            let both = [Observable::Spikes, Observable::V];
            let requests = some.iter().flat_map(|node| both.map(|wanted| request(node, wanted)));
            let requests: Vec<Request> = requests.collect();
            let recording = self.emulation.record(stimulus, steps, dt, &requests)?;
            for population in some {
                let [spikes, after] = both.map(|wanted| {
                    let array = recording.get(population, wanted).and_then(Tensor::to_f64);
                    array.unwrap_or_default().into_owned()
                });
                let width = (spikes.len() / steps.max(1)).max(1);
                for &(number, at) in &places[population] {
                    let place = wanted[number].1 * width + at;
                    let threshold = self.emulation.threshold(population, at);
                    let numbers = spikes.get(place).zip(after.get(place)).zip(threshold);
                    moments[number] = numbers.map(|((&spikes, &after), (threshold, subtracts))| {
                        let taken = if subtracts { spikes * threshold } else { 0.0 };
                        Moment { spikes, v: after + taken, threshold }
                    });
                }
            }
        }
        Ok(moments)
    }

    /// The population that holds a neuron of a node, and its number there.
    fn place_of(&self, node: &str, neuron: usize) -> Option<(&str, usize)> {
        let mut left = neuron;
        for placed in self.placements.iter().filter(|placed| placed.node == node) {
            if left < placed.neurons {
                return Some((&placed.population, placed.first + left));
            }
            left -= placed.neurons;
        }
        None
    }

    /// What makes its spikes others than those of the graph, in words.
    #[must_use]
    pub fn departures(&self) -> Vec<String> {
        use crate::phrase::{brief, range};
        let mut words = vec![self.emulation.arithmetic().to_owned()];
        let losses = self.quantization_errors.iter().filter(|rounded| rounded.loss.max_error > 0.0);
        words.extend(losses.map(|rounded| {
            let loss = rounded.loss;
            let error = brief(loss.max_error);
            let (layer, what) = (&rounded.layer, rounded.what);
            format!("{layer}: {what}: off by up to {error}, of up to {}", brief(loss.extent))
        }));
        // Less is a rounding of the ratio of two times.
        let moved = self.time_constant_errors.iter().filter(|moved| moved.largest_change > 1e-9);
        words.extend(moved.map(|moved| {
            let [given, becomes] = [range(&moved.given), range(&moved.becomes)];
            format!("{}: {} of {given} s becomes {becomes} s", moved.layer, moved.what)
        }));
        let treated = self.approximations.iter();
        words.extend(
            treated.map(|treated| format!("{}: {}: {}", treated.layer, treated.what, treated.how)),
        );
        if self.lag > 0 {
            words.push(format!("spikes of the answer are late by {} steps", self.lag));
        }
        words
    }
}

/// Each name once, in the order in which they come first.
fn once<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}

impl Emulation {
    /// What the states are.
    fn arithmetic(&self) -> &'static str {
        match self {
            Self::Integer(_) => "weights, thresholds and states are integers",
            Self::Mixed(_) => "weights are integers, and states have single precision",
        }
    }

    /// The threshold of a neuron, and whether a spike takes it off the voltage.
    fn threshold(&self, population: &str, neuron: usize) -> Option<(f64, bool)> {
        match self {
            Self::Integer(program) => {
                let all = &program.network().populations;
                let fire = &all.iter().find(|found| found.name == population)?.fire;
                let subtracts = fire.reset == integer::Reset::Subtract;
                Some((*fire.threshold.get(neuron)? as f64, subtracts))
            }
            Self::Mixed(program) => {
                let all = &program.network().populations;
                let found = all.iter().find(|found| found.name == population)?;
                let subtracts = found.reset == mixed::Reset::Subtract;
                Some((f64::from(*found.threshold.get(neuron)?), subtracts))
            }
        }
    }
}
