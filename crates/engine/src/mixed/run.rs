//! Runs: what changes from step to step.

use std::collections::VecDeque;
use std::sync::Arc;

use super::network::{Population, Projection, Reset};
use super::program::{Planned, Program};
use crate::integer::Source;
use crate::integer::record::Read;
use crate::integer::time_block::{StateField, StateProbe};
use nirkit_run::recording::Request;

/// A run of a program: one sample. A clone goes on from where the run stands.
#[derive(Clone, Debug)]
pub struct Run {
    planned: Arc<Planned>,
    states: Vec<State>,
    /// Spikes of each input, the newest first.
    inputs: Vec<VecDeque<Vec<i64>>>,
    /// Spikes of each population, the newest first.
    outputs: Vec<VecDeque<Vec<i64>>>,
}

/// What changes in a population.
#[derive(Clone, Debug)]
struct State {
    /// The currents, or what arrived in the last step.
    i: Vec<f32>,
    v: Vec<f32>,
}

impl Run {
    pub(super) fn new(planned: Arc<Planned>) -> Self {
        let network = &planned.network;
        let silent = |channels: usize, delay: usize| vec![vec![0; channels]; delay + 1].into();
        let inputs = network.inputs.iter().zip(&planned.inputs);
        let outputs = network.populations.iter().zip(&planned.outputs);
        let state = |population: &Population| {
            let zeros = vec![0.0; population.neurons()];
            State { i: zeros.clone(), v: zeros }
        };
        Self {
            states: network.populations.iter().map(state).collect(),
            inputs: inputs.map(|(input, &delay)| silent(input.channels, delay)).collect(),
            outputs: outputs.map(|(source, &delay)| silent(source.neurons(), delay)).collect(),
            planned,
        }
    }

    /// Takes a step; `frame(input)` has the spikes that enter an input, none where it is short.
    pub fn step<'a>(&mut self, frame: impl Fn(usize) -> &'a [i64]) {
        for (at, history) in self.inputs.iter_mut().enumerate() {
            history.rotate_right(1);
            if let Some(newest) = history.front_mut() {
                newest.fill(0);
                newest.iter_mut().zip(frame(at)).for_each(|(count, &given)| *count = given);
            }
        }
        // Spikes arrive a step later at the earliest, so that the order of the turns does not matter.
        for history in &mut self.outputs {
            history.rotate_right(1);
        }
        let planned = Arc::clone(&self.planned);
        for (at, population) in planned.network.populations.iter().enumerate() {
            let sums = self.sums(&planned, at, population.neurons());
            if let Some(newest) = self.outputs[at].front_mut() {
                population.update(&mut self.states[at], &sums, newest);
            }
        }
    }

    /// What arrives at each neuron of a population.
    fn sums(&self, planned: &Planned, at: usize, neurons: usize) -> Vec<i64> {
        let mut sums = vec![0; neurons];
        for projection in planned.network.projections.iter().filter(|p| p.target == at) {
            let seen = match projection.source {
                Source::Input(input) => &self.inputs[input][projection.delay],
                Source::Population(source) => &self.outputs[source][projection.delay],
            };
            for (sum, arrived) in sums.iter_mut().zip(projection.bring(seen)) {
                *sum += arrived;
            }
        }
        sums
    }

    /// The numbers of a request after the last step; `None` for what there is not.
    #[must_use]
    pub fn observe(&self, program: &Program, request: &Request) -> Option<Vec<f64>> {
        let numbers = self.read(program.subject(request)?.into());
        Some(match numbers {
            Read::Spikes(counts) => counts.iter().map(|&count| count as f64).collect(),
            Read::States(numbers) => numbers.iter().map(|&number| f64::from(number)).collect(),
        })
    }

    /// Numbers of a track after the last step.
    pub(super) fn read(&self, track: StateProbe) -> Read<'_, f32> {
        let part = track.part;
        match track.look {
            StateField::Spikes => Read::Spikes(&self.outputs[part][0]),
            StateField::Voltage => Read::States(&self.states[part].v),
            StateField::Current(_) => Read::States(&self.states[part].i),
        }
    }
}

impl Projection {
    /// The sums that counts of spikes become.
    fn bring(&self, counts: &[i64]) -> Vec<i64> {
        let mut signal = counts.to_vec();
        for map in &self.maps {
            let mut sums = vec![0; map.targets()];
            for (source, &count) in signal.iter().enumerate().filter(|&(_, &count)| count != 0) {
                map.visit(source, |target, weight| sums[target] += count * weight);
            }
            signal = sums;
        }
        signal
    }
}

impl Population {
    /// Updates all neurons; `spikes` is overwritten.
    fn update(&self, state: &mut State, sums: &[i64], spikes: &mut [i64]) {
        for neuron in 0..sums.len() {
            let sum = sums[neuron] as f32;
            let kept = self.synapse.as_ref().map(|kept| kept[neuron] * state.i[neuron]);
            let i = kept.map_or(sum, |kept| kept + sum);
            let v = self.membrane[neuron] * state.v[neuron] + i + self.offset[neuron];
            let threshold = self.threshold[neuron];
            let fires = v > threshold;
            state.i[neuron] = i;
            state.v[neuron] = match self.reset {
                _ if !fires => v,
                Reset::Zero => 0.0,
                Reset::Subtract => v - threshold,
            };
            spikes[neuron] = i64::from(fires);
        }
    }
}
