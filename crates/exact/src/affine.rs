//! Affine: `y = W x + b`. The bias is a constant current from the start on; impulses do not
//! multiply it.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::bias;
use super::error::PrepareError;
use super::map::Map;
use super::matrix::Matrix;

/// The map of an Affine node, and its bias.
pub(super) fn map(
    leaf: &Leaf,
    node: &primitive::Affine,
) -> Result<(Map, Vec<f64>), Vec<PrepareError>> {
    Ok((Map::Matrix(Matrix::of(leaf, &node.weight)?), bias::of(leaf, &node.bias)?))
}
