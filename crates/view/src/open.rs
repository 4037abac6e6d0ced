//! Which nested graphs and repeated blocks of a drawing are open, that is, drawn with their nodes.

use std::collections::BTreeSet;

/// Some of the nested graphs, or of the repeated blocks, of a drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// All.
    All,
    /// None.
    None,
    /// Those under these names: a nested graph by its own, a block by those of its first node.
    Of(BTreeSet<Vec<String>>),
}

impl Which {
    /// Whether the one of this name in the level under these names is among them.
    pub(crate) fn has_in(&self, path: &[String], name: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Of(paths) => paths.contains([path, &[name.to_owned()]].concat().as_slice()),
        }
    }
}

/// What is open in a drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    /// Nested graphs.
    pub(crate) graphs: Which,
    /// Repeated blocks.
    pub(crate) blocks: Which,
}
