//! I: `v' = r u`.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::cell::{Cell, State};
use super::error::PrepareError;
use super::expoly::Chains;
use super::parameter::{Each, Fields};

/// One channel of I, and the movement of IF below its threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct I {
    pub(super) r: f64,
}

/// The channels of an I node.
pub(super) fn cells(leaf: &Leaf, node: &primitive::I) -> Result<Each<Cell>, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let r = fields.finite("r", &node.r);
    fields.each(|c| Cell::I(I { r: r[c] }))
}

impl I {
    /// `v + r u s` for the constant part of the current, and a chain for each other part.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as all cells are called")]
    pub(super) fn at(&self, state: &State, s: f64, chains: &Chains) -> f64 {
        let v = state.v + self.r * state.drive.constant.value() * s;
        if state.drive.is_constant() {
            return v;
        }
        v + self.r * state.drive.response(&[0.0], s, chains)
    }
}
