//! How an import ends that does not lead to a run.

/// An import or a first step that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When it ends.
    pub when: When,
    /// Full name of the node at which it ends; empty for the graph itself.
    pub node: String,
    /// The words of the package; for what never ends, what goes on.
    pub says: String,
}

/// When an import or a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// The import raises an error.
    Import,
    /// The first step raises an error.
    FirstStep,
    /// The import never ends.
    Never,
}

impl Ending {
    pub(super) fn import(node: &str, says: &str) -> Self {
        Self { when: When::Import, node: node.to_owned(), says: says.to_owned() }
    }

    pub(super) fn first_step(node: &str, says: &str) -> Self {
        Self { when: When::FirstStep, node: node.to_owned(), says: says.to_owned() }
    }

    pub(super) fn never(node: &str, says: &str) -> Self {
        Self { when: When::Never, node: node.to_owned(), says: says.to_owned() }
    }
}
