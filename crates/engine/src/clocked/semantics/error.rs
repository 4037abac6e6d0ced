//! Why a semantics cannot run a graph.

use super::super::error::PrepareError;
use super::import::Ending;

/// One reason why a program cannot be prepared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SemanticsError {
    /// The time step is no length.
    #[error("the time step is {dt} s; give a finite number of seconds above 0")]
    TimeStep {
        /// The time step in seconds.
        dt: f64,
    },
    /// The facts are of another graph, or of an older state of this one.
    #[error("{node}: the facts do not belong to the graph; validate the graph again")]
    ForeignFacts {
        /// Full name of the leaf that has no counterpart.
        node: String,
    },
    /// A parameter does not fit its node.
    #[error(transparent)]
    Parameter(#[from] PrepareError),
    /// Neurons differ where the semantics has one number for all.
    #[error("{node}: the neurons differ, and one number stands for all of them here")]
    Uneven {
        /// Full name of the node.
        node: String,
    },
    /// The import ends without a run.
    #[error("{}: {}", .0.node, .0.says)]
    Ends(Ending),
    /// The semantics does not say what becomes of a node.
    #[error("{node}: there is no rule for {kind}")]
    NoRule {
        /// Full name of the node.
        node: String,
        /// Its kind.
        kind: String,
    },
    /// A window is taken otherwise than the file says, and leaves another shape.
    #[error("{node} puts out {found:?} here, and {declared:?} by the file")]
    Window {
        /// Full name of the node.
        node: String,
        /// Height and width of what it puts out.
        found: [usize; 2],
        /// Height and width by the file.
        declared: [usize; 2],
    },
    /// A source reaches a target across a node that is left out, with another shape and as many channels.
    #[error("{source_node} puts out the shape {output:?} and {target} takes {input:?}")]
    Shape {
        /// Full name of the source.
        source_node: String,
        /// The shape that it puts out.
        output: Vec<usize>,
        /// Full name of the target.
        target: String,
        /// The shape that it takes.
        input: Vec<usize>,
    },
    /// What leaves a bias is delayed, and a constant current begins with the first step.
    #[error(
        "{node}: the bias would reach neurons through a Delay, and a constant current has no delay"
    )]
    DelayedBias {
        /// Full name of the node with the bias.
        node: String,
    },
    /// A cycle has no neuron, and connections lead from neuron to neuron.
    #[error("{node}: the cycle has no neuron, so it is no connection")]
    NoNeuronInCycle {
        /// Full name of a node of the cycle.
        node: String,
    },
    /// An Output shows the sums of a map, and connections end at neurons.
    #[error("{node}: a {kind} leads to an Output, and only what neurons put out can be recorded")]
    NoNeuronBehind {
        /// Full name of the node.
        node: String,
        /// Its kind.
        kind: String,
    },
    /// A delay is too long for the grid.
    #[error("{node}: a delay of {seconds} s is more than {most} steps")]
    DelayTooLong {
        /// Full name of the source of the connection.
        node: String,
        /// The delay.
        seconds: f64,
        /// The most steps.
        most: u32,
    },
    /// Weights and gains make a number that is infinite or none.
    #[error(
        "{node}: the weights of neuron {neuron} with its gain are too large for double precision"
    )]
    NoFiniteWeight {
        /// Full name of the layer.
        node: String,
        /// Number of the neuron.
        neuron: usize,
    },
    /// Two connected nodes have different numbers of channels.
    #[error("{source_node} puts out {outputs} channels and {target} takes {inputs}")]
    Channels {
        /// Full name of the source.
        source_node: String,
        /// Channels that it puts out.
        outputs: usize,
        /// Full name of the target.
        target: String,
        /// Channels that it takes.
        inputs: usize,
    },
}
