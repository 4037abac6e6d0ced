//! `CubaLI`: `tau_syn i' = -i + w_in u`, `tau_mem v' = (v_leak - v) + r i`.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::cell::{Cell, State, relaxed};
use super::error::PrepareError;
use super::expoly::{Chains, pair};
use super::parameter::{Each, Fields};
use super::range::Range;

/// One channel of `CubaLI`, and the movement of `CubaLIF` below its threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CubaLi {
    /// Time constant of the synapse in seconds.
    pub(super) tau_syn: f64,
    /// Time constant of the membrane in seconds.
    pub(super) tau_mem: f64,
    pub(super) r: f64,
    pub(super) leak: f64,
    pub(super) w_in: f64,
}

/// The channels of a `CubaLI` node.
pub(super) fn cells(
    leaf: &Leaf,
    node: &primitive::CubaLi,
) -> Result<Each<Cell>, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let tau_syn = fields.positive("tau_syn", &node.tau_syn);
    let tau_mem = fields.positive("tau_mem", &node.tau_mem);
    let (r, leak) = (fields.finite("r", &node.r), fields.finite("v_leak", &node.v_leak));
    let w_in = fields.finite_or("w_in", node.w_in.as_ref(), 1.0);
    fields.each(|c| {
        let (tau_syn, tau_mem) = (tau_syn[c], tau_mem[c]);
        Cell::CubaLi(CubaLi { tau_syn, tau_mem, r: r[c], leak: leak[c], w_in: w_in[c] })
    })
}

impl CubaLi {
    /// The rates of synapse and membrane.
    pub(super) fn rates(&self) -> [f64; 2] {
        [1.0 / self.tau_syn, 1.0 / self.tau_mem]
    }

    /// `i = I + (i0 - I) e^{-s/tau_syn}` with `I = w_in u`, and
    /// `v = V + (v0 - V) e^{-s/tau_mem} + (r / tau_mem) (i0 - I) D(s)` with `V = v_leak + r I`, for
    /// the constant part of the current; a chain for each other part. `D` is the chain of both
    /// rates.
    pub(super) fn at(&self, state: &State, s: f64, chains: &Chains) -> (f64, f64) {
        let rates @ [synapse, membrane] = self.rates();
        let (current, gain) = (self.current(state), self.r / self.tau_mem);
        let i = relaxed(state.i, current, s / self.tau_syn);
        let v = relaxed(state.v, self.goal(state), s / self.tau_mem)
            + gain * (state.i - current) * pair(synapse, membrane, s);
        if state.drive.is_constant() {
            return (v, i);
        }
        let weight = self.w_in / self.tau_syn;
        let more_i = weight * state.drive.response(&rates[..1], s, chains);
        let more_v = weight * state.drive.response(&rates, s, chains);
        (v + gain * more_v, i + more_i)
    }

    /// Where `i` tends to under the constant part of the input.
    pub(super) fn current(&self, state: &State) -> f64 {
        self.w_in * state.drive.constant.value()
    }

    /// Where `v` tends to under the constant part of the input.
    pub(super) fn goal(&self, state: &State) -> f64 {
        self.leak + self.r * self.current(state)
    }

    pub(super) fn slope(&self, state: &State) -> f64 {
        (self.leak - state.v + self.r * state.i) / self.tau_mem
    }

    fn synaptic_slope(&self, state: &State, chains: &Chains) -> f64 {
        (self.w_in * state.drive.now(chains) - state.i) / self.tau_syn
    }

    pub(super) fn is_rising(&self, state: &State, chains: &Chains) -> bool {
        let slope = self.leak + self.r * state.i - state.v;
        // Where v' is 0, v'' has the sign of r i'; where that is 0 too, r w_in u decides.
        let bend = self.r * self.synaptic_slope(state, chains);
        let trend = || self.r * self.w_in * state.drive.trend(1, chains);
        slope > 0.0 || (slope == 0.0 && (bend > 0.0 || (bend == 0.0 && trend() > 0.0)))
    }

    pub(super) fn range(&self, state: &State, s: f64, chains: &Chains) -> Range {
        let [synapse, membrane] = self.rates();
        let current = state.drive.range(s, chains).times(self.w_in);
        let i = Range::relaxing(state.i, current, synapse, s);
        Range::relaxing(state.v, i.times(self.r).plus(Range::point(self.leak)), membrane, s)
    }

    /// With `z = i'` and `y = v'`: `tau_syn z' = w_in u' - z` and `tau_mem y' = r z - y`.
    pub(super) fn curvature(&self, state: &State, s: f64, chains: &Chains) -> f64 {
        let [synapse, membrane] = self.rates();
        let goal = state.drive.derivative(chains).range(s, chains).times(self.w_in);
        let z = Range::relaxing(self.synaptic_slope(state, chains), goal, synapse, s);
        let y = Range::relaxing(self.slope(state), z.times(self.r), membrane, s);
        (z.times(self.r).high - y.low) / self.tau_mem
    }
}
