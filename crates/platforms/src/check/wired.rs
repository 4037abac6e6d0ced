//! What connections make of maps and delays.

use nirkit_engine::clocked::semantics::{SemanticsError, When, Wiring, connections};
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Code, Diagnostic, Place};

use super::case::{code, node_of};
use super::field::numbers;
use super::{Case, Finding, Verdict, is_close};
use crate::phrase::{brief, range};

/// Adds what connections cannot be, and what they change.
pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    if case.semantics.maps.wiring == Wiring::Nodes {
        return;
    }
    let errors = connections(case.graph, case.facts, case.semantics).err().unwrap_or_default();
    for error in errors.iter().filter(|error| !matches!(error, SemanticsError::NoRule { .. })) {
        findings.push(refusal(case, error));
    }
    check_delays(case, findings);
    let message =
        "hands on a spike one step after its own or later, so that each layer counts a step";
    findings.push(case.remark(Code::OrderChanged, Place::root(), message));
}

fn refusal(case: &Case<'_>, error: &SemanticsError) -> Finding {
    let id = case.facts.find(node_of(error));
    let place = id.map(|id| case.place(case.facts.leaf(id))).unwrap_or_default();
    let message = format!("{}: {error}", case.profile.name);
    let diagnostic = Diagnostic::new(code(When::Import), place, message);
    let diagnostic = diagnostic.help(advice(error));
    Finding { verdict: Verdict::Refused, ends: Some(When::Import), matters: true, diagnostic }
}

fn advice(error: &SemanticsError) -> &'static str {
    match error {
        SemanticsError::DelayedBias { .. } => "put the bias into a map behind the Delay",
        SemanticsError::NoNeuronInCycle { .. } => "put a neuron into the cycle",
        SemanticsError::NoNeuronBehind { .. } => "put an LI before the Output",
        SemanticsError::DelayTooLong { .. } => "give a longer time step, or a shorter delay",
        _ => "choose another platform",
    }
}

/// Delays that are no whole number of steps, or less than one.
fn check_delays(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let Some(dt) = case.dt() else { return };
    for (id, leaf) in case.facts.iter() {
        let Some(primitive @ Primitive::Delay(_)) = case.primitive(id) else { continue };
        let delays = numbers(primitive, "delay").unwrap_or_default();
        let steps = |delay: &f64| (delay / dt).round_ties_even().max(1.0);
        let is_kept = |delay: &f64| is_close(steps(delay) * dt, *delay);
        if delays.iter().all(is_kept) {
            continue;
        }
        let taken: Vec<f64> = delays.iter().map(steps).collect();
        let [given, taken] = [range(&delays), range(&taken)];
        let message = format!("takes delays of {given} s for {taken} steps of {} s", brief(dt));
        let place = case.place(leaf).field("delay");
        let (verdict, code) = (Verdict::Reinterpreted, Code::ParameterReinterpreted);
        findings.push(case.loss(verdict, code, place, &message));
    }
}
