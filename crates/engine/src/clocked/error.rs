//! Why a graph cannot run on a grid under the given choices.

use nirkit_ir::facts::Shape;
use nirkit_numerics::Shortest;

/// One reason why a program cannot be prepared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The time step is no length.
    #[error("the time step is {} s; give a finite number of seconds above 0", Shortest(*.dt))]
    TimeStep {
        /// The time step in seconds.
        dt: f64,
    },
    /// On a grid a pulse lasts one step.
    #[error(
        "a pulse lasts {} s and a step {} s; on a grid a pulse lasts one step: \
         give one of the two for both, or read spikes as impulses",
        Shortest(*.width),
        Shortest(*.dt)
    )]
    PulseWidth {
        /// The width of a pulse in seconds.
        width: f64,
        /// The time step in seconds.
        dt: f64,
    },
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
    /// A delay needs more memory than is reasonable.
    #[error(
        "{node}: a delay of {} s is {} steps of {} s for {channels} channels, \
         more than the limit of {limit} numbers; give a larger time step",
        Shortest(*.seconds),
        Shortest(*.steps),
        Shortest(*.dt)
    )]
    DelayTooLong {
        /// Full name of the Delay.
        node: String,
        /// The longest delay in seconds.
        seconds: f64,
        /// The longest delay in steps.
        steps: f64,
        /// The time step in seconds.
        dt: f64,
        /// Channels of the Delay.
        channels: usize,
        /// The most numbers that a Delay may hold.
        limit: usize,
    },
}

/// Every reason why a program cannot be prepared.
#[derive(Clone, Debug, PartialEq)]
pub struct PrepareErrors(pub Vec<PrepareError>);

impl std::error::Error for PrepareErrors {}

impl std::fmt::Display for PrepareErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, error) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}
