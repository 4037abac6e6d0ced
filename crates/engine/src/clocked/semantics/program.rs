//! Programs under a semantics. A program does not change and can be shared between threads.

use std::sync::Arc;

use nirkit_ir::facts::Shape;

use super::super::option::Options;
use super::super::time_block::Stage;
use super::fixed::FixedLayer;
use super::import::InputRef;
use super::layer::Layer;
use super::map::Map;
use super::run::Run;
use super::values::Time;
use nirkit_run::recording::{Observable, Request};

/// A graph ready to run under a semantics.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) engine: Engine,
    /// How a stimulus is brought onto the grid.
    pub(super) grid: Options,
    /// Names and channels of the Inputs.
    pub(super) inputs: Vec<(String, usize)>,
    pub(super) subjects: Vec<Subject>,
    /// Full names of the nodes in the order of their turns.
    pub(super) order: Vec<String>,
    /// Names of all planned nodes; those of connections are of no node of the graph.
    pub(super) names: Vec<String>,
    /// What the semantics takes for the time step.
    pub(super) time: Time,
}

/// The network in the number format of the semantics.
#[derive(Clone, Debug)]
pub(super) enum Engine {
    F32(Arc<Net<f32>>),
    F64(Arc<Net<f64>>),
}

/// The planned network.
#[derive(Debug)]
pub(super) struct Net<T> {
    /// The nodes in the order of their turns.
    pub(super) planned_nodes: Vec<PlannedNode<T>>,
    /// What each leaf puts out before the first step.
    pub(super) rest: Vec<Vec<T>>,
    /// Whether the output of a leaf is needed in the step after.
    pub(super) history: Vec<bool>,
    /// The parts that have to be stepped together; members are positions of planned nodes.
    pub(super) stages: Vec<Stage>,
}

impl<T> Net<T> {
    /// Whether a leaf has a planned node.
    pub(super) fn runs(&self, leaf: usize) -> bool {
        self.planned_nodes.iter().any(|planned_node| planned_node.leaf == leaf)
    }
}

/// A node in its place.
#[derive(Debug)]
pub(super) struct PlannedNode<T> {
    pub(super) leaf: usize,
    pub(super) kind: Kind<T>,
    pub(super) input_refs: Vec<InputRef>,
    /// Lengths of the axes of what leaves.
    pub(super) shape: Shape,
    /// Channels that enter.
    pub(super) inputs: usize,
}

/// What a node does.
#[derive(Debug)]
pub(super) enum Kind<T> {
    /// It puts out the stimulus with this number.
    Entry(usize),
    Map(Map<T>),
    Layer(Layer<T>),
    Fixed(FixedLayer),
}

impl<T: super::super::real::Real> Kind<T> {
    /// Bytes of the weights.
    pub(super) fn bytes(&self) -> usize {
        if let Self::Map(map) = self { map.bytes() } else { 0 }
    }

    /// Whether the output of a step depends on the input of the same step. A node without feedthrough puts out its spikes
    /// before anything else happens in a step.
    pub(super) fn has_feedthrough(&self) -> bool {
        !matches!(self, Self::Layer(layer) if !layer.has_feedthrough())
    }
}

/// Something that can be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) request: Request,
    /// Shape of the numbers, without time.
    pub(super) shape: Shape,
    /// The leaf that has them.
    pub(super) leaf: usize,
}

impl Program {
    /// A run from the start.
    #[must_use]
    pub fn start(&self) -> Run {
        Run::new(self)
    }

    /// Everything that can be recorded: spikes, voltages and currents of the neurons that run, and
    /// what leaves nested graphs, in ascending order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.subjects.iter().map(|subject| subject.request.clone()).collect()
    }

    /// Full names of the nodes that run, in the order of their turns.
    #[must_use]
    pub fn order(&self) -> &[String] {
        &self.order
    }

    /// Length of a step in seconds; `None` where a step has none.
    #[must_use]
    pub fn length_of_step(&self) -> Option<f64> {
        match self.time {
            Time::Step(dt) => Some(dt),
            Time::Counted | Time::PerLayer => None,
        }
    }

    /// Names and channels of the Inputs that the stimulus fills.
    #[must_use]
    pub fn inputs(&self) -> &[(String, usize)] {
        &self.inputs
    }

    pub(super) fn subject(&self, node: &str, observable: Observable) -> Option<&Subject> {
        // They stand in the order of their requests.
        let at = self.subjects.binary_search_by(|subject| {
            let Request { node: own, observable: kind } = &subject.request;
            own.as_str().cmp(node).then(kind.cmp(&observable))
        });
        self.subjects.get(at.ok()?)
    }
}
