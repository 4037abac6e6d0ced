//! Stage 3: what leads where in the unfolded graph, and cycles without state.

use crate::diag::{Code, Diagnostic};
use crate::facts::adjacency::Adjacency;
use crate::facts::order::strongly_connected;
use crate::facts::unfold::{Unfolded, UnfoldedLeaf};
use crate::primitive::Primitive;

/// Checks the connections of the unfolded graph.
pub(super) fn check(unfolded: &Unfolded<'_>) -> Vec<Diagnostic> {
    let mut findings = name_clashes(&unfolded.leaves);
    findings.extend(stateless_cycles(unfolded));
    findings.extend(cut_off(unfolded));
    findings
}

fn name_clashes(leaves: &[UnfoldedLeaf<'_>]) -> Vec<Diagnostic> {
    leaves
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if a.name == b.name => {
                let message = format!("two nodes have the full name `{}`", a.name);
                let finding = Diagnostic::new(Code::NameClash, b.place.clone(), message);
                Some(finding.label(a.place.clone(), "the other one").help("rename one of them"))
            }
            _ => None,
        })
        .collect()
}

fn stateless_cycles(unfolded: &Unfolded<'_>) -> Vec<Diagnostic> {
    let stateless: Vec<bool> =
        unfolded.leaves.iter().map(|leaf| leaf.primitive.is_stateless()).collect();
    let mut targets = vec![Vec::new(); stateless.len()];
    for connection in &unfolded.connections {
        if stateless[connection.source] && stateless[connection.target] {
            targets[connection.source].push(connection.target);
        }
    }
    strongly_connected(&targets)
        .into_iter()
        .filter(|members| match members.as_slice() {
            [one] => targets[*one].contains(one),
            _ => true,
        })
        .map(|members| {
            let names: Vec<String> =
                members.iter().map(|&at| format!("`{}`", unfolded.leaves[at].name)).collect();
            let place = unfolded.leaves[members[0]].place.clone();
            let message = format!("a cycle has no state in it: {}", names.join(", "));
            Diagnostic::new(Code::StatelessCycle, place, message)
                .help("put a neuron or a Delay into the cycle, or take an edge out")
        })
        .collect()
}

/// Nodes that no input reaches, and nodes from which no output is reached.
fn cut_off(unfolded: &Unfolded<'_>) -> Vec<Diagnostic> {
    let edges = unfolded.connections.iter();
    let (len, ends) = (unfolded.leaves.len(), edges.map(|edge| (edge.source, edge.target)));
    let forward = Adjacency::collect(len, ends.clone());
    let backward = Adjacency::collect(len, ends.map(|(source, target)| (target, source)));
    let top_level = |wanted: fn(&Primitive) -> bool| {
        let is_wanted =
            move |leaf: &UnfoldedLeaf<'_>| leaf.path.len() == 1 && wanted(leaf.primitive);
        (0..unfolded.leaves.len()).filter(move |&at| is_wanted(&unfolded.leaves[at])).collect()
    };
    let inputs: Vec<usize> = top_level(|primitive| matches!(primitive, Primitive::Input(_)));
    let outputs: Vec<usize> = top_level(|primitive| matches!(primitive, Primitive::Output(_)));
    let mut findings = Vec::new();
    // Without any Input or Output there is a finding of its own.
    if !inputs.is_empty() {
        for leaf in not_reached(unfolded, inputs, &forward) {
            let message = format!("no path leads from an Input to `{}`", leaf.name);
            findings.push(Diagnostic::new(Code::Unreachable, leaf.place.clone(), message));
        }
    }
    if !outputs.is_empty() {
        for leaf in not_reached(unfolded, outputs, &backward) {
            let message = format!("no path leads from `{}` to an Output", leaf.name);
            findings.push(Diagnostic::new(Code::DeadEnd, leaf.place.clone(), message));
        }
    }
    findings
}

/// Leaves that cannot be reached from any of `start`.
fn not_reached<'a, 'g>(
    unfolded: &'a Unfolded<'g>,
    start: Vec<usize>,
    targets: &Adjacency,
) -> impl Iterator<Item = &'a UnfoldedLeaf<'g>> {
    let mut reached = vec![false; targets.len()];
    let mut open = start;
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut reached[at], true) {
            open.extend(targets.of(at));
        }
    }
    unfolded.leaves.iter().enumerate().filter(move |(at, _)| !reached[*at]).map(|(_, leaf)| leaf)
}
