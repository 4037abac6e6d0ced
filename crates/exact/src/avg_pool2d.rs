//! AvgPool2d: the mean over each window; the zeros around the input count.

use nirkit_ir::facts::Leaf;

use super::error::PrepareError;
use super::map::Map;
use super::window::Windowed;

/// The map of an AvgPool2d node.
pub(super) fn map(leaf: &Leaf) -> Result<Map, Vec<PrepareError>> {
    Windowed::pool(leaf, true).map(Map::Window)
}
