//! Runs of integers: what changes from step to step.

use std::collections::VecDeque;
use std::sync::Arc;

use super::network::{Arrival, Order, Source};
use super::population::State;
use super::program::Planned;
use super::projection::Way;
use super::time_block::{StateField, StateProbe};

/// A run of a program: one sample. A clone goes on from where the run stands.
#[derive(Clone, Debug)]
pub(super) struct Run {
    planned: Arc<Planned>,
    states: Vec<State>,
    /// Spikes of each input, the newest first.
    inputs: Vec<VecDeque<Vec<i64>>>,
    /// Spikes of each population, the newest first.
    outputs: Vec<VecDeque<Vec<i64>>>,
    /// Room for what is on the way.
    counts: Vec<i64>,
    scratch: Vec<i64>,
    sums: Vec<i64>,
}

impl Run {
    pub(super) fn new(planned: Arc<Planned>) -> Self {
        let network = &planned.network;
        let silent = |channels: usize, delay: usize| vec![vec![0; channels]; delay + 1].into();
        let inputs = network.inputs.iter().map(|input| input.channels);
        let outputs = network.populations.iter().map(super::network::Population::neurons);
        Self {
            states: network.populations.iter().map(State::new).collect(),
            inputs: inputs.zip(&planned.inputs).map(|(n, &delay)| silent(n, delay)).collect(),
            outputs: outputs.zip(&planned.outputs).map(|(n, &delay)| silent(n, delay)).collect(),
            counts: Vec::new(),
            scratch: Vec::new(),
            sums: Vec::new(),
            planned,
        }
    }

    /// Takes a step; `frame(input)` has the spikes that enter an input, none where it is short.
    pub(super) fn step<'a>(&mut self, frame: impl Fn(usize) -> &'a [i64]) {
        for (at, history) in self.inputs.iter_mut().enumerate() {
            history.rotate_right(1);
            if let Some(newest) = history.front_mut() {
                newest.fill(0);
                for (count, &given) in newest.iter_mut().zip(frame(at)) {
                    *count = given;
                }
            }
        }
        let planned = Arc::clone(&self.planned);
        for (at, population) in planned.network.populations.iter().enumerate() {
            self.arrive(&planned, at);
            self.outputs[at].rotate_right(1);
            if let Some(newest) = self.outputs[at].front_mut() {
                population.update(&mut self.states[at], newest);
            }
        }
    }

    /// Brings to a population what arrives in this step.
    ///
    /// Its own spikes are not of this step yet, so that their history is one step behind.
    fn arrive(&mut self, planned: &Planned, at: usize) {
        let population = &planned.network.populations[at];
        for (index, synapse) in population.synapses.iter().enumerate() {
            synapse.decay(Order::DecayThenArrive, &mut self.states[at].currents[index]);
            self.sums.clear();
            self.sums.resize(population.neurons(), 0);
            for link in planned.links[at].iter().filter(|link| link.synapse == index) {
                let seen = match link.source {
                    Source::Input(input) => &self.inputs[input][link.delay],
                    Source::Population(source) if source < at => &self.outputs[source][link.delay],
                    Source::Population(source) => &self.outputs[source][link.delay - 1],
                };
                self.counts.clear();
                let limit = link.limit.unwrap_or(i64::MAX);
                self.counts.extend(seen.iter().map(|&count| count.min(limit)));
                match &link.way {
                    Way::EachSpike(matrix) => Way::deliver(
                        matrix,
                        &self.counts,
                        synapse.register,
                        &mut self.states[at].currents[index],
                    ),
                    Way::Sum { maps, shift, register } => Way::sum(
                        maps,
                        *shift,
                        *register,
                        &mut self.counts,
                        &mut self.scratch,
                        &mut self.sums,
                    ),
                }
            }
            if let Arrival::Sum { shift } = synapse.arrival {
                for (current, &sum) in self.states[at].currents[index].iter_mut().zip(&self.sums) {
                    *current = synapse.register.hold(*current + (sum << shift));
                }
            }
            synapse.decay(Order::ArriveThenDecay, &mut self.states[at].currents[index]);
        }
    }

    /// Numbers of a track after the last step.
    pub(super) fn read(&self, track: StateProbe) -> &[i64] {
        let part = track.part;
        match track.look {
            StateField::Spikes => &self.outputs[part][0],
            StateField::Voltage => &self.states[part].v,
            StateField::Current(synapse) => &self.states[part].currents[synapse],
        }
    }
}
