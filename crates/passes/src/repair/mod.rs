//! Repair: mends what the validator calls repairable, one file for each kind of finding.
//!
//! A repair never changes what a graph means where the file says it; where the file does not say
//! it, the change names what was taken.

mod batch_axis;
mod dangling_edge;
mod declared_shape;
mod default_taken;
mod duplicate_edge;
mod edges;
mod flatten_batch_axis;
mod lone_node;
mod no_input;
mod no_output;
mod promise;
mod repeated_shape;
mod scalar_parameter;
mod transposed_weight;
mod unit_axes;

pub use promise::hold_promises;

use std::collections::BTreeSet;
use std::fmt;

use nirkit_ir::valid::cause::mend;
use nirkit_ir::valid::{Survey, survey};
use nirkit_ir::{Code, Diagnostic, Document, Limits, Place};

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
    Each(fn(&mut Document, &Diagnostic, &Survey) -> Option<String>),
    /// All findings, from the last place to the first; with each what was done.
    All(fn(&mut Document, &[&Diagnostic]) -> Vec<Option<String>>),
}

/// The repairs in the order in which they are tried: structure first, because shapes depend on it.
const REPAIRS: &[(Code, Mend)] = &[
    (Code::LoneNode, Mend::Each(lone_node::mend)),
    (Code::DanglingEdge, Mend::All(dangling_edge::mend)),
    (Code::DuplicateEdge, Mend::All(duplicate_edge::mend)),
    (Code::BatchAxis, Mend::Each(batch_axis::mend)),
    (Code::FlattenBatchAxis, Mend::Each(flatten_batch_axis::mend)),
    (Code::TransposedWeight, Mend::Each(transposed_weight::mend)),
    (Code::DefaultTaken, Mend::Each(default_taken::mend)),
    (Code::NoInput, Mend::Each(no_input::mend)),
    (Code::NoOutput, Mend::Each(no_output::mend)),
    (Code::NotACount, Mend::Each(repeated_shape::mend)),
    (Code::DeclaredShape, Mend::Each(declared_shape::mend)),
    (Code::UnitAxes, Mend::Each(unit_axes::mend)),
    (Code::ScalarParameter, Mend::Each(scalar_parameter::mend)),
];

/// Mends everything that can be mended within the usual limits, and says what it did.
pub fn repair(document: &mut Document) -> Vec<Change> {
    repair_within(document, &Limits::default())
}

/// Mends everything that can be mended, and says what it did. Nothing is mended by shapes that go
/// beyond the limits. What is mended has nothing more to mend.
pub fn repair_within(document: &mut Document, limits: &Limits) -> Vec<Change> {
    repair_surveyed(document, limits).0
}

/// Mends everything that can be mended; what it did, and what is known of the document afterwards.
fn repair_surveyed(document: &mut Document, limits: &Limits) -> (Vec<Change>, Survey) {
    let (mut changes, mut known) = (Vec::new(), BTreeSet::new());
    let mut surveyed = Surveyed { limits: *limits, survey: None };
    loop {
        let (before, original) = (changes.len(), document.clone());
        for &(code, mend) in REPAIRS {
            mend_code(document, (code, mend), &mut surveyed, &mut changes);
        }
        let done = changes[before..]
            .iter()
            .map(|change: &Change| (change.code, change.place.clone(), change.done.clone()));
        // One repair can make room for another. Where two undo each other, the first time is the last.
        let is_new = done.filter(|done| known.insert(done.clone())).count() > 0;
        if !is_new {
            if changes.len() > before {
                *document = original;
                changes.truncate(before);
                surveyed.survey = None;
            }
            let survey = surveyed.take(document);
            return (changes, survey);
        }
    }
}

/// What is known of a document, kept as long as the document stays as it is.
struct Surveyed {
    limits: Limits,
    survey: Option<Survey>,
}

impl Surveyed {
    /// Takes what is known of the document out; whoever leaves the document as it is puts it back.
    fn take(&mut self, document: &Document) -> Survey {
        self.survey.take().unwrap_or_else(|| survey(document, &self.limits))
    }
}

/// Mends the findings of one code, until there are none that can be mended.
///
/// A repair can bring another finding of its kind to light, as when shapes become known. Where two findings ask for what
/// contradicts the other, so that a round does what was done before, nothing of this code is mended.
fn mend_code(
    document: &mut Document,
    (code, mend): (Code, Mend),
    surveyed: &mut Surveyed,
    changes: &mut Vec<Change>,
) {
    let (first, mut original, mut known) = (changes.len(), None, BTreeSet::new());
    loop {
        let before = changes.len();
        if !mend_all(document, (code, mend), surveyed, changes, &mut original) {
            return;
        }
        let done =
            changes[before..].iter().map(|change| (change.place.clone(), change.done.clone()));
        if done.filter(|done| known.insert(done.clone())).count() == 0 {
            // A round that changed something has kept what was before.
            if let Some(original) = original {
                *document = original;
                surveyed.survey = None;
            }
            changes.truncate(first);
            return;
        }
    }
}

/// Mends all findings of one code; whether anything changed. The document as it was before its first change is kept in
/// `original`.
fn mend_all(
    document: &mut Document,
    (code, mend): (Code, Mend),
    surveyed: &mut Surveyed,
    changes: &mut Vec<Change>,
    original: &mut Option<Document>,
) -> bool {
    let survey = surveyed.take(document);
    let is_meant = |finding: &&Diagnostic| finding.code == code && finding.repairable;
    let mut found: Vec<&Diagnostic> = survey.findings.iter().filter(is_meant).collect();
    // From the last edge to the first, so that taking one out does not move the others.
    found.sort_by(|a, b| b.place.cmp(&a.place));
    found.dedup_by(|a, b| a.place == b.place);
    if found.is_empty() {
        surveyed.survey = Some(survey);
        return false;
    }
    original.get_or_insert_with(|| document.clone());
    let before = changes.len();
    let done = match mend {
        Mend::Each(mend) => found.iter().map(|finding| mend(document, finding, &survey)).collect(),
        Mend::All(mend) => mend(document, &found),
    };
    for (finding, done) in found.iter().zip(done) {
        let place = finding.place.clone();
        changes.extend(done.map(|done| Change { code, place, done }));
    }
    changes[before..].reverse();
    changes.len() > before
}

/// Puts the graph without the fault of this code in the place of the graph.
fn mend_cause(document: &mut Document, code: Code, survey: &Survey) -> Option<String> {
    let graph = document.graph_mut()?;
    let mended = mend(graph, code, &survey.limits)?;
    *graph = mended.graph;
    Some(mended.done)
}
