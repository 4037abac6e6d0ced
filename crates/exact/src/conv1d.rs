//! Conv1d: cross-correlation along one axis, `y = w * x + b`.

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive;

use super::bias;
use super::error::PrepareError;
use super::map::Map;
use super::window::Windowed;

/// The map of a Conv1d node, and its bias.
pub(super) fn map(
    leaf: &Leaf,
    node: &primitive::Conv1d,
) -> Result<(Map, Vec<f64>), Vec<PrepareError>> {
    let map = Map::Window(Windowed::convolution(leaf, &node.weight)?);
    Ok((map, bias::of(leaf, &node.bias)?))
}
