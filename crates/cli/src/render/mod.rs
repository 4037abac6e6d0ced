//! How things look: diagnostics on the text form, tables.

pub(crate) mod activity;
pub(crate) mod findings;
pub(crate) mod table;

use nirkit::ir::{Diagnostic, Severity};
use serde::Serialize;

/// A number of things: `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A diagnostic as JSON.
#[derive(Serialize)]
pub(crate) struct Finding {
    code: String,
    severity: String,
    place: String,
    hdf5_path: String,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    repairable: bool,
}

#[derive(Serialize)]
struct Label {
    place: String,
    text: String,
}

impl Finding {
    pub(crate) fn of(diagnostic: &Diagnostic) -> Self {
        let label = |(place, text): &(nirkit::ir::Place, String)| Label {
            place: place.to_string(),
            text: text.clone(),
        };
        Self {
            code: diagnostic.code.to_string(),
            severity: diagnostic.severity.to_string(),
            place: diagnostic.place.to_string(),
            hdf5_path: diagnostic.place.hdf5_path(),
            message: diagnostic.message.clone(),
            labels: diagnostic.labels.iter().map(label).collect(),
            help: diagnostic.help.clone(),
            repairable: diagnostic.repairable,
        }
    }

    pub(crate) fn is_note(&self) -> bool {
        self.severity == Severity::Note.to_string()
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Whether another finding differs in its place only.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        (&self.code, &self.message, &self.help) == (&other.code, &other.message, &other.help)
    }

    /// The finding in lines of a list, at these places.
    pub(crate) fn reason(&self, places: &str) -> String {
        let Self { code, severity, message, help, .. } = self;
        let help = help.as_ref().map_or(String::new(), |help| format!("    help: {help}\n"));
        format!("  {places}: {severity}[{code}]: {message}\n{help}")
    }
}
