//! One fault behind many findings: a network whose shapes all carry a batch axis has an error at nearly every
//! edge, and one cause. One file for each cause.
//!
//! A cause is a supposition: the graph with the fault mended is examined as well, and where that takes away
//! errors and brings none, the cause stands in their place. The graph itself is not changed; whoever repairs
//! it asks for the mended one.

mod batch_axis;
mod flatten_batch_axis;
mod missing_pool;
mod nested_port;
mod transposed_weight;

use std::collections::BTreeSet;

use nirkit_numerics::Tensor;

use super::survey::{Survey, survey_plain};
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::graph::{Graph, Node};
use crate::limits::Limits;
use crate::primitive::Primitive;
use crate::value::{Fields, Value};

/// A graph without a fault, and what is to be said of the fault.
#[derive(Clone, Debug)]
pub struct Mended {
    /// The graph with the fault mended.
    pub graph: Graph,
    /// The one finding.
    pub finding: Diagnostic,
    /// What mending it changes, as a sentence without a full stop.
    pub done: String,
}

/// A way to suppose that a fault is behind findings: from a graph and what is known of it to the same graph
/// without the fault. `None` where nothing speaks for it.
type Suppose = fn(&Graph, &Survey, &Limits) -> Option<Mended>;

/// The causes, in the order in which they are looked for. What stands first explains more.
const CAUSES: &[(Code, Suppose)] = &[
    (Code::BatchAxis, batch_axis::suppose),
    (Code::FlattenBatchAxis, flatten_batch_axis::suppose),
    (Code::DeclaredShape, nested_port::suppose),
    (Code::TransposedWeight, transposed_weight::suppose),
    (Code::MissingPool, missing_pool::suppose),
];

/// Looks at nodes that all corrections together may take, each of which looks at the whole graph.
const LOOKS: usize = 100_000;

/// Nodes that are corrected one after the other in any graph.
const ROUNDS: usize = 32;

/// How many nodes are corrected one after the other, each with a look at the whole graph: many in a small graph, so that the
/// time does not grow with their number times the number of nodes.
fn rounds(survey: &Survey) -> usize {
    (LOOKS / survey.leaves.len().max(1)).max(ROUNDS)
}

/// A graph as it would be without the faults that explain its findings.
pub(super) struct Explained {
    pub(super) survey: Survey,
    /// Whether the graph still runs: what was supposed changes shapes that nothing depends on.
    pub(super) runs: bool,
}

/// Looks for causes; `None` where none explains anything.
pub(super) fn explain(graph: &Graph, plain: &Survey, limits: &Limits) -> Option<Explained> {
    if !plain.findings.iter().any(is_about_shapes) {
        return None;
    }
    let mut causes = Vec::new();
    let (mut graph, mut survey) = (graph.clone(), plain.clone());
    for (_, suppose) in CAUSES {
        let Some((mended, after)) = improve(&graph, &survey, *suppose, limits) else { continue };
        causes.push(mended.finding);
        (graph, survey) = (mended.graph, after);
    }
    if causes.is_empty() {
        return None;
    }
    let runs = causes.iter().all(|cause| cause.severity != Severity::Error);
    survey.findings.extend(causes);
    Some(Explained { survey, runs })
}

/// The graph without the fault of this code, if that is a cause of its findings.
#[must_use]
pub fn mend(graph: &Graph, code: Code, limits: &Limits) -> Option<Mended> {
    let survey = survey_plain(graph, limits);
    let (_, suppose) = CAUSES.iter().find(|(cause, _)| *cause == code)?;
    improve(graph, &survey, *suppose, limits).map(|(mended, _)| mended)
}

/// The graph without a fault, if it is better than the graph with it.
fn improve(
    graph: &Graph,
    before: &Survey,
    suppose: Suppose,
    limits: &Limits,
) -> Option<(Mended, Survey)> {
    let mended = suppose(graph, before, limits)?;
    let after = survey_plain(&mended.graph, limits);
    is_better(graph, before, &after).then_some((mended, after))
}

/// Whether something is gone, and nothing has come but what is milder than what was said before at the same place.
fn is_better(graph: &Graph, before: &Survey, after: &Survey) -> bool {
    let serious = |survey: &Survey| -> BTreeSet<(Severity, Code, Place)> {
        let serious = survey.findings.iter().filter(|found| found.severity > Severity::Note);
        serious.map(|found| (found.severity, found.code, found.place.clone())).collect()
    };
    let (before, after) = (serious(before), serious(after));
    let is_known = |found: &(Severity, Code, Place)| {
        before.contains(found) || is_milder(graph, &before, found)
    };
    after.len() < before.len() && after.iter().all(is_known)
}

/// Whether a finding says that axes of length 1 differ where elements did before: at the same edge, or at an Output whose
/// declared shape did not fit.
fn is_milder(
    graph: &Graph,
    before: &BTreeSet<(Severity, Code, Place)>,
    (_, code, place): &(Severity, Code, Place),
) -> bool {
    if *code != Code::UnitAxes {
        return false;
    }
    let said = |code: Code, place: Place| before.contains(&(code.page().severity, code, place));
    let level = place
        .nodes
        .iter()
        .try_fold(graph, |graph, name| graph.nodes.get(name)?.primitive.as_graph());
    let edge = level.and_then(|level| level.edges.get(*place.index.first()?));
    let outer = Place { field: None, index: Vec::new(), ..place.clone() };
    said(Code::ShapeMismatch, place.clone())
        || edge
            .is_some_and(|edge| said(Code::DeclaredShape, outer.node(&edge.target).field("shape")))
}

/// Whether a finding can be the consequence of a wrong shape elsewhere.
pub(super) fn is_about_shapes(finding: &Diagnostic) -> bool {
    matches!(
        finding.code,
        Code::ShapeMismatch
            | Code::UnitAxes
            | Code::ParameterShape
            | Code::EmptyOutput
            | Code::FlattenRange
            | Code::DeclaredShape
            | Code::BiasLength
    )
}

/// Sets a declared field of a node, which keeps its kind.
fn set(node: &mut Node, name: &str, tensor: Tensor) {
    let mut fields: Fields = node
        .primitive
        .values()
        .into_iter()
        .map(|(field, value)| (field.name.to_owned(), value))
        .collect();
    fields.insert(name.to_owned(), Value::Tensor(tensor));
    node.primitive = Primitive::from_fields(node.primitive.kind(), fields).0;
}

/// A shape as NIR files hold it.
fn shape(axes: &[usize]) -> Tensor {
    Tensor::vector(axes.iter().map(|&axis| axis as i64).collect())
}

/// How many errors a graph has.
fn errors(survey: &Survey) -> usize {
    survey.findings.iter().filter(|found| found.severity == Severity::Error).count()
}

/// Names in a sentence.
fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
