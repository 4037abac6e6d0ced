//! The graph as a run sees it, or everything that keeps it from running.

use std::borrow::Cow;
use std::collections::BTreeMap;

use nirkit_ir::valid::{Validation, validate_document_within};
use nirkit_ir::{Diagnostic, Document, Facts, Graph, Limits, Severity};
use nirkit_platforms::{Platform, lenient};

use crate::error::{Error, ErrorKind};
use crate::verdict;

/// The graph of a document and its facts as runs on these platforms see it, with what has to be said about
/// that: simulators see some graphs otherwise than NIR does. Without a platform, the graph as NIR sees it.
pub(crate) fn seen<'a>(
    document: &'a Document,
    platforms: &[Platform],
    limits: &Limits,
) -> Result<(Cow<'a, Graph>, Facts, Vec<String>), Error> {
    let validation = validate_document_within(document, limits);
    let mut notes = warnings(&validation);
    let is_simulator = |platform: &Platform| matches!(platform, Platform::Simulator(_));
    let is_seen = !platforms.is_empty() && platforms.iter().all(is_simulator);
    if is_seen
        && let Some(graph) = document.graph()
        && let Some(seen) = lenient::seen_after(graph, validation.clone(), limits)
    {
        notes.extend(seen.notes);
        return Ok((seen.graph, seen.facts, notes));
    }
    sound(document, validation).map(|(graph, facts)| (Cow::Borrowed(graph), facts, notes))
}

/// Warnings of the validator that are said one by one.
const WARNINGS: usize = 10;

/// What the validator warns of, one sentence each.
fn warnings(validation: &Validation) -> Vec<String> {
    let is_warning = |finding: &&Diagnostic| finding.severity == Severity::Warning;
    let found = validation.findings.iter().filter(is_warning);
    let mut said: Vec<String> = found
        .map(|finding| format!("{}: {}: {}", finding.code, finding.place, finding.message))
        .collect();
    let more = said.len().saturating_sub(WARNINGS);
    if more > 0 {
        said.truncate(WARNINGS);
        said.push(format!("{more} more warnings; a check of the graph lists them"));
    }
    said
}

/// The graph and its facts, or everything that keeps it from running.
pub(super) fn sound(document: &Document, validation: Validation) -> Result<(&Graph, Facts), Error> {
    if let (Some(graph), Some(facts)) = (document.graph(), validation.facts) {
        return Ok((graph, facts));
    }
    let mut errors = validation.findings;
    if document.graph().is_some() {
        errors.retain(|finding| finding.severity == Severity::Error);
    }
    if errors.is_empty() {
        return Err(Error::new(verdict::NO_GRAPH).of_kind(ErrorKind::Graph));
    }
    Err(Error::of_findings(ErrorKind::Graph, errors))
}

/// Shapes of what leaves leaves, and nested graphs with one Output.
pub(super) fn shapes(facts: &Facts) -> BTreeMap<String, Vec<usize>> {
    let leaves = facts.leaves().iter().map(|leaf| (leaf.name.clone(), leaf.output.clone()));
    let nested = facts.nested().iter().filter_map(|nested| {
        let output = nested.outputs.first()?;
        Some((nested.name.clone(), facts.leaf(*output).output.clone()))
    });
    leaves.chain(nested).collect()
}
