//! Which findings can be mended with what is known of a graph. What is promised here, `passes::repair` does.

use super::survey::{Known, Survey};
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::graph::Graph;
use crate::primitive::Primitive;

/// Whether it depends on what is known of the graph if this finding can be mended.
pub(super) fn concerns(finding: &Diagnostic) -> bool {
    matches!(
        finding.code,
        Code::NoInput | Code::NoOutput | Code::NotACount | Code::TooLarge | Code::DeclaredShape
    )
}

/// Adds the promise to the findings that can be mended, and the help that says so.
pub(super) fn keep(graph: &Graph, survey: &mut Survey) {
    let mut findings = std::mem::take(&mut survey.findings);
    let is_too_large = findings.iter().any(|finding| finding.code == Code::TooLarge);
    // What is mended itself stands in the way of nothing.
    let open: Vec<Place> = findings
        .iter()
        .filter(|finding| is_in_the_way(finding) && !finding.repairable)
        .map(|finding| finding.place.clone())
        .collect();
    let settled = survey.settled(&open);
    for finding in &mut findings {
        if finding.code == Code::ScalarParameter && is_too_large {
            finding.help = Some("nothing is written out of a graph beyond the limits".to_owned());
            finding.repairable = false;
        }
        if finding.code == Code::DeclaredShape && !is_settled(graph, survey, &settled, finding) {
            finding.help =
                Some("mend the errors before it first: what arrives follows from them".to_owned());
            finding.repairable = false;
        }
        let help = match finding.code {
            Code::NoInput if begins(survey) => "add an Input, or run `nir convert --repair`",
            Code::NoOutput if ends(survey) => "add an Output, or run `nir convert --repair`",
            Code::NotACount if is_known_repetition(graph, survey, finding) => {
                "run `nir convert --repair` to write what arrives"
            }
            _ => continue,
        };
        finding.help = Some(help.to_owned());
        finding.repairable = true;
    }
    survey.findings = findings;
}

/// Whether an error leaves open what arrives at an Output behind it.
fn is_in_the_way(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error
        && !matches!(finding.code, Code::NoInput | Code::NoOutput | Code::TooLarge)
}

/// Whether the declared shape of an Output can be told from what arrives: no error is open before it. Other nodes only
/// repeat the shape of what arrives.
fn is_settled(graph: &Graph, survey: &Survey, settled: &[bool], finding: &Diagnostic) -> bool {
    let nodes = &finding.place.nodes;
    let Some((name, outer)) = nodes.split_last() else { return true };
    let level =
        outer.iter().try_fold(graph, |graph, name| graph.nodes.get(name)?.primitive.as_graph());
    let node = level.and_then(|level| level.nodes.get(name)).map(|node| &node.primitive);
    !matches!(node, Some(Primitive::Output(_))) || survey.find(nodes).is_none_or(|at| settled[at])
}

/// Whether there is a node before which an Input can stand.
fn begins(survey: &Survey) -> bool {
    survey.leaves.iter().any(Known::wants_input)
}

/// Whether there is a node behind which an Output can stand.
fn ends(survey: &Survey) -> bool {
    survey.leaves.iter().any(Known::wants_output)
}

/// Whether the field repeats the shape of what arrives, and that is known.
fn is_known_repetition(graph: &Graph, survey: &Survey, finding: &Diagnostic) -> bool {
    let nodes = &finding.place.nodes;
    let Some(leaf) = survey.leaf(nodes) else { return false };
    let Some((last, outer)) = nodes.split_last() else { return false };
    let level =
        outer.iter().try_fold(graph, |graph, name| graph.nodes.get(name)?.primitive.as_graph());
    let node = level.and_then(|level| level.nodes.get(last));
    let repeats = matches!(
        (node.map(|node| &node.primitive), finding.place.field.as_deref()),
        (Some(Primitive::Flatten(_)), Some("input_type"))
            | (Some(Primitive::Conv1d(_) | Primitive::Conv2d(_)), Some("input_shape"))
    );
    repeats && leaf.input.is_some() && survey.arriving(leaf).is_some()
}
