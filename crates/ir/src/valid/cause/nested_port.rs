//! A port of a nested graph declares another shape than arrives, and everything behind it takes what arrives.

use super::{Mended, set, shape};
use crate::diag::{Code, Diagnostic, Severity};
use crate::facts::order::strongly_connected;
use crate::graph::Graph;
use crate::limits::Limits;
use crate::primitive::Primitive;
use crate::valid::survey::{Survey, survey_plain};

/// The graph with the ports of nested graphs as wide as what arrives. One is corrected after the other, since
/// what arrives at an Output follows from the Input; sources come before their targets.
pub(super) fn suppose(graph: &Graph, before: &Survey, limits: &Limits) -> Option<Mended> {
    let (mut mended, mut survey) = (graph.clone(), before.clone());
    let mut corrected: Vec<(Vec<String>, Vec<usize>, Vec<usize>)> = Vec::new();
    let rounds = super::rounds(before);
    let targets: Vec<Vec<usize>> = before.leaves.iter().map(|leaf| leaf.targets.clone()).collect();
    let order: Vec<usize> = strongly_connected(&targets).into_iter().flatten().collect();
    while let Some((nodes, declared, arrives)) = misfit(&mut mended, &survey, &order, &corrected) {
        if corrected.len() == rounds {
            return None;
        }
        set(mended.node_at_mut(&nodes)?, "shape", shape(&arrives));
        corrected.push((nodes, declared, arrives));
        survey = survey_plain(&mended, limits);
    }
    let (nodes, declared, arrives) = corrected.first()?;
    let place = &before.leaf(nodes)?.place;
    let others = corrected.len() - 1;
    let more = match others {
        0 => String::new(),
        1 => ", and so does another port".to_owned(),
        several => format!(", and so do {several} other ports"),
    };
    let message = format!("declares {declared:?}, {arrives:?} arrives and fits what follows{more}");
    let mut finding = Diagnostic::new(Code::DeclaredShape, place.field("shape"), message)
        .help("what arrives is taken; run `nir convert --repair` to correct the field")
        .repairable();
    finding.severity = Severity::Warning;
    let told = corrected
        .iter()
        .map(|(nodes, _, arrives)| format!("`{}` has the shape {arrives:?} now", nodes.join(".")));
    let done = told.collect::<Vec<_>>().join(", ");
    Some(Mended { graph: mended, finding, done })
}

/// The first port of a nested graph at which something arrives that it does not declare.
fn misfit(
    graph: &mut Graph,
    survey: &Survey,
    order: &[usize],
    corrected: &[(Vec<String>, Vec<usize>, Vec<usize>)],
) -> Option<(Vec<String>, Vec<usize>, Vec<usize>)> {
    let leaves = order.iter().filter_map(|&at| survey.leaves.get(at));
    leaves.filter(|leaf| !leaf.is_top_level()).find_map(|leaf| {
        let nodes = &leaf.place.nodes;
        let is_port = matches!(
            graph.node_at_mut(nodes)?.primitive,
            Primitive::Input(_) | Primitive::Output(_)
        );
        let (declared, arrives) = (leaf.input.as_ref()?, survey.arriving(leaf)?);
        let is_new = corrected.iter().all(|(other, ..)| other != nodes);
        (is_port && is_new && declared != arrives)
            .then(|| (nodes.clone(), declared.clone(), arrives.clone()))
    })
}
