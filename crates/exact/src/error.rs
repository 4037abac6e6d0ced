//! Why a graph has no ideal run.

use std::io;

use nirkit_ir::facts::WiringError;
use nirkit_numerics::Shortest;
use nirkit_run::ErrorList;
use nirkit_run::stimulus::StimulusError;

/// One reason why a program cannot be prepared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// Nodes cannot be connected, or a parameter does not fit its node.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// A choice is no number that can be used.
    #[error("the {what} is {value}; give a finite number above 0")]
    Choice {
        /// Which choice.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// A parameter has a value for which the equations have no solution.
    #[error("{node}/{field}: {value} in channel {channel}; it must be {needed}")]
    Value {
        /// Full name of the node.
        node: String,
        /// The field.
        field: &'static str,
        /// The channel, in C order.
        channel: usize,
        /// The value.
        value: f64,
        /// What it must be.
        needed: &'static str,
    },
    /// A neuron would be reset to or above its threshold: infinitely many spikes in no time.
    #[error(
        "{node}: channel {channel} is reset to {reset}, not below its threshold {threshold}; \
         choose another reset or change the parameter"
    )]
    ResetNotBelow {
        /// Full name of the node.
        node: String,
        /// The channel, in C order.
        channel: usize,
        /// Value after a spike.
        reset: f64,
        /// Level of the spike.
        threshold: f64,
    },
    /// A signal would have to be its own cause at the same instant.
    #[error(
        "{} form a cycle without state and without delay, which has no meaning; \
         give it a Delay or a neuron", .nodes.join(", ")
    )]
    StatelessCycle {
        /// Full names of the nodes on the cycle.
        nodes: Vec<String>,
    },
}

/// Every reason why a program cannot be prepared.
pub type PrepareErrors = ErrorList<PrepareError>;

/// Everything that is wrong with a stimulus.
pub type StimulusErrors = ErrorList<StimulusError>;

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A cycle without delay keeps spiking at one instant.
    #[error(
        "{} still spike at {} s after {rounds} rounds at that instant: an avalanche in zero \
         time has no meaning; give the cycle a Delay, weaker weights, or longer time constants",
        .nodes.join(", "),
        Shortest(*.time)
    )]
    Avalanche {
        /// The instant in seconds.
        time: f64,
        /// Full names of the nodes on the cycle.
        nodes: Vec<String>,
        /// Rounds after which the run was given up.
        rounds: usize,
    },
    /// More spikes at one instant than can be counted one by one.
    #[error(
        "{} put out {spikes} spikes at {} s alone: with subtraction an input far above the \
         threshold is that many spikes in no time; give another reset, or weaker weights",
        .nodes.join(", "),
        Shortest(*.time)
    )]
    Burst {
        /// The instant in seconds.
        time: f64,
        /// Full names of the nodes that spike.
        nodes: Vec<String>,
        /// Spikes when the run was given up.
        spikes: u64,
    },
    /// Spikes come ever faster.
    #[error(
        "{spikes} spikes of {channels} channels in {} s before {} s, ever more of them; give \
         weaker weights or inputs, or another reading of spikes",
        Shortest(*.window),
        Shortest(*.time)
    )]
    Runaway {
        /// The instant in seconds.
        time: f64,
        /// Spikes in the window before it.
        spikes: u64,
        /// Channels of all neurons and Thresholds.
        channels: u64,
        /// Length of the window in seconds.
        window: f64,
    },
    /// More spikes in all than is allowed.
    #[error("{spikes} spikes up to {} s, more than the limit `spikes` of {limit} allows", Shortest(*.time))]
    Spikes {
        /// The instant in seconds.
        time: f64,
        /// Spikes so far.
        spikes: u64,
        /// The limit.
        limit: u64,
    },
    /// Whoever started the run does not want it any more.
    #[error("the run was stopped at {} s", Shortest(*.time))]
    Stopped {
        /// The instant in seconds.
        time: f64,
    },
    /// More signals are on their way than is allowed.
    #[error(
        "{pending} signals are on their way at {} s, more than the {limit} that `max_pending` allows; \
         give weaker weights, or a higher limit",
        Shortest(*.time)
    )]
    Pending {
        /// The instant in seconds.
        time: f64,
        /// Ends of pulses and delayed signals that are yet to come.
        pending: usize,
        /// The limit.
        limit: usize,
    },
    /// The recorder could not take what it was given.
    #[error("the recording could not be written")]
    Record(#[from] io::Error),
}
