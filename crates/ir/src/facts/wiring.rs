//! What keeps nodes of a graph from being connected, whatever computes them.

use super::{Leaf, Shape};

/// Why nodes cannot be connected, or a parameter cannot be used where its node stands.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WiringError {
    /// The facts are of another graph, or of an older state of this one.
    #[error("{node}: the facts do not belong to the graph; validate the graph again")]
    ForeignFacts {
        /// Full name of the leaf that has no counterpart.
        node: String,
    },
    /// A parameter does not broadcast to the shape of its node.
    #[error(
        "{node}/{field}: shape {found:?} does not fit the input shape {shape:?}; \
         give one number, or one for each channel"
    )]
    Parameter {
        /// Full name of the node.
        node: String,
        /// The field.
        field: &'static str,
        /// Shape of the field.
        found: Shape,
        /// Shape of the node's input.
        shape: Shape,
    },
    /// Two connected nodes have different numbers of channels.
    #[error(
        "{source_node} puts out {outputs} channels and {target} takes {inputs}; \
         give the two the same shape"
    )]
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
    /// An impulse has no level that could be held against a threshold.
    #[error(
        "{node}: the spikes of {source_node} reach this Threshold as impulses, which have no level; \
         read spikes as pulses"
    )]
    ImpulseIntoThreshold {
        /// Full name of the Threshold.
        node: String,
        /// Full name of the node that spikes.
        source_node: String,
    },
}

impl WiringError {
    /// The error of a leaf that the graph does not have.
    #[must_use]
    pub fn foreign(leaf: &Leaf) -> Self {
        Self::ForeignFacts { node: leaf.name.clone() }
    }

    /// The error of an edge whose ends have different numbers of channels; `None` where they are equal.
    #[must_use]
    pub fn channels(source: &Leaf, target: &Leaf) -> Option<Self> {
        let (outputs, inputs) = (source.outputs(), target.inputs());
        (outputs != inputs).then(|| Self::Channels {
            source_node: source.name.clone(),
            outputs,
            target: target.name.clone(),
            inputs,
        })
    }
}
