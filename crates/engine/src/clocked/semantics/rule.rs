//! The vocabulary of steps: what a program on a grid does with a neuron, said in values.
//!
//! The ideal neuron is a differential equation; a program on a grid computes something like it, in
//! a number format, with its operations in an order, and with some of the parameters. A [`Rule`]
//! says which. Two programs differ where their rules differ, so a rule is also the list of what can
//! be blamed when their spikes part.
//!
//! Formulas below write `s` for a state, `x` for what arrives, `p` for `dt / tau`. The order of
//! operations in them is meant: floating-point sums depend on it.

use serde::{Deserialize, Serialize};

use super::super::option::Comparison;
use super::text;
use nirkit_run::choice::Reset;

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

/// How one state moves in a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Stage {
    /// The arithmetic of the step.
    pub form: Form,
    /// How the time constant becomes a coefficient.
    pub leak: Leak,
    /// What `x` is multiplied by.
    pub gain: Terms,
    /// What `v_leak` does here.
    pub rest: Rest,
}

/// The arithmetic of a step, with `k` the share of the state that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `s = k s + x`: what arrives counts in full.
    Keep,
    /// `s = k (s + x)`: what arrives decays in its own step.
    KeepBoth,
    /// `s = s + p ((x + rest) - s)`: forward Euler.
    Approach,
    /// `s = s + p ((rest - s) + x)`: forward Euler with the sums in another order.
    Recover,
    /// `s = s - ((x + rest) - s) expm1(-p)`: the exact solution for a constant input.
    Relax,
    /// `s = s + x dt`.
    Add,
    /// `s` is handed on, then `s = k s + (1 - k) x`: one step late.
    Filter,
    /// `s` is handed on, then `s = k s + x`: one step late.
    Late,
    /// `s = s + (x - (s - rest)) / n`, with `n = tau / dt` in double precision.
    ApproachSteps,
    /// `s = (s - (s - rest) / n) + x`, with `n = tau / dt` in double precision.
    KeepSteps,
    /// `s = (k s + rest) + x`: the exact solution for a constant current and jumps at the end of the step.
    Charge,
}

impl Form {
    /// Whether what is handed on is the state of the step before.
    #[must_use]
    pub fn is_late(self) -> bool {
        matches!(self, Self::Filter | Self::Late)
    }
}

/// How a time constant becomes the coefficient of a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leak {
    /// Nothing leaks, whatever the file says: `k = 1`.
    None,
    /// `k` is this number, whatever the file says.
    Fixed(f64),
    /// `k = 1 - p`.
    Euler(Ratio, Format),
    /// `k = 1 - p`, or the nearer of 0 and 1 if that lies beyond them.
    Clipped(Ratio, Format),
    /// `k = exp(-p)`.
    Exponential(Ratio, Format),
    /// `k = exp(-p)` with the whole seconds of `tau` only: a time constant below 1 s keeps nothing.
    WholeSeconds(Ratio, Format),
    /// `k = exp(-dt / tau')` with `tau' = -dt / ln(1 - p)`, which is `1 - p` but for rounding.
    Warped(Ratio, Format),
    /// `k = exp(-p)` in double precision, the number that is nearest.
    Nearest(Ratio),
    /// The same of a synapse. A time constant that is that of the membrane is one unit in the last place longer.
    Apart(Ratio),
}

/// How `p = dt / tau` is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ratio {
    /// `dt / tau`.
    Quotient,
    /// `dt * (1 / tau)`.
    Reciprocal,
    /// `1 / (tau / dt)`: the time constant as a number of steps.
    Steps,
    /// `dt / tau` with both in milliseconds; a time step is a whole number of microseconds.
    Milliseconds,
}

/// In which numbers a coefficient is worked out, before it is rounded to those of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Single precision.
    Single,
    /// Double precision.
    Double,
    /// The precision in which `NumPy` computes with the parameter as the file holds it: half, single or
    /// double; double for integers.
    Stored,
}

/// A factor of a gain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// The parameter `r`.
    R,
    /// The parameter `w_in`.
    WIn,
    /// `dt / tau` of the membrane.
    Membrane,
    /// `dt / tau_syn`.
    Synapse,
    /// `1 / v_threshold`.
    PerThreshold,
    /// `1 / dt`.
    PerStep,
    /// `1 - exp(-dt / tau)` of the membrane: what a constant input of 1 adds to a voltage of 0 in a
    /// step of the exact solution.
    Share,
    /// What a synaptic current of 1 adds to a voltage in a step of the exact solution, by time constants in milliseconds and
    /// with the power series of `e^x - 1` up to `ln 2`.
    Propagator,
}

impl Term {
    /// Every factor, in the order in which a product takes them.
    pub const ALL: [Self; 8] = [
        Self::R,
        Self::WIn,
        Self::Membrane,
        Self::Synapse,
        Self::PerThreshold,
        Self::PerStep,
        Self::Share,
        Self::Propagator,
    ];
}

/// A product of factors, each at most once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<Term>", try_from = "Vec<Term>")]
pub struct Terms(u8);

impl From<Terms> for Vec<Term> {
    fn from(terms: Terms) -> Self {
        terms.iter().collect()
    }
}

impl TryFrom<Vec<Term>> for Terms {
    type Error = String;

    fn try_from(terms: Vec<Term>) -> Result<Self, String> {
        let product = Self::of(&terms);
        if product.iter().count() == terms.len() {
            return Ok(product);
        }
        Err("a factor stands twice in the product".to_owned())
    }
}

impl Terms {
    /// No factor: a gain of 1.
    pub const NONE: Self = Self(0);

    /// The product of these factors.
    #[must_use]
    pub const fn of(terms: &[Term]) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < terms.len() {
            set |= 1 << terms[at] as u8;
            at += 1;
        }
        Self(set)
    }

    /// Whether a factor is in the product.
    #[must_use]
    pub fn contains(self, term: Term) -> bool {
        self.0 & Self::of(&[term]).0 != 0
    }

    /// The product with a factor, or without it.
    #[must_use]
    pub fn set(self, term: Term, present: bool) -> Self {
        let bit = Self::of(&[term]).0;
        Self(if present { self.0 | bit } else { self.0 & !bit })
    }

    /// The product of both, a factor in both counting once.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The factors.
    pub fn iter(self) -> impl Iterator<Item = Term> {
        Term::ALL.into_iter().filter(move |&term| self.contains(term))
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

/// What `v_leak` does to a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// Nothing; the state starts at 0.
    Ignored,
    /// The state starts there and is drawn there; [`Form::Keep`] and [`Form::Charge`] add `(1 - k) rest` in each step.
    Pull,
    /// The same for [`Form::Charge`], with `((1 / tau) (1 - k)) tau` in the place of `1 - k` and `tau` in milliseconds.
    PullByTau,
    /// It is added in every step, as a current would be.
    Bias,
    /// Nothing; the state starts at `v_reset`, and forms that divide by a number of steps draw it
    /// there.
    Reset,
}

/// When a neuron spikes and what that does to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Fire {
    /// On which voltage the neuron decides.
    pub test: Test,
    /// How the voltage is held against the threshold.
    pub comparison: Comparison,
    /// How many spikes a step can hold.
    pub spikes: Spikes,
    /// What happens to the voltage.
    pub reset: Reset,
    /// When it happens.
    pub timing: ResetTiming,
    /// A limit below the voltage.
    pub floor: Floor,
    /// How high a spike is for those who receive it.
    pub height: Height,
    /// Whether the layer adds its spikes of the step before times weights of 0: one that is not a number (of a
    /// threshold of 0) makes all of the layer none from then on.
    #[serde(default, deserialize_with = "text::truth")]
    pub zero_feedback: bool,
}

/// On which voltage a neuron decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The voltage after the input of this step.
    After,
    /// The voltage of the step before, so that every neuron delays by a step.
    Before,
}

/// How many spikes a step can hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spikes {
    /// One.
    One,
    /// As many as thresholds fit into the voltage, up to this number.
    Several(f64),
    /// `(v > 0) trunc(v / threshold)`, whatever the comparison: as many as thresholds fit into the
    /// voltage, less than none for a negative threshold, and no number for a threshold of 0.
    Quotient,
    /// `(v >= threshold) floor(v / threshold)`, less what is above this number; no number for a
    /// threshold of 0.
    FloorQuotient(f64),
}

/// When a reset takes place. "Owed" is a reset for a voltage that stood above the threshold when
/// the step began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetTiming {
    /// Together with the spike.
    AtOnce,
    /// Owed, before the leak.
    BeforeLeak,
    /// Owed, after leak and input: a reset to zero loses the input of the step.
    AfterInput,
    /// Owed, before the leak and again after the input.
    Twice,
    /// Together with the spike; what is still pending from the step before is taken after the input,
    /// and then counts for the spike of this step.
    Settled,
    /// The same, with the pending reset taken before the leak.
    SettledEarly,
    /// Never.
    Never,
}

/// A limit below the voltage, `v = max(v - low, 0) + low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Floor {
    /// There is none.
    None,
    /// 0.
    Zero,
    /// The negative threshold.
    MinusThreshold,
}

/// How high a spike is for those who receive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Height {
    /// 1.
    One,
    /// `1 / dt`: an impulse of area 1 on a grid.
    PerStep,
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
