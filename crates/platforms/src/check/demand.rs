//! What a platform asks for, held against a node.

use nirkit_engine::clocked::semantics::{Order, When};
use nirkit_ir::{Code, Diagnostic, Place};

use super::requirement::{Unmet, unmet};
use super::{Case, Finding, Subject, Verdict, code};
use crate::capability::Demand;

/// Adds the demands of a platform that a leaf does not meet.
pub(super) fn check(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(capability) = case.profile.capability(subject.primitive.kind()) else { return };
    for demand in capability.demands {
        if !is_reached(case, subject, demand.when) {
            continue;
        }
        if let Some(unmet) = unmet(case, subject, demand.what) {
            let place = case.place(subject.leaf);
            let place = unmet.field.map_or_else(|| place.clone(), |field| place.field(field));
            findings.push(refusal(case, demand, place, &unmet));
        }
    }
}

/// Whether the platform looks at a node: an importer that follows a chain does not see the others, and
/// no step meets a node that never runs.
pub(super) fn is_reached(case: &Case<'_>, subject: &Subject<'_>, when: When) -> bool {
    if case.route.is_err() {
        return when == When::Import;
    }
    let is_chain = matches!(case.semantics.execution.order, Order::Chain(_));
    let walked = subject.walked;
    (when == When::Import && !is_chain) || walked.runs || walked.fused
}

fn refusal(case: &Case<'_>, demand: &Demand, place: Place, unmet: &Unmet) -> Finding {
    let code = if demand.mended { Code::Mended } else { code(demand.when) };
    let says = unmet.says.clone().unwrap_or_else(|| demand.reason.replace("{type}", unmet.element));
    let diagnostic = Diagnostic::new(code, place, format!("{}: {says}", case.profile.name));
    let asked = unmet.asked.as_str();
    let diagnostic = if asked.is_empty() { diagnostic } else { diagnostic.help(asked) };
    Finding { verdict: Verdict::Refused, ends: Some(demand.when), matters: true, diagnostic }
}
