//! LI: `tau v' = (v_leak - v) + r u`.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::again::exp_m1;
use super::cell::{Cell, State, relaxed_by};
use super::error::PrepareError;
use super::expoly::Chains;
use super::parameter::{Each, Fields};
use super::range::Range;

/// One channel of LI, and the movement of LIF below its threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Li {
    /// Time constant in seconds.
    pub(super) tau: f64,
    pub(super) r: f64,
    pub(super) leak: f64,
}

/// The channels of an LI node.
pub(super) fn cells(leaf: &Leaf, node: &primitive::Li) -> Result<Each<Cell>, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let tau = fields.positive("tau", &node.tau);
    let (r, leak) = (fields.finite("r", &node.r), fields.finite("v_leak", &node.v_leak));
    fields.each(|c| Cell::Li(Li { tau: tau[c], r: r[c], leak: leak[c] }))
}

impl Li {
    pub(super) fn rate(&self) -> f64 {
        1.0 / self.tau
    }

    /// `V + (v - V) e^{-s/tau}` with `V = v_leak + r u` for the constant part of the current, and
    /// a chain for each other part.
    #[inline]
    pub(super) fn at(&self, state: &State, s: f64, chains: &Chains) -> f64 {
        let v = relaxed_by(state.v, self.goal(state), s / self.tau, exp_m1);
        if state.drive.is_constant() {
            return v;
        }
        v + self.r / self.tau * state.drive.response(&[self.rate()], s, chains)
    }

    /// Where `v` tends to under the constant part of the current.
    pub(super) fn goal(&self, state: &State) -> f64 {
        self.leak + self.r * state.drive.constant.value()
    }

    pub(super) fn slope(&self, state: &State, chains: &Chains) -> f64 {
        (self.leak - state.v + self.r * state.drive.now(chains)) / self.tau
    }

    pub(super) fn is_rising(&self, state: &State, chains: &Chains) -> bool {
        let slope = self.leak + self.r * state.drive.now(chains) - state.v;
        // Where v' is 0, every further derivative is that of r u until one is not 0.
        slope > 0.0 || (slope == 0.0 && self.r * state.drive.trend(1, chains) > 0.0)
    }

    pub(super) fn range(&self, state: &State, s: f64, chains: &Chains) -> Range {
        let goal = state.drive.range(s, chains).times(self.r).plus(Range::point(self.leak));
        Range::relaxing(state.v, goal, self.rate(), s)
    }

    /// With `y = v'`: `tau y' = r u' - y`.
    pub(super) fn curvature(&self, state: &State, s: f64, chains: &Chains) -> f64 {
        let goal = state.drive.derivative(chains).range(s, chains).times(self.r);
        let slope = Range::relaxing(self.slope(state, chains), goal, self.rate(), s);
        (goal.high - slope.low) / self.tau
    }
}
