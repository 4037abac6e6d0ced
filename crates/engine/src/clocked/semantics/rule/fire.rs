//! Firing: the test of the voltage, the number and the height of spikes, and the reset.

use nirkit_run::choice::Reset;
use serde::{Deserialize, Serialize};

use super::super::text;
use crate::clocked::option::Comparison;

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
