//! What becomes of a graph on a platform: each node with a verdict, and why.
//!
//! The rules of a profile say what is read and what is not, and its capabilities what is asked for;
//! everything here follows from them and from the numbers of the graph. A parameter that is ignored
//! is told only where its value differs from what the platform does anyway.

mod case;
mod demand;
mod field;
mod map;
mod neuron;
mod reader;
pub(crate) mod remedy;
mod report;
mod requirement;
mod structure;
mod walked;
mod ways;
mod wired;

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::route;
use nirkit_ir::{Facts, Graph, Place};

use self::case::{Case, Subject, code, is_close};
pub use self::report::{Finding, NodeReport, Outcome, Report, Verdict};
use self::walked::walked;
use crate::profile::{Choices, Profile};

/// Says what becomes of a graph on a platform under these choices.
#[must_use]
pub fn check(profile: &Profile, graph: &Graph, facts: &Facts, choices: &Choices) -> Report {
    let choices = profile.settled(graph, facts, choices);
    let ways = profile.ways(graph, facts, &choices);
    let looked_at = 0..ways.min(Profile::MOST_WAYS);
    let mut found = looked_at.map(|way| one_way(profile, graph, facts, Choices { way, ..choices }));
    let (mut findings, mut nodes) = match (ways, found.next()) {
        (1, Some(way)) => (way.findings, way.nodes),
        (_, first) => ways::together(profile, first.into_iter().chain(found).collect(), ways),
    };
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    remedy::beside_nested(graph, &mut findings);
    nodes_with_verdicts(&mut nodes, &findings);
    let nodes = nodes.into_iter().map(|(node, _)| node).collect();
    Report { platform: profile.title(), nodes, findings, no_verdict: None }
}

/// What becomes of a graph in one of the ways in which a platform can run it.
struct Way {
    findings: Vec<Finding>,
    /// Every leaf, fine so far, with its place.
    nodes: Vec<(NodeReport, Place)>,
    /// The node at which it begins.
    begin: Option<String>,
    /// The nodes that run, in their order.
    order: Vec<String>,
}

fn one_way(profile: &Profile, graph: &Graph, facts: &Facts, choices: Choices) -> Way {
    let semantics = profile.semantics(&choices);
    let route = route(graph, facts, &semantics);
    let walked = walked(graph, facts, &semantics, &route);
    let case = Case { profile, graph, facts, choices, semantics: &semantics, route, walked };
    let mut findings = Vec::new();
    case.check_time(&mut findings);
    case.check_nested(graph, "", &Place::root(), &mut findings);
    for (id, leaf) in facts.iter() {
        case.check_leaf(id, leaf, &mut findings);
    }
    structure::check(&case, &mut findings);
    wired::check(&case, &mut findings);
    let is_refused = |finding: &Finding| finding.verdict == Verdict::Refused;
    if !findings.iter().any(is_refused) {
        case.check_shapes(&mut findings);
    }
    let begin = case.route.as_ref().ok().and_then(structure::begin);
    let order = case.route.as_ref().map(|route| route.order.clone()).unwrap_or_default();
    Way { findings, nodes: case.nodes(), begin, order }
}

/// Gives every leaf the worst that was found about it.
fn nodes_with_verdicts(nodes: &mut [(NodeReport, Place)], findings: &[Finding]) {
    let mut worst: BTreeMap<&[String], Verdict> = BTreeMap::new();
    for finding in findings {
        let verdict = worst.entry(&finding.diagnostic.place.nodes).or_insert(Verdict::Fine);
        *verdict = finding.verdict.max(*verdict);
    }
    for (node, place) in nodes {
        // What befalls a nested graph befalls everything in it.
        let own = (1..=place.nodes.len()).filter_map(|depth| worst.get(&place.nodes[..depth]));
        node.verdict = own.copied().max().unwrap_or(Verdict::Fine);
    }
}
