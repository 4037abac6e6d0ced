//! What the order of execution does to a graph.

use std::collections::BTreeSet;

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Code, Place};
use nirkit_sim::clocked::Feedback;
use nirkit_sim::clocked::scheme::rule::{Rule, Test};
use nirkit_sim::clocked::scheme::{Connection, Later, Route, route};

use super::demand::numbers;
use super::{Case, Finding, Verdict};

/// Adds nodes that never run, and edges that carry something else than the graph says.
pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let route = route(case.graph, case.facts, case.scheme);
    check_reached(case, &route, findings);
    for connection in &route.connections {
        check_connection(case, connection, findings);
    }
    for (nested, outcome) in &route.outcomes {
        let is_output = |name: &str| {
            let id = case.facts.find(name);
            id.and_then(|id| case.primitive(id)).is_some_and(|p| matches!(p, Primitive::Output(_)))
        };
        if !is_output(outcome) {
            let message =
                format!("hands on what `{outcome}` puts out, which runs last in `{nested}`");
            let (verdict, code) = (Verdict::Reinterpreted, Code::OrderChanged);
            findings.push(case.loss(verdict, code, place(case, outcome), &message));
        }
    }
}

/// Nodes of a known kind that never run.
fn check_reached(case: &Case<'_>, route: &Route, findings: &mut Vec<Finding>) {
    let reached: BTreeSet<&str> = route.order.iter().map(String::as_str).collect();
    for (id, leaf) in case.facts.iter() {
        let is_known = case.primitive(id).is_some_and(|p| case.profile.fate(p).is_none());
        if is_known && !reached.contains(leaf.name.as_str()) {
            let message = "never runs this node: nothing that runs leads to it";
            let place = case.place(leaf);
            findings.push(case.loss(Verdict::Dropped, Code::NodeDropped, place, message));
        }
    }
}

fn check_connection(case: &Case<'_>, connection: &Connection, findings: &mut Vec<Finding>) {
    let Some(later) = connection.later else { return };
    if runs_ahead(case, &connection.target) || runs_ahead(case, &connection.source) {
        return;
    }
    let place = place(case, &connection.target);
    let (source, target) = (&connection.source, &connection.target);
    match (later, connection.closes_cycle) {
        (Later::Never, _) => {
            let message = format!("never lets `{source}` reach `{target}`, which runs before it");
            findings.push(case.loss(Verdict::Dropped, Code::OrderChanged, place, &message));
        }
        (Later::Before(_), false) => {
            let message =
                format!("lets `{source}` reach `{target}` one step late, which runs before it");
            findings.push(case.loss(Verdict::Reinterpreted, Code::OrderChanged, place, &message));
        }
        (Later::Before(Feedback::Absent), true) if has_bias(case, source) => {
            let message = format!("has no bias of `{source}` in the first step");
            findings.push(case.remark(Code::OrderChanged, place, &message));
        }
        (Later::Before(_), true) => {}
    }
}

/// Whether what a node puts out does not depend on what arrives in the same step, so that the order
/// does not matter to it.
fn runs_ahead(case: &Case<'_>, name: &str) -> bool {
    let Some(id) = case.facts.find(name) else { return false };
    let neurons = case.facts.leaf(id).inputs();
    let rule = case
        .primitive(id)
        .and_then(|primitive| case.scheme.neurons.rule(primitive, case.is_recurrent(id), neurons));
    rule.is_some_and(|rule: &Rule| {
        rule.fire.is_some_and(|fire| fire.test == Test::Before)
            || rule.membrane.form.is_late()
            || rule.synapse.is_some_and(|synapse| synapse.form.is_late())
    })
}

fn has_bias(case: &Case<'_>, name: &str) -> bool {
    let primitive = case.facts.find(name).and_then(|id| case.primitive(id));
    let bias = primitive.and_then(|primitive| numbers(primitive, "bias")).unwrap_or_default();
    bias.iter().any(|&bias| bias != 0.0)
}

fn place(case: &Case<'_>, name: &str) -> Place {
    case.facts.find(name).map(|id| case.place(case.facts.leaf(id))).unwrap_or_default()
}
