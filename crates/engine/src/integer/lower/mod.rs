//! Lowers a network of integers to a step program.
//!
//! Each population becomes a cell over its currents and its voltage, under the names of its observables. Every expression is
//! exact in 64 bits; a register holds its numbers by `min` and `max`, or by the remainder of its span.

mod population;
pub(crate) mod wiring;

use nirkit_step::{BufferId, Deliver, Numbers, Operation};

use super::network::{Arrival, Order};
use super::program::Program;
use super::projection::{Link, Way};
use super::register::Overflow;
use super::time_block::{StateField, StateProbe};
use population::{Sums, cell, decay};
use wiring::Wiring;

impl Program {
    /// Returns the step program that this one executes, or a sentence for each population that has none: one whose
    /// neurons count each other's spikes as theirs, or whose currents wrap once while spikes arrive one by one.
    ///
    /// A run of it gives the numbers of a run of this one.
    pub fn step_program(&self, dt: Option<f64>) -> Result<nirkit_step::Program, Vec<String>> {
        let network = self.network();
        let mut wiring = Wiring::new(dt, network.inputs.iter());
        let mut errors = Vec::new();
        let buffers: Vec<Buffers> = network
            .populations
            .iter()
            .map(|population| {
                let integers = |wiring: &mut Wiring, name: &str| {
                    wiring.program.buffer(
                        name,
                        &population.shape,
                        Numbers::I64(vec![0; population.neurons()]),
                    )
                };
                let name = &population.name;
                let spikes = integers(&mut wiring, name);
                let v = integers(&mut wiring, &format!("{name}.v"));
                let current = |(at, synapse): (usize, &super::Synapse)| {
                    let observable = synapse.observable.map(|observable| observable.to_string());
                    let observable = observable.unwrap_or_else(|| format!("current{at}"));
                    integers(&mut wiring, &format!("{name}.{observable}"))
                };
                let currents = population.synapses.iter().enumerate().map(current).collect();
                Buffers { spikes, v, currents }
            })
            .collect();
        wiring.frames();
        let outputs: Vec<BufferId> = buffers.iter().map(|buffers| buffers.spikes).collect();
        let links = self.0.links.iter().flatten().map(|link| (link.source, link.delay));
        wiring.delays(links, &outputs);
        for (at, (population, own)) in network.populations.iter().zip(&buffers).enumerate() {
            if population.aliases.iter().any(|aliases| !aliases.is_empty()) {
                let name = &population.name;
                errors.push(format!(
                    "neurons of {name} count each other's spikes, which no cell can"
                ));
                continue;
            }
            for (index, synapse) in population.synapses.iter().enumerate() {
                let current = own.currents[index];
                let neurons = population.neurons();
                if synapse.order == Order::DecayThenArrive {
                    wiring.push(Operation::Cell(decay(
                        synapse,
                        neurons,
                        current,
                        &Sums::default(),
                    )));
                }
                let links = self.0.links[at].iter().filter(|link| link.synapse == index);
                let mut sums = Sums::default();
                for link in links {
                    if !arrive(&mut wiring, link, &outputs, current, synapse, &mut sums) {
                        let name = &population.name;
                        errors
                            .push(format!("currents of {name} wrap once, which no register does"));
                    }
                }
                if let Arrival::Sum { shift } = synapse.arrival {
                    sums.shift = shift;
                }
                let decays = synapse.order == Order::ArriveThenDecay;
                if decays || !sums.terms.is_empty() {
                    wiring.program.push_cell(decay(synapse, neurons, current, &sums));
                }
            }
            wiring.program.push_cell(cell(population, own.v, &own.currents, own.spikes));
        }
        for request in self.requests() {
            let buffer = match self.subject(&request) {
                Some(StateProbe { part, look: StateField::Spikes }) => buffers[part].spikes,
                Some(StateProbe { part, look: StateField::Voltage }) => buffers[part].v,
                Some(StateProbe { part, look: StateField::Current(at) }) => {
                    buffers[part].currents[at]
                }
                None => continue,
            };
            wiring.probe(&request, buffer);
        }
        if errors.is_empty() { Ok(wiring.finish()) } else { Err(errors) }
    }
}

/// The buffers of a population.
struct Buffers {
    spikes: BufferId,
    v: BufferId,
    currents: Vec<BufferId>,
}

/// Brings what a link carries; whether that can be said.
fn arrive(
    wiring: &mut Wiring,
    link: &Link,
    outputs: &[BufferId],
    current: BufferId,
    synapse: &super::Synapse,
    sums: &mut Sums,
) -> bool {
    let seen = wiring.seen(link.source, link.delay, outputs);
    let seen = wiring.limited(seen, link.limit);
    match &link.way {
        Way::EachSpike(matrix) => {
            let register = synapse.register;
            let wraps = match register.overflow {
                Overflow::Saturate => false,
                Overflow::Wrap => true,
                Overflow::WrapOnce => return false,
            };
            let weights = wiring::dense(matrix.sources(), matrix.targets(), |source, visit| {
                matrix
                    .row(source)
                    .iter()
                    .for_each(|&(target, weight)| visit(target as usize, weight));
            });
            wiring.push(Operation::Deliver(Deliver {
                from: seen,
                weights,
                register: nirkit_step::Register { low: register.low, high: register.high, wraps },
                to: current,
            }));
        }
        Way::Sum { maps, shift, register } => {
            let sum = wiring.mapped(seen, maps);
            sums.terms.push((sum, *shift, *register));
        }
    }
    true
}
