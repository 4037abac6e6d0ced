//! Diagnostics as data: what is wrong, where, and what to do. How they look is decided elsewhere.

mod code;
mod place;

pub use code::{CODES, Code, CodePage};
pub use place::Place;

use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something worth knowing; nothing is wrong.
    Note,
    /// The graph runs, but perhaps not as its author meant.
    Warning,
    /// The graph has no meaning, or another than the file can say; it does not run.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One finding about a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule it is about; `nir explain` prints the rule's page.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, with the numbers; lower case, no full stop.
    pub message: String,
    /// Where it is.
    pub place: Place,
    /// Further places, each with what is to be seen there.
    pub labels: Vec<(Place, String)>,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether `nir convert --repair` mends it.
    pub repairable: bool,
}

impl Diagnostic {
    /// A finding with the severity that its code usually has.
    #[must_use]
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.page().severity,
            message: message.into(),
            place,
            labels: Vec::new(),
            help: None,
            repairable: false,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn label(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push((place, text.into()));
        self
    }

    /// Says that a repair exists.
    #[must_use]
    pub fn repairable(mut self) -> Self {
        self.repairable = true;
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}: {}", self.severity, self.code, self.place, self.message)
    }
}
