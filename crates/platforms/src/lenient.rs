//! Graphs that have no meaning in NIR, although simulators take them.
//!
//! No released simulator looks at the shape of what enters an Output where it comes from a node that
//! never runs, and exporters write such files. Nor does one ask for a state in every cycle, or which way
//! an edge at a port leads; names that no node has, and nested graphs that are empty, end an import in a
//! way that is known. What a simulator does with such graphs can be told, though NIR does not say what
//! they are.

use std::collections::BTreeSet;

use nirkit_ir::valid::{facts_despite, validate_within};
use nirkit_ir::{Code, Diagnostic, Facts, Graph, Limits, Primitive, Severity};

/// The errors about edges and levels with which an importer has a way of its own.
const TOLERATED: [Code; 5] =
    [Code::DanglingEdge, Code::StatelessCycle, Code::AmbiguousPort, Code::WrongWay, Code::Empty];

/// A graph as simulators take it.
#[derive(Debug)]
pub struct Lenient {
    /// The graph without edges that do not fit an Output.
    pub graph: Graph,
    /// Its facts.
    pub facts: Facts,
    /// What is wrong with it, one sentence each.
    pub notes: Vec<String>,
}

/// A graph that has errors, as simulators take it all the same; `None` where it has others than those
/// that importers are known to meet in their own way, and where it has none.
#[must_use]
pub fn taken_all_the_same(graph: &Graph, limits: &Limits) -> Option<Lenient> {
    let validation = validate_within(graph, limits);
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    let (mut misfits, mut notes) = (BTreeSet::new(), Vec::new());
    for error in validation.findings.iter().filter(is_error) {
        if TOLERATED.contains(&error.code) {
            continue;
        }
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
    let (facts, errors) = facts_despite(&graph, limits, &TOLERATED)?;
    let taken = |error: &Diagnostic| format!("{error}; the packages do not look at it");
    notes.extend(errors.iter().map(taken));
    (!notes.is_empty()).then_some(Lenient { graph, facts, notes })
}
