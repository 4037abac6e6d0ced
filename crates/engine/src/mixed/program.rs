//! Programs. A program does not change and can be shared between threads.

use std::sync::Arc;

use super::network::Network;
use crate::integer::Input;
use crate::recorder::Executors;
use nirkit_run::recording::{Observable, Request};

/// A network, ready to run.
#[derive(Clone, Debug)]
pub struct Program(pub(super) Arc<Planned>);

#[derive(Debug)]
pub(super) struct Planned {
    pub(super) network: Network,
    /// What is computed.
    pub(super) lowered: nirkit_step::Program,
    /// Who computes it.
    pub(super) executors: Executors,
}

impl Program {
    pub(super) fn new(network: Network) -> Self {
        let (lowered, executors) = (network.lower(), Executors::default());
        Self(Arc::new(Planned { network, lowered, executors }))
    }

    /// The network that runs.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.0.network
    }

    /// Returns the step program that this one executes, with steps of so many seconds.
    #[must_use]
    pub fn step_program(&self, dt: Option<f64>) -> nirkit_step::Program {
        nirkit_step::Program { dt, ..self.0.lowered.clone() }
    }

    /// Where spikes enter.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.0.network.inputs
    }

    /// Everything that can be recorded, population by population in the order of their turns.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let name = |at: usize| self.0.network.populations[at].name.clone();
        let subjects = self.0.network.subjects().into_iter();
        subjects.map(|(at, observable)| Request { node: name(at), observable }).collect()
    }

    /// How many numbers a request has in a step; `None` for what there is not.
    #[must_use]
    pub fn channels(&self, request: &Request) -> Option<usize> {
        let network = &self.0.network;
        let found = network.subjects().into_iter().find(|&(at, observable)| {
            network.populations[at].name == request.node && observable == request.observable
        });
        found.map(|(at, _)| network.populations[at].neurons())
    }
}

impl Network {
    /// Everything that can be recorded: a population, and which of its numbers.
    pub(super) fn subjects(&self) -> Vec<(usize, Observable)> {
        let mut subjects = Vec::new();
        for (at, population) in self.populations.iter().enumerate() {
            subjects.extend([(at, Observable::Spikes), (at, Observable::V)]);
            if population.synapse.is_some() {
                subjects.push((at, Observable::Isyn));
            }
        }
        subjects
    }
}
