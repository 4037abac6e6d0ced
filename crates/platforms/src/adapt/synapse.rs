//! Synapses that stand apart from their neurons: an LI before a LIF in the place of a CubaLIF.

use std::collections::BTreeSet;

use nirkit_engine::clocked::semantics::rule::{Fold, Rule};
use nirkit_engine::clocked::semantics::{LayerNumbers, Semantics};
use nirkit_ir::{Graph, Limits};
use nirkit_passes::optimise::{find, optimise_within};
use nirkit_step::Operation;

use super::Change;
use super::closed::closed;
use super::shape::takes_synapses_apart;
use super::side::{Side, SideLayer};
use crate::profile::Profile;

impl Side {
    /// The side with each layer of an LI that is not known under its name as the synapse of the one layer that it leads
    /// to, and the names of those layers; layers of which that cannot be said stay as they are.
    #[must_use]
    pub(super) fn joined(&self, is_known: impl Fn(&str) -> bool) -> (Self, BTreeSet<String>) {
        let (mut joined, mut taken) = (self.clone(), BTreeSet::new());
        for name in self.layers.keys().filter(|name| !is_known(name)) {
            let leads = |layer: &SideLayer| layer.paths.iter().any(|(source, _)| source == name);
            let mut targets = joined.layers.iter().filter(|(_, layer)| leads(layer));
            let (Some((target, layer)), None) = (targets.next(), targets.next()) else { continue };
            let Some(whole) = joined.layers.get(name).and_then(|li| layer.behind(li)) else {
                continue;
            };
            let target = target.clone();
            joined.layers.insert(target, whole);
            joined.layers.remove(name);
            taken.insert(name.clone());
        }
        (joined, taken)
    }
}

impl SideLayer {
    /// The layer with another one, which alone leads to it, as its synapse; `None` where it has a synapse, or a map
    /// lies between the two.
    fn behind(&self, synapse: &Self) -> Option<Self> {
        let [(_, steps)] = self.paths[..] else { return None };
        let is_plain = |layer: &Self| {
            let numbers = &layer.numbers;
            numbers.synapse.is_none() && numbers.relay.is_empty()
        };
        let is_synapse = synapse.numbers.firing.is_none() && is_plain(synapse);
        let has_gains = !self.numbers.weight_gains.is_empty();
        let between = self
            .operations
            .iter()
            .any(|operation| !matches!(operation, Operation::Add { from, .. } if from.len() == 1));
        if !is_synapse || !is_plain(self) || has_gains || between {
            return None;
        }
        let numbers = LayerNumbers {
            synapse: Some(synapse.numbers.membrane.clone()),
            fan_in: synapse.numbers.fan_in,
            weight_gains: synapse.numbers.weight_gains.clone(),
            recurrent_gains: synapse.numbers.recurrent_gains.clone(),
            ..self.numbers.clone()
        };
        Some(Self {
            closed: closed(&numbers),
            numbers,
            delay: self.delay + synapse.delay + steps,
            ..synapse.clone()
        })
    }
}

/// Takes each CubaLIF apart where a platform takes only its parts; what was done.
pub(super) fn take_apart(
    graph: &mut Graph,
    profile: &Profile,
    limits: &Limits,
) -> Option<Vec<Change>> {
    if !takes_synapses_apart(profile) {
        return Some(Vec::new());
    }
    let done = optimise_within(graph, &[find("split_synapse")?], limits).ok()?;
    Some(done.iter().map(|rewrite| Change::new(&rewrite.node, rewrite.done.clone())).collect())
}

/// The semantics with a rule for CubaLIF where the platform has LI and LIF alone: the LI as the synapse of the LIF.
pub(super) fn whole_synapses(mut semantics: Semantics, profile: &Profile) -> Semantics {
    if let (Some(li), Some(lif)) = (semantics.neurons.li, semantics.neurons.lif)
        && takes_synapses_apart(profile)
        && li.synapse.is_none()
        && lif.synapse.is_none()
        && [li.fold, lif.fold] == [Fold::None; 2]
    {
        semantics.neurons.cuba_lif = Some(Rule { synapse: Some(li.membrane), ..lif });
    }
    semantics
}
