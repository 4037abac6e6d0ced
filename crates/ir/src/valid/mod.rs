//! The validator: finds everything that is wrong with a graph, and hands out the facts of a sound
//! one.
//!
//! It works in stages. A later stage leaves out a node of which a former one found that its shapes
//! cannot be known, so that one fault is one finding:
//!
//! 1. `structure`: names, kinds, fields that are missing or unknown, ends of edges;
//! 2. `parameter`: each field by itself; `relation`: the fields of a node together;
//! 3. `reach`: what leads where, cycles without state;
//! 4. `shape`: shapes of all signals;
//! 5. `size`: what the shapes ask for, held against the limits.
//!
//! Then `cause` looks for one fault behind many findings about shapes, and `promise` says which findings can
//! be mended with what is known.
//!
//! It never changes the graph. It does not look at what a platform can do, nor at the choices that
//! a file leaves open.

pub mod cause;
mod flattened;
mod joints;
mod parameter;
mod promise;
mod reach;
mod relation;
mod shape;
mod size;
mod structure;
mod survey;

pub use flattened::{Flattened, nest_again};
pub use joints::{EdgeRepair, Joints, NearNames, is_source, is_target};
pub use survey::{Known, Survey};

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::document::Document;
use crate::facts::Facts;
use crate::facts::shape::{Placed, own_input};
use crate::facts::unfold::{Unfolded, unfold};
use crate::graph::Graph;
use crate::limits::Limits;
use crate::primitive::Primitive;
use size::Broadcasts;

/// What the validator found.
#[derive(Clone, Debug)]
pub struct Validation {
    /// All findings, stage by stage; within a stage in the order of the graph.
    pub findings: Vec<Diagnostic>,
    /// The facts; `None` when a finding is an error.
    pub facts: Option<Facts>,
}

impl Validation {
    /// The findings that are errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}

/// Checks a graph within the usual limits and works out its facts.
#[must_use]
pub fn validate(graph: &Graph) -> Validation {
    validate_within(graph, &Limits::default())
}

/// Checks a graph and works out its facts. What its shapes ask for is held against the limits, so
/// that nobody who has the facts has to count again.
#[must_use]
pub fn validate_within(graph: &Graph, limits: &Limits) -> Validation {
    let (findings, unfolded, placed) = examine(graph, limits);
    if has_more_to_it(&findings) {
        let (survey, facts) = look(graph, limits, (findings, unfolded, placed));
        return Validation { findings: survey.findings, facts };
    }
    let sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    let facts = sound.then(|| Facts::assemble(unfolded, placed)).flatten();
    Validation { findings, facts }
}

/// Whether findings can be explained or promised something about. Most graphs have none of these, and are not surveyed.
fn has_more_to_it(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| cause::is_about_shapes(finding) || promise::concerns(finding))
}

/// The findings of [`validate_document_within`], without the facts, for whoever needs no more.
#[must_use]
pub fn document_findings(document: &Document, limits: &Limits) -> Vec<Diagnostic> {
    let Primitive::Graph(graph) = &document.root.primitive else {
        return validate_document_within(document, limits).findings;
    };
    let examined = examine(graph, limits);
    let mut findings = if has_more_to_it(&examined.0) {
        look(graph, limits, examined).0.findings
    } else {
        examined.0
    };
    structure::check_document(document, &mut findings);
    findings
}

/// The findings about a graph, each by itself: for whoever knows what a program does at each of them, and not
/// for people, to whom a cause says more.
#[must_use]
pub fn findings_one_by_one(graph: &Graph, limits: &Limits) -> Vec<Diagnostic> {
    examine(graph, limits).0
}

/// Everything that is known of a graph, sound or not, and the facts of a sound one.
fn look(
    graph: &Graph,
    limits: &Limits,
    (findings, unfolded, placed): Examined<'_>,
) -> (Survey, Option<Facts>) {
    let is_sound = |findings: &[Diagnostic]| {
        findings.iter().all(|finding| finding.severity != Severity::Error)
    };
    let was_sound = is_sound(&findings);
    let plain = survey::of(findings, &unfolded, placed, limits);
    let explained = cause::explain(graph, &plain, limits);
    let shapes = match &explained {
        Some(explained) if !was_sound => {
            let same = explained.survey.placed.len() == unfolded.leaves.len();
            let sound = explained.runs && same && is_sound(&explained.survey.findings);
            sound.then(|| explained.survey.placed.clone())
        }
        _ => was_sound.then(|| plain.placed.clone()),
    };
    let facts = shapes.and_then(|placed| Facts::assemble(unfolded, placed));
    let mut survey = explained.map_or(plain, |explained| explained.survey);
    promise::keep(graph, &mut survey);
    (survey, facts)
}

/// Everything that is known of a file, sound or not. Of a lone primitive, these are its findings.
#[must_use]
pub fn survey(document: &Document, limits: &Limits) -> Survey {
    match &document.root.primitive {
        Primitive::Graph(graph) => {
            let (mut survey, _) = look(graph, limits, examine(graph, limits));
            structure::check_document(document, &mut survey.findings);
            survey
        }
        lone => Survey {
            findings: check_lone(document, lone, limits),
            limits: *limits,
            ..Survey::default()
        },
    }
}

/// The facts of a graph whose errors are all of these codes, and these errors: for whoever knows what a
/// program does with a graph that has no meaning. An edge that cannot be resolved is not in the facts.
#[must_use]
pub fn facts_despite(
    graph: &Graph,
    limits: &Limits,
    tolerated: &[Code],
) -> Option<(Facts, Vec<Diagnostic>)> {
    let (mut findings, unfolded, placed) = examine(graph, limits);
    findings.retain(|finding| finding.severity == Severity::Error);
    let is_tolerated = findings.iter().all(|error| tolerated.contains(&error.code));
    let facts = is_tolerated.then(|| Facts::assemble(unfolded, placed)).flatten()?;
    Some((facts, findings))
}

/// What there is to say about a graph, the graph unfolded, and the shapes of its leaves.
type Examined<'a> = (Vec<Diagnostic>, Unfolded<'a>, Vec<Option<Placed>>);

/// The unfolded graph with everything that there is to say about it, and the shapes of its leaves.
fn examine<'a>(graph: &'a Graph, limits: &Limits) -> Examined<'a> {
    let unfolded = unfold(graph);
    let mut findings = structure::check(graph);
    let mut broadcasts = Broadcasts::default();
    for leaf in &unfolded.leaves {
        parameter::check(leaf.primitive, &leaf.place, &mut findings);
        if !is_spoilt(&findings, &leaf.place) {
            match broadcasts.check(leaf.primitive, &leaf.place, limits) {
                Some(finding) => findings.push(finding),
                None => relation::check(leaf.primitive, &leaf.place, &mut findings),
            }
        }
    }
    findings.extend(reach::check(&unfolded));
    let faulty = faulty_leaves(&unfolded, &findings);
    let (placed, shape_findings) = shape::infer(&unfolded, &faulty);
    findings.extend(shape_findings);
    findings.extend(size::check(&unfolded, &placed, limits));
    (findings, unfolded, placed)
}

/// Checks a whole file within the usual limits: its graph, or the lone primitive that stands in its
/// place.
#[must_use]
pub fn validate_document(document: &Document) -> Validation {
    validate_document_within(document, &Limits::default())
}

/// Checks a whole file as [`validate_within`] checks a graph.
#[must_use]
pub fn validate_document_within(document: &Document, limits: &Limits) -> Validation {
    match &document.root.primitive {
        Primitive::Graph(graph) => {
            let mut validation = validate_within(graph, limits);
            structure::check_document(document, &mut validation.findings);
            validation
        }
        lone => Validation { findings: check_lone(document, lone, limits), facts: None },
    }
}

fn check_lone(document: &Document, lone: &Primitive, limits: &Limits) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    structure::check_document(document, &mut findings);
    parameter::check(lone, &Place::root(), &mut findings);
    if !is_spoilt(&findings, &Place::root()) {
        match Broadcasts::default().check(lone, &Place::root(), limits) {
            Some(finding) => findings.push(finding),
            None => relation::check(lone, &Place::root(), &mut findings),
        }
    }
    let message = format!("the file holds a single {} and no graph", lone.kind());
    let finding = Diagnostic::new(Code::LoneNode, Place::root(), message);
    let can_be_wrapped = findings.iter().all(|finding| finding.severity != Severity::Error)
        && own_input(lone).is_some();
    findings.insert(
        0,
        if can_be_wrapped {
            finding.help("run `nir convert --repair` to wrap it into a graph").repairable()
        } else {
            finding.help("put it into a graph with an Input and an Output")
        },
    );
    findings
}

/// Whether an error at this node keeps the stages after it from looking at the node.
fn is_spoilt(findings: &[Diagnostic], node: &Place) -> bool {
    // The findings of this node are the last ones.
    let mut of_node = findings.iter().rev().take_while(|finding| finding.place.nodes == node.nodes);
    of_node.any(spoils)
}

/// Whether a finding means that the shapes of its node are not known. A wrong number, or a cycle without
/// state, is an error too, but leaves the shapes as they are.
fn spoils(finding: &Diagnostic) -> bool {
    let leaves_shapes = matches!(
        finding.code,
        Code::NotFinite
            | Code::TauNotPositive
            | Code::NegativeDelay
            | Code::BiasLength
            | Code::StatelessCycle
    );
    // Nothing depends on the shape that a node repeats.
    let repeats = finding.code == Code::NotACount
        && matches!(finding.place.field.as_deref(), Some("input_type" | "input_shape"));
    finding.severity == Severity::Error && !leaves_shapes && !repeats
}

/// Positions of leaves whose shapes are not known because of an error.
fn faulty_leaves(unfolded: &Unfolded<'_>, findings: &[Diagnostic]) -> BTreeSet<usize> {
    let places: BTreeSet<&[String]> = findings
        .iter()
        .filter(|finding| spoils(finding))
        .map(|finding| finding.place.nodes.as_slice())
        .collect();
    let is_faulty = |place: &Place| places.contains(place.nodes.as_slice());
    let leaves = unfolded.leaves.iter().enumerate();
    leaves.filter(|(_, leaf)| is_faulty(&leaf.place)).map(|(at, _)| at).collect()
}
