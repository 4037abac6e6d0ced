//! Biases of maps that a platform does not read, where its neurons add a constant of their own.

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::rule::Rest;
use nirkit_ir::{Graph, Primitive};

use super::Change;
use super::draft::LEAK;
use super::fit::Fit;
use super::place::Place;
use crate::capability::Requirement;
use crate::profile::Profile;

/// Moves biases that the platform does not read into `v_leak` of the neurons that the map leads to, where these add it in every
/// step; what was done. Behind a synapse the constant is the one at which the current settles, without the time that it takes to
/// build up.
pub(super) fn into_rests<'a>(
    graph: &mut Graph,
    profile: &Profile,
    fits: &BTreeMap<String, Fit>,
    place_of: impl Fn(&str, &Fit) -> Option<Place<'a>>,
) -> Vec<Change> {
    let is_unread = |kind: &str| {
        let demands = profile.capability(kind).map_or(&[][..], |capability| capability.demands);
        demands.iter().any(|demand| demand.what == Requirement::Zero("bias"))
    };
    if !is_unread("Affine") {
        return Vec::new();
    }
    let mut leads: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for edge in &graph.edges {
        leads.entry(&edge.source).or_default().push(&edge.target);
    }
    let only = leads.iter().filter_map(|(source, targets)| match targets[..] {
        [target] => Some(((*source).to_owned(), target.to_owned())),
        _ => None,
    });
    let mut changes = Vec::new();
    let mut leaks: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (map, layer) in only.collect::<Vec<_>>() {
        let Some(fit) = fits.get(&layer) else { continue };
        let Some(Primitive::Affine(affine)) = graph.nodes.get(&map).map(|node| &node.primitive)
        else {
            continue;
        };
        if affine.bias.is_zero() {
            continue;
        }
        let Some(constants) = place_of(&layer, fit).and_then(|place| constants(&place, fit)) else {
            continue;
        };
        let Some(bias) = affine.bias.to_f64().filter(|bias| bias.len() == constants.len()) else {
            continue;
        };
        let leak = leaks.entry(layer.clone()).or_insert_with(|| fit.draft.fields[LEAK].clone());
        for ((leak, bias), constant) in leak.iter_mut().zip(bias.iter()).zip(constants) {
            *leak += bias * constant;
        }
        let Some(zero) = affine.bias.filled(0.0) else { continue };
        if let Some(Primitive::Affine(affine)) =
            graph.nodes.get_mut(&map).map(|node| &mut node.primitive)
        {
            affine.bias = zero;
        }
        let what = format!("its bias, which is not read, went into `v_leak` of `{layer}`");
        changes.push(Change::new(&map, what));
    }
    for (layer, leak) in leaks {
        let neuron = fits.get(&layer).and_then(|fit| fit.draft.with(LEAK, &leak).primitive());
        if let (Some(neuron), Some(node)) = (neuron, graph.nodes.get_mut(&layer)) {
            node.primitive = neuron;
        }
    }
    changes
}

/// For each neuron, the `v_leak` that adds to the voltage what a bias of 1 adds in the end; `None` where `v_leak` is no constant
/// that is added in every step.
fn constants(place: &Place<'_>, fit: &Fit) -> Option<Vec<f64>> {
    if place.rule(&fit.draft)?.membrane.rest != Rest::Bias {
        return None;
    }
    let neurons = fit.draft.fields[LEAK].len();
    let [none, one] =
        [0.0, 1.0].map(|leak| place.closed(&fit.draft.with(LEAK, &vec![leak; neurons])));
    let each = none?.into_iter().zip(one?).map(|(none, one)| {
        let kept = none.synapse.map_or(0.0, |synapse| synapse.k);
        none.gain() / (1.0 - kept) / (one.membrane.c - none.membrane.c)
    });
    Some(each.map(|constant| if constant.is_finite() { constant } else { 0.0 }).collect())
}
