//! SumPool2d: the sum over each window, with zeros around the input.

use nirkit_ir::facts::Leaf;

use super::error::PrepareError;
use super::map::Map;
use super::window::Windowed;

/// The map of a SumPool2d node.
pub(super) fn map(leaf: &Leaf) -> Result<Map, Vec<PrepareError>> {
    Windowed::pool(leaf, false).map(Map::Window)
}
