//! Graphs as simulators see them, where that is not what NIR says.
//!
//! No released simulator looks at the shape of what enters an Output where it comes from a node that
//! never runs, and exporters write such files. Nor does one ask for a state in every cycle, or which way
//! an edge at a port leads; names that no node has, and nested graphs that are empty, end an import in a
//! way that is known. What a simulator does with such graphs can be told, though NIR does not say what
//! they are.
//!
//! The reader that all of them use (`nir.read`) adds an Input before each node to which nothing leads,
//! so that a graph without an Input takes a stimulus.

use std::borrow::Cow;
use std::collections::BTreeSet;

use nirkit_engine::clocked::semantics::supplied_inputs;
use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive::Input;
use nirkit_ir::valid::{Validation, facts_despite, findings_one_by_one, validate_within};
use nirkit_ir::{Code, Diagnostic, Edge, Facts, Graph, Limits, Node, Primitive, Severity};
use nirkit_numerics::Tensor;

/// The errors with which an importer has a way of its own, or at which it does not look.
const TOLERATED: [Code; 5] =
    [Code::DanglingEdge, Code::StatelessCycle, Code::AmbiguousPort, Code::WrongWay, Code::Empty];

/// A graph as simulators see it.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The graph without edges that do not fit an Output, and with the Inputs that the reader adds.
    pub graph: Cow<'a, Graph>,
    /// Its facts.
    pub facts: Facts,
    /// What is wrong with it, one sentence each.
    pub notes: Vec<String>,
}

/// A graph as simulators see it; `None` where it has errors of other kinds than those that importers are
/// known to meet in their own way.
#[must_use]
pub fn seen<'a>(graph: &'a Graph, limits: &Limits) -> Option<Seen<'a>> {
    seen_after(graph, validate_within(graph, limits), limits)
}

/// The same for whoever has what the validator says of the graph.
#[must_use]
pub fn seen_after<'a>(
    graph: &'a Graph,
    validation: Validation,
    limits: &Limits,
) -> Option<Seen<'a>> {
    let sound = validation.facts.map(|facts| Seen {
        graph: Cow::Borrowed(graph),
        facts,
        notes: Vec::new(),
    });
    let found = sound.or_else(|| despite(graph, &findings_one_by_one(graph, limits), limits))?;
    Some(supply(found, limits))
}

/// A graph that has errors, as simulators take it all the same.
fn despite<'a>(graph: &'a Graph, findings: &[Diagnostic], limits: &Limits) -> Option<Seen<'a>> {
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    let (mut misfits, mut notes) = (BTreeSet::new(), Vec::new());
    for error in findings.iter().filter(is_error) {
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
    Some(Seen { graph: Cow::Owned(graph), facts, notes })
}

/// The same with the Inputs that the reader adds where there is none.
fn supply<'a>(seen: Seen<'a>, limits: &Limits) -> Seen<'a> {
    if seen.facts.inputs(&seen.graph).next().is_some() {
        return seen;
    }
    let (mut graph, mut names) = (seen.graph.clone(), Vec::new());
    let mut notes = seen.notes.clone();
    for (name, node) in supplied_inputs(&seen.graph, &seen.facts) {
        let Some(leaf) = entry(&seen.facts, &seen.graph, &node) else { continue };
        let shape: Vec<i64> = leaf.input.iter().map(|&axis| axis as i64).collect();
        let input = Primitive::Input(Input { shape: Tensor::vector(shape) });
        let graph = graph.to_mut();
        graph.nodes.insert(name.clone(), Node::new(input));
        graph.edges.push(Edge::new(&name, &node));
        notes.push(format!(
            "the graph has no Input: the packages' reader adds `{name}` before `{node}`, and the stimulus \
             enters there"
        ));
        names.push(name);
    }
    match facts_despite(&graph, limits, &TOLERATED).filter(|_| !names.is_empty()) {
        Some((facts, _)) => Seen { graph, facts: facts.with_supplied(&names), notes },
        None => seen,
    }
}

/// The leaf through which something enters a node of the root graph.
fn entry<'a>(facts: &'a Facts, graph: &Graph, node: &str) -> Option<&'a Leaf> {
    if let Some(leaf) = facts.find(node) {
        return Some(facts.leaf(leaf));
    }
    let inner = graph.nodes.get(node)?.primitive.as_graph()?;
    let (_, port, _) =
        inner.nodes.iter().find(|(_, _, node)| matches!(node.primitive, Primitive::Input(_)))?;
    facts.find(&format!("{node}.{port}")).map(|leaf| facts.leaf(leaf))
}
