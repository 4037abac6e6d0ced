//! Which processing element holds which neurons, and how much of the chip that takes.

use std::collections::BTreeMap;

use nirkit_ir::Place;

use super::super::design::{Placement, Usage};
use super::super::diagnostics::Diagnostics;
use super::super::{Limit, Limits};
use super::document::{Document, Population, Projection, SPIKE_LIST};

const DATASHEET: &str = "SpiNNaker2 datasheet 0.03, 2021";

/// Processing elements of a chip.
const ELEMENTS: Limit =
    Limit { name: "elements", what: "processing elements", available: &[152], source: DATASHEET };
/// Memory of one, which program, buffers, neurons and synapses share.
const BYTES: Limit = Limit {
    name: "element_bytes",
    what: "bytes of memory in a processing element",
    available: &[128 * 1024],
    source: DATASHEET,
};

/// How much there is of everything.
pub(super) const LIMITS: Limits = Limits(&[ELEMENTS, BYTES]);

/// Bytes of an element that are taken to be left for neurons and synapses: a half. What py-spinnaker2
/// itself leaves is not known here.
fn left(limits: Limits) -> usize {
    limits.of(&BYTES).most() / 2
}

/// Bytes that are taken for a synapse of a list: weight, delay and target in a word.
const SYNAPSE: usize = 4;

/// Bytes that are taken for a neuron: its states and parameters, a word each.
const NEURON: usize = 32;

/// What a population asks for.
struct Need<'a> {
    name: &'a str,
    neurons: usize,
    /// Bytes of each of its neurons, with the synapses that lead to it.
    each: usize,
    /// Bytes that each of its elements needs, for kernels.
    shared: usize,
}

impl Need<'_> {
    /// Neurons that an element has room for.
    fn room(&self, limits: Limits) -> usize {
        (left(limits).saturating_sub(self.shared) / self.each.max(1)).max(1)
    }

    fn elements(&self, limits: Limits) -> usize {
        self.neurons.div_ceil(self.room(limits))
    }
}

/// Places all neurons, population by population, in as few elements as hold them.
pub(super) fn place(document: &Document, limits: Limits) -> Vec<Placement> {
    let mut element = 0;
    let mut placed = Vec::new();
    for need in needs(document) {
        for first in (0..need.neurons).step_by(need.room(limits)) {
            placed.push(Placement {
                node: need.name.to_owned(),
                population: need.name.to_owned(),
                part: format!("PE {element}"),
                first,
                neurons: need.room(limits).min(need.neurons - first),
            });
            element += 1;
        }
    }
    placed
}

/// How much of the chip is used.
pub(super) fn usage(document: &Document, limits: Limits) -> Vec<Usage> {
    let needs = needs(document);
    let elements = needs.iter().map(|need| need.elements(limits)).sum();
    let bytes = |need: &Need<'_>| need.neurons * need.each + need.elements(limits) * need.shared;
    let bytes = needs.iter().map(bytes).sum();
    let (all, each) = (limits.of(&ELEMENTS), limits.of(&BYTES));
    let usage = |what, used, available| Usage { what, used, available, source: all.source };
    vec![
        usage(all.what, elements, all.most()),
        usage("bytes of memory, estimated", bytes, each.most().saturating_mul(all.most())),
    ]
}

/// Says what the chip has too little of.
pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics<'_>) {
    let needs = needs(document);
    let limits = diagnostics.limits();
    let (all, each, left) = (limits.of(&ELEMENTS), limits.of(&BYTES), left(limits));
    for need in &needs {
        let least = need.each + need.shared;
        if least > left {
            let place = Place::root().node(need.name);
            let help = "take fewer sources for each neuron, or share weights in a convolution";
            diagnostics.exceed(place, &each, least.saturating_add(each.most() - left), help);
        }
    }
    let elements: usize = needs.iter().map(|need| need.elements(limits)).sum();
    if elements > all.most() {
        let help = "take fewer or smaller layers; several chips can be joined";
        diagnostics.exceed(Place::root(), &all, elements, help);
    }
}

/// What every population asks for. One that a stimulus fills takes elements as well, for the list of
/// its spikes.
fn needs(document: &Document) -> Vec<Need<'_>> {
    // Synapses, and weights of kernels, that lead to each population.
    let mut arriving: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for projection in &document.projections {
        let (post, [synapses, weights]) = match projection {
            Projection::List(list) => (&list.post, [list.connections.len(), 0]),
            Projection::Conv2d(conv) => {
                (&conv.post, [0, conv.weights.iter().flatten().flatten().flatten().count()])
            }
        };
        let sums = arriving.entry(post).or_default();
        *sums = [sums[0] + synapses, sums[1] + weights];
    }
    let mut needs = Vec::with_capacity(document.populations.len());
    for Population { name, size, neuron_model, .. } in &document.populations {
        let [synapses, shared] = arriving.get(name.as_str()).copied().unwrap_or_default();
        let state = if neuron_model == SPIKE_LIST { SYNAPSE } else { NEURON };
        let each = state + (synapses * SYNAPSE).div_ceil((*size).max(1));
        needs.push(Need { name, neurons: *size, each, shared });
    }
    needs
}
