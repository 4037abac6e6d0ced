//! Whoever watches a long run: is told how far it is, and may stop it.

use std::ops::ControlFlow;

use crate::error::{Error, ErrorKind};

pub use nirkit_run::interrupt;

/// Watches a run.
pub trait Watch: Sync {
    /// Takes note of how much is done, of how much in all; breaking stops the run, which then ends with an
    /// error.
    fn done(&self, amount: u64, total: u64) -> ControlFlow<()>;
}

/// A function that only looks.
impl<F: Fn(u64, u64) + Sync> Watch for F {
    fn done(&self, amount: u64, total: u64) -> ControlFlow<()> {
        self(amount, total);
        ControlFlow::Continue(())
    }
}

/// Looks at nothing.
impl Watch for () {
    fn done(&self, _: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// The error of a run that was stopped.
#[must_use]
pub fn stopped() -> Error {
    Error::new("the run was stopped").of_kind(ErrorKind::Stopped)
}
