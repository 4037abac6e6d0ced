//! What the way in which a platform walks a graph does to it: imports that end, nodes that never run,
//! edges that are not followed or carry another step, and what chance decides.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::Feedback;
use nirkit_engine::clocked::Timing;
use nirkit_engine::clocked::semantics::rule::Rule;
use nirkit_engine::clocked::semantics::{
    Connection, Ending, Later, Order, Route, UnknownNodePolicy, When, is_weighted, route,
};
use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Code, Diagnostic, Place};

use super::field::numbers;
use super::{Case, Finding, Verdict, code};

const CHOOSE: &str = "choose another platform, or another version";

/// Adds what the walk of a platform loses.
pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let route = match &case.route {
        Ok(route) => route,
        Err(ending) => {
            findings.push(ended(case, ending));
            return;
        }
    };
    check_shuffled(case, findings);
    check_inputs(case, route, findings);
    check_reached(case, route, findings);
    check_edges(case, route, findings);
    let advice = order_advice(case, route);
    for connection in &route.connections {
        check_connection(case, connection, advice, findings);
    }
    check_results(case, route, findings);
}

/// An import that ends without a run.
fn ended(case: &Case<'_>, ending: &Ending) -> Finding {
    let name = case.profile.name;
    let (message, help) = match ending.when {
        When::Never => {
            (format!("{name} never ends the import: {}", ending.says), never_advice(case))
        }
        _ if ending.is_name => (
            format!("{name}: {}", ending.says),
            "the name is what it does not take; rename the node",
        ),
        _ => (format!("{name}: {}", ending.says), CHOOSE),
    };
    let help = match added(case, &ending.node) {
        Some(added) => format!("{added}; {help}"),
        None => help.to_owned(),
    };
    let diagnostic =
        Diagnostic::new(code(ending.when), place(case, &ending.node), message).help(help);
    Finding { verdict: Verdict::Refused, ends: Some(ending.when), matters: true, diagnostic }
}

/// Where a node comes from that is in no file: the reader adds an Input before a node without a source, and
/// an Output behind one without a target.
fn added(case: &Case<'_>, node: &str) -> Option<String> {
    let (level, name) = node.rsplit_once('.').map_or(("", node), |(level, name)| (level, name));
    let full =
        |name: &str| if level.is_empty() { name.to_owned() } else { format!("{level}.{name}") };
    let is_node = |name: &str| {
        let (full, inner) = (full(name), format!("{}.", full(name)));
        let mut leaves = case.facts.leaves().iter();
        leaves.any(|leaf| leaf.name == full || leaf.name.starts_with(&inner))
    };
    let ports = [
        ("input_", "before", "to which nothing leads"),
        ("output_", "behind", "which leads nowhere"),
    ];
    let (at, where_, why) = ports.into_iter().find_map(|(prefix, where_, why)| {
        Some((name.strip_prefix(prefix).filter(|at| is_node(at))?, where_, why))
    })?;
    (!is_node(name)).then(|| format!("the packages' reader adds `{name}` {where_} `{at}`, {why}"))
}

/// What mends an import that never ends.
fn never_advice(case: &Case<'_>) -> &'static str {
    match case.semantics.execution.order {
        Order::Chain(_) => {
            "list the edge that leads on to the output before the one that leads back"
        }
        _ => {
            "keep one Output, lead every node to it, and let edges name nested graphs without a port"
        }
    }
}

/// The first node of a way that the stimulus enters.
pub(super) fn begin(route: &Route) -> Option<String> {
    let mut fed = route.connections.iter().filter(|found| route.entries.contains(&found.source));
    // A way that begins at the Input itself has it in its turn like any other node.
    let first = route.order.iter().find(|name| !route.entries.contains(name));
    let is_fed = |name: &&String| fed.any(|found| found.target == **name);
    first.filter(is_fed).cloned().or_else(|| route.order.first().cloned())
}

/// Edges of which one stands twice, where that leaves the order of a walk to chance.
fn check_shuffled(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let execution = &case.semantics.execution;
    if !execution.wraps_cycles || execution.order != Order::DepthFirst {
        return;
    }
    let edges = &case.graph.edges;
    let once: BTreeSet<(&str, &str)> =
        edges.iter().map(|edge| (edge.source.as_str(), edge.target.as_str())).collect();
    let mut departures: BTreeMap<&str, usize> = BTreeMap::new();
    for (source, _) in &once {
        *departures.entry(source).or_default() += 1;
    }
    let forks = departures.values().any(|&count| count > 1);
    if once.len() == edges.len() || !forks {
        return;
    }
    let message = "makes a set of the edges, because one stands twice: in which order the nodes run differs from \
                   process to process; here it is that of the list";
    let mut finding = case.loss(Verdict::Chance, Code::Chance, Place::root(), message);
    finding.diagnostic.help = Some("take out the edge that stands twice".to_owned());
    findings.push(finding);
}

/// Inputs whose stimulus goes nowhere.
fn check_inputs(case: &Case<'_>, route: &Route, findings: &mut Vec<Finding>) {
    for id in case.facts.inputs(case.graph) {
        let leaf = case.facts.leaf(id);
        if !route.entries.contains(&leaf.name) {
            let message = "is called with one signal, which does not enter here";
            let place = case.place(leaf);
            findings.push(case.loss(Verdict::Dropped, Code::NodeDropped, place, message));
        }
    }
}

/// Nodes of a known kind that never run.
fn check_reached(case: &Case<'_>, route: &Route, findings: &mut Vec<Finding>) {
    let reached: BTreeSet<&str> =
        route.order.iter().chain(&route.fused).map(String::as_str).collect();
    for (id, leaf) in case.facts.iter() {
        let Some(primitive) = case.primitive(id) else { continue };
        let is_known = case.profile.policy(primitive).is_none() && !is_transparent(case, primitive);
        if is_known && !reached.contains(leaf.name.as_str()) {
            let message = "never runs this node: nothing that runs leads to it";
            let place = case.place(leaf);
            findings.push(case.loss(Verdict::Dropped, Code::NodeDropped, place, message));
        }
    }
}

/// Whether a node without a turn passes on what enters it: the ports of a recurrent layer, and nodes
/// that are bypassed.
fn is_transparent(case: &Case<'_>, primitive: &Primitive) -> bool {
    matches!(primitive, Primitive::Input(_) | Primitive::Output(_))
        || case.profile.policy(primitive) == Some(UnknownNodePolicy::Bypassed)
}

/// Edges between nodes that run which the walk leaves out, and those that it makes up.
fn check_edges(case: &Case<'_>, route: &Route, findings: &mut Vec<Finding>) {
    let runs: BTreeSet<&str> = route.order.iter().map(String::as_str).collect();
    let carried: BTreeSet<(&str, &str)> = route
        .connections
        .iter()
        .map(|found| (found.source.as_str(), found.target.as_str()))
        .collect();
    let meant = meant(case, route, &runs);
    for (target, sources) in meant.iter().filter(|(target, _)| runs.contains(**target)) {
        for source in sources.iter().filter(|source| !carried.contains(&(**source, *target))) {
            let message = format!("does not follow the edge from `{source}` to `{target}`");
            findings.push(edge_loss(case, target, &message));
        }
    }
    // An Output without a turn stands for what is returned.
    for (target, sources) in &meant {
        let is_end = !runs.contains(target);
        for source in sources.iter().filter(|source| is_end && !returned(route, source)) {
            let message = format!("does not follow the edge from `{source}` to `{target}`");
            findings.push(edge_loss(case, target, &message));
        }
    }
    let data: BTreeSet<&str> = route.entries.iter().map(String::as_str).collect();
    for &(source, target) in &carried {
        let is_meant = meant.get(target).is_some_and(|sources| sources.contains(source));
        let is_told = route.ways > 1 && data.contains(source);
        if !(is_meant || is_told) {
            let message = format!("lets `{source}` enter `{target}`, to which it does not lead");
            findings.push(edge_loss(case, target, &message));
        }
    }
}

fn returned(route: &Route, source: &str) -> bool {
    route.results.iter().any(|name| name == source)
}

fn edge_loss(case: &Case<'_>, target: &str, message: &str) -> Finding {
    let (verdict, code) = (Verdict::Reinterpreted, Code::EdgeNotFollowed);
    case.loss(verdict, code, place(case, target), message)
}

/// The nodes that run which the graph means to feed each node that runs, and each of its Outputs.
fn meant<'a>(
    case: &'a Case<'_>,
    route: &Route,
    runs: &BTreeSet<&str>,
) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let fused: BTreeSet<&str> = route.fused.iter().map(String::as_str).collect();
    let mut meant = BTreeMap::new();
    let is_wanted = |(id, leaf): &(LeafId, &Leaf)| {
        let is_end =
            leaf.is_top_level() && matches!(case.primitive(*id), Some(Primitive::Output(_)));
        runs.contains(leaf.name.as_str()) || is_end
    };
    for (_, leaf) in case.facts.iter().filter(is_wanted) {
        let mut sources: BTreeSet<&str> = BTreeSet::new();
        let (mut open, mut seen) = (leaf.sources.clone(), BTreeSet::new());
        while let Some(id) = open.pop() {
            let source = case.facts.leaf(id);
            if runs.contains(source.name.as_str()) {
                sources.insert(source.name.as_str());
            } else if seen.insert(id) {
                let passes = fused.contains(source.name.as_str())
                    || case.primitive(id).is_some_and(|p| is_transparent(case, p));
                if passes {
                    open.extend(&source.sources);
                }
            }
        }
        meant.insert(leaf.name.as_str(), sources);
    }
    meant
}

/// What can be done about edges that carry another step.
fn order_advice(case: &Case<'_>, found: &Route) -> &'static str {
    const NONE: &str = "no order of the edges changes this; choose another platform";
    if case.semantics.execution.order != Order::DepthFirst
        || !found.connections.iter().any(is_displaced)
    {
        return NONE;
    }
    let mut rank: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, component) in case.facts.components().iter().enumerate() {
        for &member in &component.members {
            rank.insert(case.facts.leaf(member).name.as_str(), at);
        }
    }
    let of = |name: &str| rank.get(name).copied().unwrap_or(usize::MAX);
    let mut graph = case.graph.clone();
    graph.edges.sort_by_key(|edge| of(&edge.target));
    match route(&graph, case.facts, case.semantics) {
        Ok(sorted) if !sorted.connections.iter().any(is_displaced) => {
            "list the edges in the order of the signal, those to early nodes first"
        }
        _ => NONE,
    }
}

/// Whether an edge that closes no cycle carries another step.
fn is_displaced(connection: &Connection) -> bool {
    connection.later.is_some() && !connection.closes_cycle
}

fn check_connection(
    case: &Case<'_>,
    connection: &Connection,
    advice: &str,
    findings: &mut Vec<Finding>,
) {
    let Some(later) = connection.later else { return };
    let is_free = |name| !has_feedthrough(case, name);
    if is_free(&connection.target) || is_free(&connection.source) {
        return;
    }
    // A map that hands on a step later does so whatever the order is.
    let source = case.facts.find(&connection.source).and_then(|id| case.primitive(id));
    if case.semantics.maps.arrival == Timing::Next && source.is_some_and(is_weighted) {
        return;
    }
    let place = place(case, &connection.target);
    let (source, target) = (&connection.source, &connection.target);
    let mut add = |verdict, message: &str, advice: &str| {
        let mut finding = case.loss(verdict, Code::OrderChanged, place.clone(), message);
        finding.diagnostic.help = Some(advice.to_owned());
        findings.push(finding);
    };
    match (later, connection.closes_cycle) {
        (Later::Never, in_cycle) => {
            let message = format!("never lets `{source}` reach `{target}`, which runs before it");
            let advice =
                if in_cycle { "it has no recurrence; choose another platform" } else { advice };
            add(Verdict::Dropped, &message, advice);
        }
        (Later::Before(_), false) => {
            let message =
                format!("lets `{source}` reach `{target}` one step late, which runs before it");
            add(Verdict::Reinterpreted, &message, advice);
        }
        (Later::Before(Feedback::Absent), true) if has_bias(case, source) => {
            let message = format!("has no bias of `{source}` in the first step");
            findings.push(case.remark(Code::OrderChanged, place, &message));
        }
        (Later::Before(_), true) => {}
    }
}

/// What leaves nested graphs and the graph itself.
fn check_results(case: &Case<'_>, route: &Route, findings: &mut Vec<Finding>) {
    for (nested, outcome) in &route.outcomes {
        // What leaves a recurrent layer is its neuron, whose output leads to the Output.
        if !is_output(case, outcome) && !leads_to_output(case, outcome) {
            let message =
                format!("hands on what `{outcome}` puts out, which runs last in `{nested}`");
            let mut finding = case.loss(
                Verdict::Reinterpreted,
                Code::OrderChanged,
                place(case, outcome),
                &message,
            );
            finding.diagnostic.help = Some(CHOOSE.to_owned());
            findings.push(finding);
        }
    }
    let place_of = |name: &String| place(case, name);
    match route.results.as_slice() {
        [only] if !is_output(case, only) && !leads_to_output(case, only) => {
            let message = format!("returns what `{only}` puts out, which runs last");
            findings.push(case.remark(Code::OrderChanged, place_of(only), &message));
        }
        // Programs that connect nodes return nothing.
        [_, _, ..] if case.semantics.execution.order == Order::SourcesFirst => {}
        [first, _, ..] => {
            let all: Vec<String> = route.results.iter().map(|name| format!("`{name}`")).collect();
            let message = format!(
                "returns what {} put out as values of their own beside the state, in an order that the hash \
                 of their names decides; a call that takes an output and a state raises `ValueError: too \
                 many values to unpack (expected 2)`",
                all.join(", ")
            );
            findings.push(case.remark(Code::OrderChanged, place_of(first), &message));
        }
        _ => {}
    }
}

fn is_output(case: &Case<'_>, name: &str) -> bool {
    let id = case.facts.find(name);
    id.and_then(|id| case.primitive(id)).is_some_and(|p| matches!(p, Primitive::Output(_)))
}

/// Whether an edge leads from a node to an Output.
fn leads_to_output(case: &Case<'_>, name: &str) -> bool {
    let Some(id) = case.facts.find(name) else { return false };
    let is_output = |&target: &LeafId| matches!(case.primitive(target), Some(Primitive::Output(_)));
    case.facts.leaf(id).targets.iter().any(is_output)
}

/// Whether the output of a step depends on the input of the same step. Where it does not, the order does not matter.
fn has_feedthrough(case: &Case<'_>, name: &str) -> bool {
    case.facts.find(name).and_then(|id| case.rule(id)).is_none_or(Rule::has_feedthrough)
}

fn has_bias(case: &Case<'_>, name: &str) -> bool {
    let primitive = case.facts.find(name).and_then(|id| case.primitive(id));
    let bias = primitive.and_then(|primitive| numbers(primitive, "bias")).unwrap_or_default();
    bias.iter().any(|&bias| bias != 0.0)
}

/// The place of a leaf or nested graph.
fn place(case: &Case<'_>, name: &str) -> Place {
    case.facts.find(name).map_or_else(
        || name.split('.').filter(|part| !part.is_empty()).fold(Place::root(), |p, n| p.node(n)),
        |id| case.place(case.facts.leaf(id)),
    )
}
