//! Threshold: an event whenever the continuous input rises above a level.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::cell::State;
use super::crossing::{Course, Crossing, NEVER, first_rise};
use super::drive::GridInput;
use super::error::PrepareError;
use super::expoly::Chains;
use super::neuron::Glimpse;
use super::parameter::{Each, Fields};

/// The levels of a Threshold node.
pub(super) fn levels(
    leaf: &Leaf,
    node: &primitive::Threshold,
) -> Result<Each<f64>, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let levels = fields.finite("threshold", &node.threshold);
    fields.each(|c| levels[c])
}

/// The input of a Threshold relative to its level, upside down while it is above.
#[derive(Clone)]
struct Ahead<'a> {
    chains: &'a Chains,
    level: f64,
    sign: f64,
    time: f64,
    drive: GridInput,
}

/// Says of the next passage what can be said without a search; see [`next_pass`].
pub(super) fn glimpse(level: f64, state: &State, chains: &Chains, until_renewal: f64) -> Glimpse {
    if state.course.is_some() {
        Glimpse::Known(next_pass(level, state, chains, until_renewal))
    } else if state.drive.is_constant() {
        Glimpse::Known(NEVER)
    } else {
        Glimpse::NotBefore(0.0)
    }
}

/// When the input will next pass the level, upwards if it is not above, downwards if it is; searched for so many seconds from
/// the last event on.
pub(super) fn next_pass(level: f64, state: &State, chains: &Chains, horizon: f64) -> Crossing {
    let sign = if state.above { -1.0 } else { 1.0 };
    // Where rounding leaves the input on the other side of its level, it passes when it moves on from where it is.
    let input = state.input_at(state.time, chains);
    let level = if state.above { level.min(input) } else { level.max(input) };
    let next = if let Some(course) = &state.course {
        first_rise(&course.course(level, sign, state.time), horizon)
    } else if state.drive.is_constant() {
        NEVER
    } else {
        let drive = state.drive.clone();
        first_rise(&Ahead { chains, level, sign, time: state.time, drive }, horizon)
    };
    next.beyond(state.time)
}

/// Whether an input that stands exactly on its level rises from there.
pub(super) fn is_rising(state: &State, chains: &Chains) -> bool {
    match &state.course {
        Some(course) => course.trend() > 0.0,
        None => state.drive.trend(1, chains) > 0.0,
    }
}

impl Ahead<'_> {
    fn derivative(&self) -> GridInput {
        self.drive.derivative(self.chains)
    }
}

impl Course for Ahead<'_> {
    fn later(&self, s: f64) -> Self {
        Self { drive: self.drive.shifted(s, self.chains), time: self.time + s, ..*self }
    }

    fn height(&self) -> f64 {
        self.sign * (self.drive.now(self.chains) - self.level)
    }

    fn slope(&self) -> f64 {
        self.sign * self.derivative().now(self.chains)
    }

    fn curvature(&self, s: f64) -> f64 {
        let bend = self.derivative().derivative(self.chains);
        bend.range(s, self.chains).times(self.sign).high
    }

    fn ceiling(&self, s: f64) -> f64 {
        let range = self.drive.range(s, self.chains).times(self.sign);
        range.high - self.sign * self.level
    }

    fn noise(&self) -> f64 {
        4.0 * f64::EPSILON * (self.drive.magnitude() + self.level.abs())
    }

    fn pace(&self) -> f64 {
        self.drive.fastest(self.chains)
    }

    fn resolution(&self) -> f64 {
        0.5 * f64::EPSILON * self.time
    }
}
