//! Repair: mends what the validator calls repairable, one file for each kind of finding.
//!
//! A repair never changes what a graph means where the file says it; where the file does not say
//! it, the change names what was taken.

mod dangling_edge;
mod declared_shape;
mod default_taken;
mod duplicate_edge;
mod lone_node;
mod no_input;
mod no_output;
mod scalar_parameter;
mod unit_axes;

use std::fmt;

use nirkit_ir::valid::validate_document;
use nirkit_ir::{Code, Diagnostic, Document, Facts, Place};

/// One thing that a repair did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The finding that it mended.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// What was done, as a sentence without a full stop.
    pub done: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "repaired[{}]: {}: {}", self.code, self.place, self.done)
    }
}

/// Mends one finding; `None` when it turns out that it cannot be mended.
type Mend = fn(&mut Document, &Diagnostic, Option<&Facts>) -> Option<String>;

/// The repairs in the order in which they are tried: structure first, because shapes depend on it.
const REPAIRS: &[(Code, Mend)] = &[
    (Code::LoneNode, lone_node::mend),
    (Code::DanglingEdge, dangling_edge::mend),
    (Code::DuplicateEdge, duplicate_edge::mend),
    (Code::DefaultTaken, default_taken::mend),
    (Code::NoInput, no_input::mend),
    (Code::NoOutput, no_output::mend),
    (Code::DeclaredShape, declared_shape::mend),
    (Code::UnitAxes, unit_axes::mend),
    (Code::ScalarParameter, scalar_parameter::mend),
];

/// Mends everything that can be mended, and says what it did.
pub fn repair(document: &mut Document) -> Vec<Change> {
    let mut changes = Vec::new();
    for &(code, mend) in REPAIRS {
        // A repair can bring another finding of its kind to light, as when shapes become known.
        // Each round mends at least one of finitely many, so this ends.
        while mend_all(document, code, mend, &mut changes) {}
    }
    changes
}

/// Mends all findings of one code; whether anything changed.
fn mend_all(document: &mut Document, code: Code, mend: Mend, changes: &mut Vec<Change>) -> bool {
    let validation = validate_document(document);
    let mut found: Vec<&Diagnostic> =
        validation.findings.iter().filter(|finding| finding.code == code).collect();
    // From the last edge to the first, so that taking one out does not move the others.
    found.sort_by(|a, b| b.place.cmp(&a.place));
    found.dedup_by(|a, b| a.place == b.place);
    let before = changes.len();
    for finding in found {
        if let Some(done) = mend(document, finding, validation.facts.as_ref()) {
            changes.push(Change { code, place: finding.place.clone(), done });
        }
    }
    changes[before..].reverse();
    changes.len() > before
}
