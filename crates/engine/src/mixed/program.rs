//! Programs. A program does not change and can be shared between threads.

use std::sync::{Arc, OnceLock};

use super::cells::Neurons;
use super::network::Network;
use crate::integer::time_block::{Plan, StateField, StateProbe};
use crate::recorder::Executors;
use nirkit_run::recording::{Observable, Request};

/// A network, ready to run.
#[derive(Clone, Debug)]
pub struct Program(pub(super) Arc<Planned>);

#[derive(Debug)]
pub(super) struct Planned {
    pub(super) network: Network,
    /// The step program, once it is asked for.
    pub(super) lowered: OnceLock<nirkit_step::Program>,
    /// Who computes it.
    pub(super) executors: Executors,
    /// The plan for blocks of steps, if there is one.
    pub(super) plan: Option<Plan<Neurons>>,
}

/// Where something that can be recorded stands: the population, and which of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subject(pub(super) usize, pub(super) Observable);

impl From<Subject> for StateProbe {
    fn from(Subject(part, observable): Subject) -> Self {
        let look = match observable {
            Observable::Spikes => StateField::Spikes,
            Observable::V => StateField::Voltage,
            _ => StateField::Current(0),
        };
        Self { part, look }
    }
}

impl Program {
    /// The network that runs.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.0.network
    }

    /// Everything that can be recorded, population by population in the order of their turns.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let name = |at: usize| self.0.network.populations[at].name.clone();
        let subjects = self.subjects().into_iter();
        subjects.map(|Subject(at, observable)| Request { node: name(at), observable }).collect()
    }

    pub(super) fn subject(&self, request: &Request) -> Option<Subject> {
        let populations = &self.0.network.populations;
        let at = populations.iter().position(|population| population.name == request.node)?;
        let has = match request.observable {
            Observable::Spikes | Observable::V => true,
            Observable::Isyn => populations[at].synapse.is_some(),
            _ => false,
        };
        has.then_some(Subject(at, request.observable))
    }

    fn subjects(&self) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for (at, population) in self.0.network.populations.iter().enumerate() {
            subjects.extend([Subject(at, Observable::Spikes), Subject(at, Observable::V)]);
            if population.synapse.is_some() {
                subjects.push(Subject(at, Observable::Isyn));
            }
        }
        subjects
    }
}
