//! What a model does not see of a stimulus.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::SpikeStep;
use nirkit_engine::clocked::semantics::{Semantics, is_weighted};
use nirkit_ir::facts::LeafId;
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_platforms::chip::Design;
use nirkit_run::{Signal, Stimulus as Sample};

/// What of the stimulus of an Input is not seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unseen {
    name: String,
    lost: f64,
    all: f64,
    why: Why,
}

/// Why a part of a stimulus is not seen.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Why {
    /// A chip takes up to so many spikes of a channel in a step.
    Limit(i64),
    /// Maps see only which inputs are not 0.
    Truth,
}

impl Unseen {
    /// Adds what further samples lose.
    pub(crate) fn gather(all: &mut Vec<Self>, found: Vec<Self>) {
        for found in found {
            match all.iter_mut().find(|known| known.name == found.name) {
                Some(known) => {
                    known.lost += found.lost;
                    known.all += found.all;
                }
                None => all.push(found),
            }
        }
    }

    /// What is said of those of which some are lost.
    pub(crate) fn notes(all: &[Self]) -> impl Iterator<Item = String> {
        let lossy = all.iter().filter(|unseen| unseen.lost > 0.0);
        lossy.map(|Self { name, lost, all, why }| match why {
            Why::Limit(limit) => format!(
                "{lost} of {all} spikes for `{name}` are not seen: the chip takes up to {limit} of a channel in a step"
            ),
            Why::Truth => format!(
                "{lost} of {all} entries for `{name}` that are not 0 are not 1 either: weights see whether an entry is \
                 0, and count it as 1"
            ),
        })
    }
}

/// Counts the spikes that a chip does not see.
pub(crate) fn of_chip(design: &Design, samples: &[Sample], steps: usize, dt: f64) -> Vec<Unseen> {
    let mut found = Vec::new();
    for (name, _) in design.emulation.inputs() {
        let leaving = design.connections.iter().filter(|connection| connection.source == name);
        let Some(limit) = leaving.filter_map(|connection| connection.limit).max() else { continue };
        let (mut lost, mut all) = (0.0, 0.0);
        for sample in samples {
            let Some(signal) = sample.signals.get(&name) else { continue };
            each_count(signal, steps, dt, |count| {
                all += count;
                lost += (count - limit as f64).max(0.0);
            });
        }
        found.push(Unseen { name, lost, all, why: Why::Limit(limit) });
    }
    found
}

/// Counts the entries that a simulator reduces to whether they are 0.
pub(crate) fn of_simulator(
    (graph, facts): (&Graph, &Facts),
    semantics: &Semantics,
    samples: &[Sample],
    steps: usize,
    dt: f64,
) -> Vec<Unseen> {
    if !semantics.maps.truth_only {
        return Vec::new();
    }
    let by_weights = facts.inputs(graph).filter(|&id| enters_weights(graph, facts, id));
    let counted = by_weights.map(|id| facts.leaf(id)).map(|leaf| {
        let (mut lost, mut all) = (0.0, 0.0);
        for signal in samples.iter().filter_map(|sample| sample.signals.get(&leaf.name)) {
            each_count(signal, steps, dt, |count| {
                all += f64::from(u8::from(count != 0.0));
                lost += f64::from(u8::from(count != 0.0 && count != 1.0));
            });
        }
        Unseen { name: leaf.name.clone(), lost, all, why: Why::Truth }
    });
    counted.collect()
}

/// Whether what a node puts out enters weights, perhaps in another shape.
fn enters_weights(graph: &Graph, facts: &Facts, id: LeafId) -> bool {
    let (mut open, mut seen) = (vec![id], BTreeSet::new());
    while let Some(id) = open.pop() {
        for &target in &facts.leaf(id).targets {
            match facts.primitive(graph, target) {
                Some(primitive) if is_weighted(primitive) => return true,
                Some(Primitive::Flatten(_)) if seen.insert(target) => open.push(target),
                _ => {}
            }
        }
    }
    false
}

/// Calls `take` with the number of spikes of each channel in each step in which there are any.
fn each_count(signal: &Signal, steps: usize, dt: f64, mut take: impl FnMut(f64)) {
    match signal {
        Signal::Frames { values, channels, .. } => {
            let within = steps.saturating_mul(*channels).min(values.len());
            values[..within].iter().copied().for_each(take);
        }
        Signal::Spikes { spikes, .. } => {
            let mut counts: BTreeMap<(usize, usize), f64> = BTreeMap::new();
            for spike in spikes {
                let step = SpikeStep::Floor.of(spike.time / dt);
                if step < steps {
                    *counts.entry((step, spike.channel)).or_default() += spike.value;
                }
            }
            counts.into_values().for_each(&mut take);
        }
        Signal::Current { .. } => {}
    }
}
