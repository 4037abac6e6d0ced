//! How much a chip has of what a network takes.

use serde::Serialize;

/// So much of something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// Its name in a platform file: `hidden_neurons`.
    pub name: &'static str,
    /// What, in the plural: `hidden neurons`.
    pub what: &'static str,
    /// How many: one number, or one for each core.
    pub available: &'static [usize],
    /// Where this is written.
    pub source: &'static str,
}

impl Limit {
    /// The number, or that of the core which has the most.
    #[must_use]
    pub fn most(&self) -> usize {
        self.available.iter().copied().max().unwrap_or(0)
    }

    /// The sum over all cores.
    #[must_use]
    pub fn total(&self) -> usize {
        self.available.iter().copied().fold(0, usize::saturating_add)
    }
}

/// All limits of a chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits(pub &'static [Limit]);

impl Limits {
    /// The limit that has the name of this one.
    pub(super) fn of(self, known: &Limit) -> Limit {
        self.0.iter().find(|limit| limit.name == known.name).copied().unwrap_or(*known)
    }
}
