//! Updates: how a state moves in a step, and how its time constant becomes a coefficient.

use serde::{Deserialize, Serialize};

use super::Terms;

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

impl Leak {
    /// How `p` is computed, where that is a ratio of the time step and the time constant as the file has it.
    fn ratio(self) -> Option<(Ratio, Format)> {
        match self {
            Self::Euler(ratio, format)
            | Self::Exponential(ratio, format)
            | Self::Warped(ratio, format) => Some((ratio, format)),
            _ => None,
        }
    }
}

impl Stage {
    /// Returns the one of the stages that compute the same numbers which stands for all of them: forms with `p` do not see
    /// how `k` follows from it, and without a rest the order of the sums of forward Euler makes no difference.
    #[must_use]
    pub fn canonical(self) -> Self {
        let Self { form, leak, rest, .. } = self;
        let has_share = matches!(form, Form::Approach | Form::Recover | Form::Relax);
        let leak = match leak.ratio().filter(|_| has_share) {
            Some((ratio, format)) => Leak::Euler(ratio, format),
            None => leak,
        };
        let is_recovering = form == Form::Recover && rest == Rest::Ignored;
        Self { form: if is_recovering { Form::Approach } else { form }, leak, ..self }
    }
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
