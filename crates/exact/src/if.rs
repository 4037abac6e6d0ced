//! IF: the movement of I, with a threshold.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::cell::{Cell, State};
use super::crossing::{Crossing, NEVER};
use super::error::PrepareError;
use super::fire::{self, Fire};
use super::i::I;
use super::parameter::{Each, Fields};
use nirkit_run::choice::Reset;

/// The channels of an IF node.
pub(super) fn neurons(
    leaf: &Leaf,
    node: &primitive::If,
    reset: Reset,
) -> Result<Each<(Cell, Fire)>, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let r = fields.finite("r", &node.r);
    let fire = fire::rules(&mut fields, &node.v_threshold, node.v_reset.as_ref(), reset);
    fields.each(|c| (Cell::I(I { r: r[c] }), fire[c]))
}

/// The crossing under a constant current: after `(theta - v) / (r u)`, iff `r u > 0`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as all cells are called")]
pub(super) fn crossing(cell: &I, fire: &Fire, state: &State) -> Crossing {
    let slope = cell.r * state.drive.constant.value();
    if slope > 0.0 { Crossing::after((fire.threshold - state.v) / slope) } else { NEVER }
}
