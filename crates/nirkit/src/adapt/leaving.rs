//! What leaves the network: from which layers it comes on both sides, and how many steps later.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::semantics::{Route, Semantics, route};
use nirkit_ir::facts::LeafId;
use nirkit_ir::valid::validate_within;
use nirkit_ir::{Facts, Graph, Limits, Primitive};
use nirkit_platforms::adapt::{Adapted, Delays, NodeVerdict};

use super::target::{Case, Target};

/// The lag of what leaves the network: the largest of the layers that lead to an Output.
pub(super) fn lag(adapted: &Adapted, facts: &Facts, graph: &Graph, delays: &Delays) -> i64 {
    let verdict: BTreeMap<&str, &NodeVerdict> =
        adapted.nodes.iter().map(|node| (node.node.as_str(), node)).collect();
    let of_output = |output: LeafId| {
        let layers = layers_behind(facts, graph, output);
        let lags = layers.into_iter().filter_map(|id| {
            let node = verdict.get(facts.leaf(id).name.as_str())?;
            // A Delay between the layer and the Output.
            Some(node.lag + delays.of(&node.node) - delays.of(&facts.leaf(output).name))
        });
        lags.max()
    };
    facts.outputs(graph).filter_map(of_output).max().unwrap_or(0)
}

/// The nodes whose output an Output hands on as it is, through ports of nested graphs and Flatten.
fn layers_behind(facts: &Facts, graph: &Graph, output: LeafId) -> Vec<LeafId> {
    let (mut found, mut seen, mut open) = (Vec::new(), BTreeSet::new(), vec![output]);
    while let Some(id) = open.pop() {
        for &source in &facts.leaf(id).sources {
            if !seen.insert(source) {
                continue;
            }
            let is_passed = facts.primitive(graph, source).is_some_and(hands_on);
            if is_passed { &mut open } else { &mut found }.push(source);
        }
    }
    found
}

/// Whether a node changes nothing of what it hands on.
fn hands_on(primitive: &Primitive) -> bool {
    matches!(primitive, Primitive::Input(_) | Primitive::Output(_) | Primitive::Flatten(_))
}

/// Says where other nodes reach the Outputs on the platform than in the reference, although all layers agree; `None` where they
/// are the same, or where a chip or a way that ends early leaves nothing to hold against each other.
pub(super) fn differs(
    case: &Case<'_>,
    adapted: &Adapted,
    reference: &str,
    limits: &Limits,
) -> Option<String> {
    let Target::Simulator(profile, choices) = &case.target else { return None };
    let found_facts = validate_within(&adapted.graph, limits).facts?;
    let there = profile.semantics(&profile.settled(&adapted.graph, &found_facts, choices));
    let wanted = reaching(case.graph, case.facts, &case.reference)?;
    let found = reaching(&adapted.graph, &found_facts, &there)?;
    let original: BTreeMap<&str, &str> =
        adapted.units.iter().map(|(name, units)| (units.name.as_str(), name.as_str())).collect();
    let renamed = |name: String| original.get(name.as_str()).map_or(name, |&own| own.to_owned());
    let wanted: BTreeSet<String> = wanted.into_iter().collect();
    let found: BTreeSet<String> = found.into_iter().map(renamed).collect();
    // Maps behind a layer may be rewritten; the layers themselves are the same on both sides.
    let layers = |names: &BTreeSet<String>| -> Vec<&NodeVerdict> {
        adapted.nodes.iter().filter(|node| names.contains(&node.node)).collect()
    };
    if layers(&wanted) == layers(&found) {
        return None;
    }
    let list = |names: &BTreeSet<String>| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    };
    Some(format!(
        "what leaves the network is not the same: {reference} hands on {}, {} {}, so the whole is impossible",
        list(&wanted),
        case.target.title(),
        list(&found)
    ))
}

/// The nodes whose outputs reach what a program returns, through ports and Flatten.
fn reaching(graph: &Graph, facts: &Facts, semantics: &Semantics) -> Option<Vec<String>> {
    let Route { connections, results, .. } = route(graph, facts, semantics).ok()?;
    let passes = |name: &str| {
        let id = facts.find(name);
        id.and_then(|id| facts.primitive(graph, id)).is_none_or(hands_on)
    };
    let mut sources: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for connection in &connections {
        sources.entry(&connection.target).or_default().push(&connection.source);
    }
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let mut open: Vec<&str> = results.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        if passes(name) {
            open.extend(sources.get(name).into_iter().flatten());
        } else {
            found.push(name.to_owned());
        }
    }
    Some(found)
}
