//! LIF: the movement of LI, with a threshold.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;
use nirkit_numerics::math::ln_1p;

use super::cell::{Cell, State};
use super::crossing::{Crossing, NEVER};
use super::error::PrepareError;
use super::fire::{self, Fire};
use super::li::Li;
use super::parameter::{Each, Fields};
use nirkit_run::choice::Reset;

/// The channels of a LIF node.
pub(super) fn neurons(
    leaf: &Leaf,
    node: &primitive::Lif,
    reset: Reset,
) -> Result<Each<(Cell, Fire)>, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let tau = fields.positive("tau", &node.tau);
    let (r, leak) = (fields.finite("r", &node.r), fields.finite("v_leak", &node.v_leak));
    let fire = fire::rules(&mut fields, &node.v_threshold, node.v_reset.as_ref(), reset);
    fields.each(|c| (Cell::Li(Li { tau: tau[c], r: r[c], leak: leak[c] }), fire[c]))
}

/// A lower bound of the time of the crossing, without a logarithm: `ln(1 + x) >= 2 x / (2 + x)` for
/// `x >= 0`. `None` where there is no crossing, or none ahead.
pub(super) fn earliest(cell: &Li, fire: &Fire, state: &State) -> Option<f64> {
    let above = cell.goal(state) - fire.threshold;
    let below = fire.threshold - state.v;
    let is_ahead = above > 0.0 && below > 0.0 && state.course.is_none();
    let bound = cell.tau * (2.0 * below / (2.0 * above + below));
    (is_ahead && bound.is_finite()).then_some(bound)
}

/// The crossing under a constant current: with `V = v_leak + r u`, the threshold `theta` is crossed
/// iff `V > theta`, after `tau ln((V - v) / (V - theta)) = tau ln(1 + (theta - v) / (V - theta))`.
pub(super) fn crossing(cell: &Li, fire: &Fire, state: &State) -> Crossing {
    let above = cell.goal(state) - fire.threshold;
    let drive = (cell.r * state.drive.constant.value()).abs();
    let noise = 2.0 * f64::EPSILON * (cell.leak.abs() + drive + fire.threshold.abs());
    if above <= 0.0 {
        return NEVER.doubted(0.0, above, noise);
    }
    let after = cell.tau * ln_1p((fire.threshold - state.v) / above);
    Crossing::after(after).doubted(after, above, noise)
}
