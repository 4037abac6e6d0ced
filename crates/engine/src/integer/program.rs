//! Programs of integers. A program does not change and can be shared between threads.

use std::sync::{Arc, OnceLock};

use super::i32_path::Neurons;
use super::network::{Input, Network, Population};
use super::projection::Link;
use super::run::Run;
use super::time_block::Plan;
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

/// Where something that can be recorded stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Spikes(usize),
    Voltage(usize),
    Current(usize, usize),
}

impl Program {
    /// A run from the start: all states are 0.
    #[must_use]
    pub fn start(&self) -> Run {
        Run::new(Arc::clone(&self.0))
    }

    /// The network that runs.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.0.network
    }

    /// Where spikes enter.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.0.network.inputs
    }

    /// Everything that can be recorded, population by population in the order of their turns.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.subjects().into_iter().map(|(request, _)| request).collect()
    }

    /// Where the numbers of a request stand.
    pub(super) fn subject(&self, request: &Request) -> Option<Subject> {
        let is_named = |(_, population): &(usize, &Population)| population.name == request.node;
        let (at, population) = self.0.network.populations.iter().enumerate().find(is_named)?;
        match request.observable {
            Observable::Spikes => Some(Subject::Spikes(at)),
            Observable::V => Some(Subject::Voltage(at)),
            observable => {
                let mut synapses = population.synapses.iter();
                let synapse =
                    synapses.position(|synapse| synapse.observable == Some(observable))?;
                Some(Subject::Current(at, synapse))
            }
        }
    }

    fn subjects(&self) -> Vec<(Request, Subject)> {
        let mut subjects = Vec::new();
        for (at, population) in self.0.network.populations.iter().enumerate() {
            let mut add = |observable, subject| {
                subjects.push((Request { node: population.name.clone(), observable }, subject));
            };
            add(Observable::Spikes, Subject::Spikes(at));
            add(Observable::V, Subject::Voltage(at));
            for (synapse, observable) in
                population.synapses.iter().enumerate().filter_map(|(n, s)| Some((n, s.observable?)))
            {
                add(observable, Subject::Current(at, synapse));
            }
        }
        subjects
    }
}
