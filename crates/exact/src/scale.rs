//! Scale: `y = s x`.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::error::PrepareError;
use super::map::Map;
use super::parameter::Fields;

/// The map of a Scale node.
pub(super) fn map(leaf: &Leaf, node: &primitive::Scale) -> Result<Map, Vec<PrepareError>> {
    let mut fields = Fields::of(leaf);
    let factors = fields.finite("scale", &node.scale);
    fields.each(|c| factors[c]).map(Map::Scale)
}
