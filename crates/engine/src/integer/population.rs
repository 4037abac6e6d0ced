//! Populations as they run: one step of all their neurons.

use super::network::{Assembly, Membrane, Order, Population, Synapse};
use super::register::Overflow;

/// What changes in a population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The currents of each synapse, by neuron.
    pub(super) currents: Vec<Vec<i64>>,
    /// The voltages.
    pub(super) v: Vec<i64>,
}

impl State {
    pub(super) fn new(population: &Population) -> Self {
        let zeros = vec![0; population.neurons()];
        Self { currents: vec![zeros.clone(); population.synapses.len()], v: zeros }
    }
}

impl Synapse {
    /// Decays all currents, if it is the time for it. What still arrives is held with the rest.
    pub(super) fn decay(&self, when: Order, currents: &mut [i64]) {
        if self.order != when {
            return;
        }
        for (neuron, current) in currents.iter_mut().enumerate() {
            let kept = *current - self.decay.lost(neuron, *current);
            *current = match when {
                Order::DecayThenArrive => kept,
                Order::ArriveThenDecay => self.register.hold(kept),
            };
        }
    }
}

impl Membrane {
    /// The new voltage of a neuron, before it spikes.
    fn next(&self, neuron: usize, v: i64, current: i64) -> i64 {
        let bias = self.bias.get(neuron).copied().unwrap_or(0);
        let lost = self.decay.lost(neuron, v);
        let hold = |exact| self.register.hold(exact);
        match self.assembly {
            Assembly::AtOnce => hold(v - lost + current + bias),
            Assembly::ByChange => {
                let change = self.register.overflowing(Overflow::Wrap).hold(-lost);
                hold(v + hold(hold(change + current) + bias))
            }
        }
    }
}

impl Population {
    /// Updates all neurons, in ascending order; `spikes` is overwritten.
    pub(super) fn update(&self, state: &mut State, spikes: &mut [i64]) {
        spikes.fill(0);
        for neuron in 0..state.v.len() {
            let current = state.currents.iter().map(|currents| currents[neuron]).sum();
            let v = self.membrane.next(neuron, state.v[neuron], current);
            let (count, v) = self.fire.spikes(neuron, v, spikes[neuron]);
            (spikes[neuron], state.v[neuron]) = (count, v);
            for &alias in self.aliases.get(neuron).into_iter().flatten() {
                spikes[alias] = (spikes[alias] + count).min(self.fire.limit);
            }
        }
    }
}
