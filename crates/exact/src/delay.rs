//! Delay: `y(t) = x(t - d)`, and 0 for `t < d`.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::error::PrepareError;
use super::parameter::{Each, Fields};

/// The delays of a Delay node, in seconds. A channel with delay 0 passes within the instant.
pub(super) fn delays(leaf: &Leaf, node: &primitive::Delay) -> Result<Each<f64>, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let delays = fields.not_negative("delay", &node.delay);
    // A negative zero is a zero.
    fields.each(|c| delays[c] + 0.0)
}
