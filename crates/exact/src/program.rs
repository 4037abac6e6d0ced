//! Programs: what `prepare` makes. A program does not change and can be shared between threads.

use std::sync::Arc;

use nirkit_ir::facts::Shape;

use super::cell::Cell;
use super::error::StimulusErrors;
use super::expoly::Chains;
use super::feed::InputSource;
use super::fire::Fire;
use super::flow::Flow;
use super::map::Map;
use super::option::Options;
use super::parameter::Each;
use super::run::Run;
use nirkit_run::ErrorList;
use nirkit_run::choice::SpikeReading;
use nirkit_run::recording::Observable;
use nirkit_run::stimulus::{Signal, Stimulus, StimulusError};

/// A graph ready to run in continuous time. A clone shares its content.
#[derive(Clone, Debug)]
pub struct Program(pub(super) Arc<Plan>);

/// The content of a program.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) options: Options,
    /// The leaves of the facts, by the same numbers.
    pub(super) nodes: Vec<Node>,
    pub(super) groups: Vec<Group>,
    /// The group of each node.
    pub(super) group_of: Vec<usize>,
    pub(super) chains: Chains,
    /// The nodes without a closed form.
    pub(super) flow: Option<Flow>,
    /// Number of channels with a state.
    pub(super) channels: usize,
    /// Number of channels that spike.
    pub(super) spiking: u64,
}

/// A leaf of the graph.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) role: Role,
    /// Nodes that receive the output, one entry an edge.
    pub(super) targets: Vec<usize>,
    /// Number of channels that leave.
    pub(super) outputs: usize,
    /// Number of channels that enter, which for stateful nodes are those that leave.
    pub(super) inputs: usize,
    /// Position of the first channel's state among all states.
    pub(super) first: usize,
    /// Constant currents that the node adds to its output.
    pub(super) bias: Vec<f64>,
    /// Whether a stimulus enters here.
    pub(super) is_input: bool,
    /// For a node without a state at which several ways of a signal can meet: its place among these nodes, sources before
    /// targets.
    pub(super) joins: Option<usize>,
    /// Whether what leaves reaches a Threshold, for which impulses have no meaning.
    pub(super) needs_level: bool,
}

/// What a node does with what arrives.
#[derive(Debug)]
pub(super) enum Role {
    /// Changes it at once.
    Map(Map),
    /// Hands it to whoever records, and on.
    Output,
    /// Hands it on later, each channel after its delay.
    Delay(Each<f64>),
    /// Integrates it and puts out the voltage.
    Cells(Each<Cell>),
    /// Integrates it and spikes.
    Neurons(Each<(Cell, Fire)>),
    /// Spikes when it rises above a level.
    Threshold(Each<f64>),
}

/// Nodes that reach each other without delay, or a single node; in the order in which they act at
/// an instant.
#[derive(Debug)]
pub(super) struct Group {
    /// The members that act by themselves, in ascending order.
    pub(super) members: Vec<usize>,
}

impl Plan {
    /// The node of a state.
    pub(super) fn node_of(&self, index: usize) -> usize {
        // Nodes without a state have the number of the next state: the last of them is meant.
        self.nodes.partition_point(|node| node.first <= index) - 1
    }
}

impl Role {
    /// Whether signals pass at once, in all or some channels.
    pub(super) fn passes(&self) -> bool {
        match self {
            Self::Map(_) | Self::Output => true,
            Self::Delay(delays) => delays.stored().contains(&0.0),
            Self::Cells(_) | Self::Neurons(_) | Self::Threshold(_) => false,
        }
    }

    /// Whether the node has something to do by itself at an instant.
    pub(super) fn acts(&self) -> bool {
        !matches!(self, Self::Map(_) | Self::Output)
    }

    /// Whether the node puts out spikes.
    pub(super) fn spikes(&self) -> bool {
        matches!(self, Self::Neurons(_) | Self::Threshold(_))
    }

    /// Whether each channel has a state between events.
    pub(super) fn has_state(&self) -> bool {
        matches!(self, Self::Cells(_) | Self::Neurons(_) | Self::Threshold(_))
    }
}

impl Program {
    /// The nodes that have no closed form, since they are in a cycle without spikes, and the length in seconds of the steps in
    /// which they are followed; `None` where all have one.
    #[must_use]
    pub fn stepped(&self) -> Option<(Vec<&str>, f64)> {
        let flow = self.0.flow.as_ref()?;
        let names = flow.members.iter().map(|&at| self.0.nodes[at].name.as_str());
        Some((names.collect(), flow.step))
    }

    /// The choices that the program was made under.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Full names and output shapes of all nodes; a node's position is that of its leaf in the facts.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, &Shape)> {
        self.0.nodes.iter().map(|node| (node.name.as_str(), &node.shape))
    }

    /// Position of the node of this full name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.0.nodes.binary_search_by(|node| node.name.as_str().cmp(name)).ok()
    }

    /// What can be recorded of the node at a position.
    #[must_use]
    pub fn observables(&self, node: usize) -> &'static [Observable] {
        let Some(node) = self.0.nodes.get(node) else { return &[] };
        let has_synapse = |cell: &Cell| matches!(cell, Cell::CubaLi(_));
        match &node.role {
            Role::Map(_) | Role::Delay(_) => &[],
            Role::Output | Role::Threshold(_) => &[Observable::Spikes],
            Role::Cells(cells) if cells.stored().iter().any(has_synapse) => {
                &[Observable::V, Observable::Isyn]
            }
            Role::Cells(_) => &[Observable::V],
            Role::Neurons(neurons)
                if neurons.stored().iter().any(|(cell, _)| has_synapse(cell)) =>
            {
                &[Observable::Spikes, Observable::V, Observable::Isyn]
            }
            Role::Neurons(_) => &[Observable::Spikes, Observable::V],
        }
    }

    /// Starts a run with a stimulus for every Input.
    pub fn start(&self, stimulus: &Stimulus) -> Result<Run, StimulusErrors> {
        let ports: Vec<&Node> = self.0.nodes.iter().filter(|node| node.is_input).collect();
        let inputs: Vec<(&str, usize)> =
            ports.iter().map(|node| (node.name.as_str(), node.outputs)).collect();
        let mut errors = stimulus.check(&inputs);
        if matches!(self.0.options.spike, SpikeReading::Impulse { .. }) {
            let meets =
                |node: &&&Node| node.needs_level && has_spikes(stimulus.signals.get(&node.name));
            let error =
                |node: &&Node| StimulusError::ImpulseIntoThreshold { input: node.name.clone() };
            errors.extend(ports.iter().filter(meets).map(error));
        }
        if errors.is_empty() {
            Ok(Run::new(self.clone(), InputSource::new(&self.0, stimulus)))
        } else {
            Err(ErrorList(errors))
        }
    }
}

fn has_spikes(signal: Option<&Signal>) -> bool {
    match signal {
        Some(Signal::Spikes { spikes, .. }) => !spikes.is_empty(),
        Some(Signal::Frames { counts, .. }) => *counts,
        Some(Signal::Current { .. }) | None => false,
    }
}
