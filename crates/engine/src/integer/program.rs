//! Programs of integers. A program does not change and can be shared between threads.

use std::sync::{Arc, OnceLock};

use super::i32_path::Neurons;
use super::network::{Network, Synapse};
use super::projection::Link;
use super::run::Run;
use super::time_block::{Plan, StateField, StateProbe};
use crate::recorder::Executors;
use nirkit_run::recording::{Observable, Request};

/// A network of integers, ready to run.
#[derive(Clone, Debug)]
pub struct Program(pub(super) Arc<Planned>);

#[derive(Debug)]
pub(super) struct Planned {
    pub(super) network: Network,
    /// What arrives at each population, in order.
    pub(super) links: Vec<Vec<Link>>,
    /// The step program, if the network has one.
    pub(super) lowered: OnceLock<Option<nirkit_step::Program>>,
    /// Who computes that.
    pub(super) executors: Executors,
    /// The network in 32 bits, if it fits.
    pub(super) narrow: Option<Plan<Neurons>>,
    /// Steps for which the spikes of each input are remembered.
    pub(super) inputs: Vec<usize>,
    /// Steps for which the spikes of each population are remembered.
    pub(super) outputs: Vec<usize>,
}

impl Program {
    /// A run from the start: all states are 0.
    pub(super) fn start(&self) -> Run {
        Run::new(Arc::clone(&self.0))
    }

    /// The network that runs.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.0.network
    }

    /// Everything that can be recorded, population by population in the order of their turns.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let mut requests = Vec::new();
        for population in &self.0.network.populations {
            let currents = population.synapses.iter().filter_map(|synapse| synapse.observable);
            let observables = [Observable::Spikes, Observable::V].into_iter().chain(currents);
            let request = |observable| Request { node: population.name.clone(), observable };
            requests.extend(observables.map(request));
        }
        requests
    }

    /// Where the numbers of a request stand.
    pub(super) fn subject(&self, request: &Request) -> Option<StateProbe> {
        let populations = &self.0.network.populations;
        let part = populations.iter().position(|population| population.name == request.node)?;
        let look = match request.observable {
            Observable::Spikes => StateField::Spikes,
            Observable::V => StateField::Voltage,
            observable => {
                let is_asked = |synapse: &Synapse| synapse.observable == Some(observable);
                StateField::Current(populations[part].synapses.iter().position(is_asked)?)
            }
        };
        Some(StateProbe { part, look })
    }
}
