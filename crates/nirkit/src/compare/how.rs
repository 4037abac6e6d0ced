//! How a comparison is made: duration, distance, causes.

use crate::watch::Watch;

/// How a comparison is made.
#[derive(Clone)]
pub struct Compare<'a> {
    pub(super) duration: Option<f64>,
    pub(super) tau: Option<f64>,
    pub(super) causes: bool,
    pub(super) watch: &'a dyn Watch,
}

impl Default for Compare<'_> {
    fn default() -> Self {
        Self { duration: None, tau: None, causes: true, watch: &() }
    }
}

impl<'a> Compare<'a> {
    /// Compares for as long as the stimulus lasts, and looks for causes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says how long to run, in seconds.
    #[must_use]
    pub fn duration(mut self, duration: impl Into<Option<f64>>) -> Self {
        self.duration = duration.into();
        self
    }

    /// Gives the time constant of the van Rossum distance, in seconds; ten steps if not given.
    #[must_use]
    pub fn tau(mut self, tau: impl Into<Option<f64>>) -> Self {
        self.tau = tau.into();
        self
    }

    /// Says whether causes are looked for; each choice in which two programs differ takes some runs.
    #[must_use]
    pub fn causes(mut self, causes: bool) -> Self {
        self.causes = causes;
        self
    }

    /// Lets somebody watch, who may stop the work.
    #[must_use]
    pub fn watch(mut self, watch: &'a dyn Watch) -> Self {
        self.watch = watch;
        self
    }
}

impl std::fmt::Debug for Compare<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { duration, tau, causes, .. } = self;
        f.debug_struct("Compare")
            .field("duration", duration)
            .field("tau", tau)
            .field("causes", causes)
            .finish_non_exhaustive()
    }
}
