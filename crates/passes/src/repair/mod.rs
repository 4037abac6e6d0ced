//! Repair: mends what the validator calls repairable, one file for each kind of finding.
//!
//! A repair never changes what a graph means where the file says it; where the file does not say
//! it, the change names what was taken.

mod dangling_edge;
mod declared_shape;
mod default_taken;
mod duplicate_edge;
mod edges;
mod lone_node;
mod no_input;
mod no_output;
mod scalar_parameter;
mod unit_axes;

use std::fmt;

use nirkit_ir::valid::validate_document_within;
use nirkit_ir::{Code, Diagnostic, Document, Facts, Limits, Place};

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

/// Mends findings.
#[derive(Clone, Copy)]
enum Mend {
    /// One finding; `None` when it turns out that it cannot be mended.
    Each(fn(&mut Document, &Diagnostic, Option<&Facts>) -> Option<String>),
    /// All findings, from the last place to the first; with each what was done.
    All(fn(&mut Document, &[&Diagnostic]) -> Vec<Option<String>>),
}

/// The repairs in the order in which they are tried: structure first, because shapes depend on it.
const REPAIRS: &[(Code, Mend)] = &[
    (Code::LoneNode, Mend::Each(lone_node::mend)),
    (Code::DanglingEdge, Mend::All(dangling_edge::mend)),
    (Code::DuplicateEdge, Mend::All(duplicate_edge::mend)),
    (Code::DefaultTaken, Mend::Each(default_taken::mend)),
    (Code::NoInput, Mend::Each(no_input::mend)),
    (Code::NoOutput, Mend::Each(no_output::mend)),
    (Code::DeclaredShape, Mend::Each(declared_shape::mend)),
    (Code::UnitAxes, Mend::Each(unit_axes::mend)),
    (Code::ScalarParameter, Mend::Each(scalar_parameter::mend)),
];

/// Mends everything that can be mended within the usual limits, and says what it did.
pub fn repair(document: &mut Document) -> Vec<Change> {
    repair_within(document, &Limits::default())
}

/// Mends everything that can be mended, and says what it did. Nothing is mended by shapes that go
/// beyond the limits.
pub fn repair_within(document: &mut Document, limits: &Limits) -> Vec<Change> {
    let mut changes = Vec::new();
    for &(code, mend) in REPAIRS {
        // A repair can bring another finding of its kind to light, as when shapes become known.
        // Each round mends at least one of finitely many, so this ends.
        while mend_all(document, (code, mend), limits, &mut changes) {}
    }
    changes
}

/// Mends all findings of one code; whether anything changed.
fn mend_all(
    document: &mut Document,
    (code, mend): (Code, Mend),
    limits: &Limits,
    changes: &mut Vec<Change>,
) -> bool {
    let validation = validate_document_within(document, limits);
    let mut found: Vec<&Diagnostic> =
        validation.findings.iter().filter(|finding| finding.code == code).collect();
    // From the last edge to the first, so that taking one out does not move the others.
    found.sort_by(|a, b| b.place.cmp(&a.place));
    found.dedup_by(|a, b| a.place == b.place);
    let before = changes.len();
    let facts = validation.facts.as_ref();
    let done = match mend {
        Mend::Each(mend) => found.iter().map(|finding| mend(document, finding, facts)).collect(),
        Mend::All(mend) => mend(document, &found),
    };
    for (finding, done) in found.iter().zip(done) {
        let place = finding.place.clone();
        changes.extend(done.map(|done| Change { code, place, done }));
    }
    changes[before..].reverse();
    changes.len() > before
}
