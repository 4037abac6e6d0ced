//! Graphs whose only fault is that something does not fit an Output.
//!
//! No released simulator looks at such an edge where it comes from a node that never runs, and exporters
//! write such files. They have no meaning as they stand, but what a simulator does with them is known.

use std::collections::BTreeSet;

use nirkit_ir::valid::validate_within;
use nirkit_ir::{Code, Diagnostic, Facts, Graph, Limits, Primitive, Severity};

/// A graph without the edges that do not fit.
#[derive(Debug)]
pub struct Lenient {
    /// The graph without these edges.
    pub graph: Graph,
    /// Its facts.
    pub facts: Facts,
    /// What was left out, one sentence each.
    pub notes: Vec<String>,
}

/// A graph without the edges into its Outputs that do not fit; `None` where that is not all that is
/// wrong with it.
#[must_use]
pub fn without_misfit_ends(graph: &Graph, limits: &Limits) -> Option<Lenient> {
    let validation = validate_within(graph, limits);
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    let mut misfits = BTreeSet::new();
    let mut notes = Vec::new();
    for error in validation.findings.iter().filter(is_error) {
        let &[edge] = error.place.index.as_slice() else { return None };
        let is_end = error.code == Code::ShapeMismatch && error.place.nodes.is_empty();
        let target = graph.edges.get(edge).and_then(|edge| graph.nodes.get(&edge.target))?;
        if !is_end || !matches!(target.primitive, Primitive::Output(_)) {
            return None;
        }
        misfits.insert(edge);
        notes.push(format!("{error}; this edge is left out, since the packages do not look at it"));
    }
    let mut graph = graph.clone();
    let mut at = 0..;
    graph.edges.retain(|_| at.next().is_some_and(|at| !misfits.contains(&at)));
    let facts = validate_within(&graph, limits).facts?;
    (!misfits.is_empty()).then_some(Lenient { graph, facts, notes })
}
