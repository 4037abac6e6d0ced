//! Why a graph cannot run on a grid under the given choices.

use nirkit_ir::facts::WiringError;
use nirkit_numerics::Shortest;
use nirkit_run::ErrorList;

/// One reason why a program cannot be prepared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// Nodes cannot be connected, or a parameter does not fit its node.
    #[error(transparent)]
    Wiring(#[from] WiringError),
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
pub type PrepareErrors = ErrorList<PrepareError>;
