//! `CubaLIF`: the movement of `CubaLI`, with a threshold.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;
use nirkit_numerics::math::ln;

use super::cell::{Cell, State};
use super::crossing::{Crossing, NEVER, bracketed};
use super::cuba_li::CubaLi;
use super::error::PrepareError;
use super::expoly::Chains;
use super::fire::{self, Fire};
use super::parameter::{Each, Fields};
use nirkit_run::choice::Reset;

/// The channels of a `CubaLIF` node.
pub(super) fn neurons(
    leaf: &Leaf,
    node: &primitive::CubaLif,
    reset: Reset,
) -> Result<Each<(Cell, Fire)>, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let tau_syn = fields.positive("tau_syn", &node.tau_syn);
    let tau_mem = fields.positive("tau_mem", &node.tau_mem);
    let (r, leak) = (fields.finite("r", &node.r), fields.finite("v_leak", &node.v_leak));
    let w_in = fields.finite_or("w_in", node.w_in.as_ref(), 1.0);
    let fire = fire::rules(&mut fields, &node.v_threshold, node.v_reset.as_ref(), reset);
    fields.each(|c| {
        let (tau_syn, tau_mem) = (tau_syn[c], tau_mem[c]);
        let cell = CubaLi { tau_syn, tau_mem, r: r[c], leak: leak[c], w_in: w_in[c] };
        (Cell::CubaLi(cell), fire[c])
    })
}

/// The crossing under a constant current.
///
/// Let `g(s) = v_leak + r i(s) - theta` be how far above the threshold the membrane is driven. Since
/// `(e^{s/tau_mem} (v - theta))' = e^{s/tau_mem} g / tau_mem`, the voltage can only cross while
/// `g > 0`, and at most once in such a while. As `i` is one exponential, `g` is monotone and changes
/// its sign at most once; `turn` is when. So there is one interval to look at:
///
/// | `g` at 0 | `g` at the end | look at |
/// |---|---|---|
/// | not positive | not positive | nothing |
/// | positive | negative | `0..turn`; crosses iff above at `turn` |
/// | negative | positive | `turn..`; crosses for certain |
/// | positive | positive | `0..`; crosses for certain |
/// | positive | 0 | `0..`; see [`outlasts`] |
pub(super) fn crossing(cell: &CubaLi, fire: &Fire, state: &State, chains: &Chains) -> Crossing {
    let end = cell.goal(state) - fire.threshold;
    let fading = cell.r * (state.i - cell.current(state));
    let begin = end + fading;
    if begin <= 0.0 && end <= 0.0 {
        return NEVER;
    }
    let course = |s: f64| {
        let (v, i) = cell.at(state, s, chains);
        (v - fire.threshold, (cell.leak + cell.r * i - v) / cell.tau_mem)
    };
    let noise = Cell::CubaLi(*cell).noise(state) + f64::EPSILON * fire.threshold.abs();
    let turn = if begin * end < 0.0 { cell.tau_syn * ln(-fading / end) } else { 0.0 };
    if end < 0.0 {
        let height = course(turn).0;
        let found =
            if height > 0.0 { Crossing::after(bracketed(course, 0.0, turn)) } else { NEVER };
        return found.doubted(turn, height, noise);
    }
    if end == 0.0 && !outlasts(cell, fire, state) {
        return NEVER;
    }
    // Behind a late turn the shorter time constant may be below the distance of two instants.
    let width = cell.tau_syn.min(cell.tau_mem).max(4.0 * f64::EPSILON * turn);
    let mut high = turn + width;
    while course(high).0 <= 0.0 && high.is_finite() {
        high = 2.0 * high - turn;
    }
    let found = if high.is_finite() { bracketed(course, turn, high) } else { f64::INFINITY };
    Crossing::after(found).doubted(found, end, noise)
}

/// Whether a voltage that tends to its threshold does so from above: with `a = 1/tau_mem` and
/// `b = 1/tau_syn`, `e^{a s} (v - theta)` tends to `(v - theta) + a r (i - I) / (b - a)` if the
/// synapse is the faster one, and grows without limit if it is not.
fn outlasts(cell: &CubaLi, fire: &Fire, state: &State) -> bool {
    let [synapse, membrane] = cell.rates();
    let push = cell.r / cell.tau_mem * (state.i - cell.current(state));
    synapse <= membrane || state.v - fire.threshold + push / (synapse - membrane) > 0.0
}
