//! How an import ends that does not lead to a run.

use serde::{Deserialize, Serialize};

/// An import or a first step that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When it ends.
    pub when: When,
    /// Full name of the node at which it ends; empty for the graph itself.
    pub node: String,
    /// The words of the package; for what never ends, what goes on.
    pub says: String,
    /// Whether it ends by the name of the node, so that another name mends it.
    pub is_name: bool,
}

/// When an import or a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The import raises an error.
    Import,
    /// The first step raises an error.
    FirstStep,
    /// The import or the first step never ends.
    Never,
}

impl Ending {
    fn new(when: When, node: &str, says: &str) -> Self {
        Self { when, node: node.to_owned(), says: says.to_owned(), is_name: false }
    }

    pub(super) fn import(node: &str, says: &str) -> Self {
        Self::new(When::Import, node, says)
    }

    pub(super) fn first_step(node: &str, says: &str) -> Self {
        Self::new(When::FirstStep, node, says)
    }

    pub(super) fn never(node: &str, says: &str) -> Self {
        Self::new(When::Never, node, says)
    }

    /// The same, by the name of the node.
    pub(super) fn of_name(self) -> Self {
        Self { is_name: true, ..self }
    }
}
