//! Why a platform cannot compute what is wanted, and what to change instead.

use std::fmt;

use crate::phrase::brief;

/// One thing that no file can bring about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What differs, as a sentence without a full stop.
    pub what: String,
    /// What to change in training or elsewhere.
    pub instead: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Transient,
    Other,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Reason {
    /// A reason in words.
    #[must_use]
    pub fn new(what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { what: what.into(), instead: instead.into(), kind: Kind::Other }
    }

    pub(super) fn no_synapse() -> Self {
        Self::new(
            "the platform has no synaptic current for this neuron",
            "train with LIF neurons, or take a platform with CubaLIF",
        )
    }

    pub(super) fn decay(of: &str, wanted: f64, found: f64) -> Self {
        Self::new(
            format!(
                "the {of} keeps {} of itself in a step, not {}, and no time constant changes that",
                brief(found),
                brief(wanted)
            ),
            "train with the decay that the platform has",
        )
    }

    pub(super) fn transient() -> Self {
        let what = "a constant current is a bias before the synapse there, which takes some time constants to build up";
        Self { kind: Kind::Transient, ..Self::new(what, "train with `v_leak` = 0") }
    }

    pub(super) fn is_transient(&self) -> bool {
        self.kind == Kind::Transient
    }

    pub(super) fn start(wanted: f64, found: f64) -> Self {
        Self::new(
            format!("the voltage starts at {}, not {}", brief(found), brief(wanted)),
            "train from the state at which the platform starts, or leave out the first steps",
        )
    }
}
