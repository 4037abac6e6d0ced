//! Linear: `y = W x`.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::error::PrepareError;
use super::map::Map;
use super::matrix::Matrix;

/// The map of a Linear node.
pub(super) fn map(leaf: &Leaf, node: &primitive::Linear) -> Result<Map, Vec<PrepareError>> {
    Matrix::of(leaf, &node.weight).map(Map::Matrix)
}
