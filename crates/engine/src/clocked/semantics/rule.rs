//! The vocabulary of steps: what a program on a grid does with a neuron, said in values.
//!
//! The ideal neuron is a differential equation; a program on a grid computes something like it, in
//! a number format, with its operations in an order, and with some of the parameters. A [`Rule`]
//! says which. Two programs differ where their rules differ, so a rule is also the list of what can
//! be blamed when their spikes part.
//!
//! Formulas below write `s` for a state, `x` for what arrives, `p` for `dt / tau`. The order of
//! operations in them is meant: floating-point sums depend on it.

mod fire;
mod stage;
mod term;

use serde::{Deserialize, Serialize};

use super::text;

pub use fire::{Fire, Floor, Height, ResetTiming, Spikes, Test};
pub use stage::{Form, Format, Leak, Ratio, Rest, Stage};
pub use term::{Term, Terms};

/// What a neuron does in a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Rule {
    /// The synaptic current, for neurons that have one.
    pub synapse: Option<Stage>,
    /// The voltage.
    pub membrane: Stage,
    /// A gain that is not applied to what arrives but somewhere else.
    pub fold: Fold,
    /// How the signals of several edges come together.
    pub fan_in: FanIn,
    /// Parameters of which the first neuron's number is taken for all neurons.
    #[serde(deserialize_with = "text::list")]
    pub first_only: &'static [&'static str],
    /// Whether the voltage is kept in units of the threshold, so that every threshold is 1.
    #[serde(deserialize_with = "text::truth")]
    pub normalised: bool,
    /// When the neuron spikes and what that does to it; `None` for neurons that put out their
    /// voltage.
    pub fire: Option<Fire>,
    /// Whether states are integers.
    pub fixed: Option<Fixed>,
}

impl Rule {
    /// Returns the one of the rules that compute the same numbers which stands for all of them.
    #[must_use]
    pub fn canonical(self) -> Self {
        if self.fixed.is_some() {
            return self;
        }
        let fold = match self.fold {
            Fold::Weights(Terms::NONE) => Fold::None,
            fold => fold,
        };
        let synapse = self.synapse.map(Stage::canonical);
        Self { synapse, membrane: self.membrane.canonical(), fold, ..self }
    }
}

/// A gain that acts elsewhere than on what arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fold {
    /// There is none.
    None,
    /// The weights of the maps before the neuron are multiplied, and their biases.
    Weights(Terms),
    /// The same, rounded after each operation in the precision of the file: `(dt / tau) w_in` before a layer, `(w_in dt) / tau`
    /// inside a recurrent one.
    StoredWeights(Terms),
    /// The threshold is divided by the smallest gain of the layer, and the voltage grows with it.
    /// Gains within rounding of 1 leave it as it is. The gain is rounded after each operation, in the
    /// precision of the file: `(r dt) / tau`.
    Threshold(Terms),
    /// The same with the gain of each neuron by itself: `w_in (dt / tau_syn)`.
    OwnThreshold(Terms),
    /// What arrives is cut to 0 or 1, multiplied, and handed on one step later: a map of its own
    /// with one weight a neuron.
    Relay(Terms),
}

impl Fold {
    /// The factors that act elsewhere; none for [`Fold::None`].
    #[must_use]
    pub fn terms(self) -> Terms {
        match self {
            Self::None => Terms::NONE,
            Self::Weights(terms)
            | Self::StoredWeights(terms)
            | Self::Threshold(terms)
            | Self::OwnThreshold(terms)
            | Self::Relay(terms) => terms,
        }
    }
}

/// How the signals of several edges come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FanIn {
    /// They are added first, in the order of the list of edges.
    Joined,
    /// They are added to the state one after the other, those from the step before last.
    OneByOne,
}

/// Integer states: `s` holds `64 scale` units for each unit of the file, and decays by a 12-bit
/// factor, rounded towards zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Fixed {
    /// Units; thresholds are cut to whole multiples of `1 / scale`.
    pub scale: f64,
    /// The grid to which the gain of the synapse is rounded.
    pub gain_grid: Option<Grid>,
}

/// A grid of numbers: multiples of `step` from `low` to `high`; halves go to even.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Grid {
    /// Distance of two numbers.
    pub step: f64,
    /// The smallest number.
    pub low: f64,
    /// The largest number.
    pub high: f64,
}

impl Grid {
    /// The number of the grid that is nearest.
    #[must_use]
    pub fn nearest(self, value: f64) -> f64 {
        ((value / self.step).round_ties_even() * self.step).clamp(self.low, self.high)
    }
}

impl Rule {
    /// Whether a state hands on what arrived in the step before.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.membrane.form.is_late() || self.synapse.is_some_and(|synapse| synapse.form.is_late())
    }

    /// Whether the output of a step depends on the input of the same step.
    #[must_use]
    pub fn has_feedthrough(&self) -> bool {
        !self.is_late() && self.fire.is_none_or(|fire| fire.test != Test::Before)
    }

    /// Whether the rule reads `v_leak` at all.
    #[must_use]
    pub fn reads_rest(&self) -> bool {
        let reads = |stage: &Stage| matches!(stage.rest, Rest::Pull | Rest::PullByTau | Rest::Bias);
        reads(&self.membrane) || self.synapse.as_ref().is_some_and(reads)
    }

    /// Whether a factor enters the computation anywhere.
    #[must_use]
    pub fn uses(&self, term: Term) -> bool {
        let folded = self.fold.terms();
        let of_synapse = self.synapse.is_some_and(|synapse| synapse.gain.contains(term));
        of_synapse || self.membrane.gain.contains(term) || folded.contains(term)
    }
}
