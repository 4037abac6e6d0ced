//! Exit codes.

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine,
    /// The work was done, and there are findings or a difference.
    Findings,
    /// The work could not be done.
    Failed,
}

impl Exit {
    /// The number that the system is given.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Failed => 2,
        }
    }
}
