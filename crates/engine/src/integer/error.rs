//! Why a network of integers cannot be prepared or run.

use nirkit_run::recording::Request;
use nirkit_run::stimulus::StimulusError;

/// One reason why a network cannot be prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntegerError {
    /// A list has not one number for each neuron.
    #[error("{population}: {what} has {found} numbers for {neurons} neurons")]
    Count {
        /// The population.
        population: String,
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// What its length should be.
        neurons: usize,
    },
    /// A number lies outside the range that the engine computes with.
    #[error("{population}: {what} of neuron {neuron} is {value}; it must lie from {low} to {high}")]
    Range {
        /// The population.
        population: String,
        /// Which number.
        what: &'static str,
        /// Its neuron.
        neuron: usize,
        /// The number.
        value: i64,
        /// The smallest that is taken.
        low: i64,
        /// The largest that is taken.
        high: i64,
    },
    /// A register has no numbers, or more than the engine computes with.
    #[error("{population}: a register from {low} to {high} is empty or too wide")]
    Register {
        /// The population.
        population: String,
        /// Its smallest number.
        low: i64,
        /// Its largest number.
        high: i64,
    },
    /// A threshold of 0 with as many spikes as fit.
    #[error("{population}: neuron {neuron} has a threshold of 0 and no limit of spikes")]
    Endless {
        /// The population.
        population: String,
        /// The neuron.
        neuron: usize,
    },
    /// A connection leads from or to something that does not exist.
    #[error("a projection to {target} names {what} {index}, and there are {count}")]
    Missing {
        /// The population that the projection leads to, or its number.
        target: String,
        /// What it names.
        what: &'static str,
        /// The number that it gives.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// Two ends do not fit together.
    #[error("a projection from {from} to {target} has {found} channels where {expected} are due")]
    Channels {
        /// The source.
        from: String,
        /// The target.
        target: String,
        /// Channels that there are.
        found: usize,
        /// Channels that there should be.
        expected: usize,
    },
    /// Spikes of this step are asked of a population that has its turn later.
    #[error("{target} takes spikes of {from} in the same step, but {from} has its turn later")]
    TooEarly {
        /// The source.
        from: String,
        /// The target.
        target: String,
    },
    /// Spikes can be added one by one only where one matrix leads to the synapse.
    #[error("{target} takes spikes one by one, which needs a single matrix from {from}")]
    NotOneMatrix {
        /// The source.
        from: String,
        /// The target.
        target: String,
    },
    /// A sum can leave the range of the engine.
    #[error("the sum that {target} takes of {from} can leave 62 bits")]
    TooWide {
        /// The source.
        from: String,
        /// The target.
        target: String,
    },
}

/// Everything that stands against a network.
pub type PrepareErrors = nirkit_run::ErrorList<IntegerError>;

/// Why a network cannot be run on a stimulus.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The stimulus does not fit the inputs.
    #[error(transparent)]
    Stimulus(#[from] StimulusError),
    /// What enters is no number of spikes.
    #[error(
        "channel {channel} of `{input}` is {value} in step {step}; \
         a network of integers takes numbers of spikes from 0 to {most}"
    )]
    NotCount {
        /// Name of the input.
        input: String,
        /// Channel in C order.
        channel: usize,
        /// Step.
        step: usize,
        /// What enters.
        value: f64,
        /// The largest number that is taken.
        most: i64,
    },
    /// A current enters.
    #[error("`{input}` is a current; a network of integers takes spikes")]
    Current {
        /// Name of the input.
        input: String,
    },
    /// There is nothing of this kind to record.
    #[error("`{}` has no `{}` to record", .0.node, .0.observable)]
    NoSuchState(Request),
    /// There is no memory for the recording.
    #[error("there is no room for a recording of {steps} steps; record fewer steps or populations")]
    TooLarge {
        /// Steps that were asked for.
        steps: usize,
    },
}
