//! Which core holds which neurons, and how much of the chip that takes.

use super::super::design::{Placed, Usage};
use super::super::tell::{Limit, Tell};
use super::document::{Document, Process};
use super::wiring::Wiring;
use nirkit_ir::Place;

const BRIEF: &str = "Intel Labs, Technology Brief: Loihi 2, 2021";

/// Cores of a chip.
const CORES: Limit = Limit { what: "neuron cores", available: 128, source: BRIEF };
/// Neurons of a core: a million in 128 cores.
const NEURONS: Limit = Limit { what: "neurons in a core", available: 8192, source: BRIEF };
/// Memory of a core, which weights and states share.
const BYTES: Limit =
    Limit { what: "bytes of memory in a core", available: 192 * 1024, source: BRIEF };

/// Bytes of the state of a neuron: current and voltage with 24 bits each, and a bias with 16.
const STATE: usize = 8;

/// What a population asks for.
struct Need<'a> {
    name: &'a str,
    neurons: usize,
    /// Bytes of each of its neurons.
    each: usize,
    /// Bytes that each of its cores needs, for kernels.
    shared: usize,
}

/// Places all neurons, population by population, in as few cores as hold them.
pub(super) fn place(document: &Document, wiring: &Wiring) -> Vec<Placed> {
    let mut core = 0;
    let mut placed = Vec::new();
    for need in needs(document, wiring) {
        let room = need.room().max(1);
        for first in (0..need.neurons).step_by(room) {
            placed.push(Placed {
                node: need.name.to_owned(),
                population: need.name.to_owned(),
                part: format!("core {core}"),
                first,
                neurons: room.min(need.neurons - first),
            });
            core += 1;
        }
    }
    placed
}

/// How much of the chip is used.
pub(super) fn usage(document: &Document, wiring: &Wiring) -> Vec<Usage> {
    let needs = needs(document, wiring);
    let cores = needs.iter().map(Need::cores).sum();
    let neurons = needs.iter().map(|need| need.neurons).sum();
    let bytes = |need: &Need<'_>| need.neurons * need.each + need.cores() * need.shared;
    let bytes = needs.iter().map(bytes).sum();
    let usage = |what, used, limit: Limit, times: usize| Usage {
        what,
        used,
        available: limit.available * times,
        source: limit.source,
    };
    vec![
        usage(CORES.what, cores, CORES, 1),
        usage("neurons", neurons, NEURONS, CORES.available),
        usage("bytes of memory", bytes, BYTES, CORES.available),
    ]
}

/// Says what the chip has too little of.
pub(super) fn check(document: &Document, wiring: &Wiring, tell: &mut Tell<'_>) {
    let needs = needs(document, wiring);
    for need in &needs {
        let least = need.each + need.shared;
        if least > BYTES.available {
            let place = Place::root().node(need.name);
            let help = "take fewer sources for each neuron, or share weights in a convolution";
            tell.exceed(place, &BYTES, least, help);
        }
    }
    let cores: usize = needs.iter().map(Need::cores).sum();
    if cores > CORES.available {
        let help = "take fewer or smaller layers; several chips can be joined";
        tell.exceed(Place::root(), &CORES, cores, help);
    }
}

impl Need<'_> {
    /// Neurons that a core has room for.
    fn room(&self) -> usize {
        let left = BYTES.available.saturating_sub(self.shared);
        (left / self.each.max(1)).min(NEURONS.available)
    }

    fn cores(&self) -> usize {
        self.neurons.div_ceil(self.room().max(1))
    }
}

fn needs<'a>(document: &'a Document, wiring: &Wiring) -> Vec<Need<'a>> {
    let population = |(at, layer): (usize, &'a Process)| {
        let Process::Lif(lif) = layer else { return None };
        let (mut each, mut shared) = (STATE, 0);
        for (way, ends) in wiring.ends.iter().enumerate() {
            match &document.layers[way] {
                _ if ends.is_none_or(|(_, target)| target != at) => {}
                Process::Dense(dense) => {
                    let row = dense.weights.first().map_or(0, Vec::len);
                    each += (row * dense.num_weight_bits as usize).div_ceil(8);
                }
                Process::Conv(conv) => {
                    shared += conv.weights.iter().flatten().flatten().flatten().count();
                }
                Process::Lif(_) => {}
            }
        }
        Some(Need { name: &lif.name, neurons: wiring.shapes[at].iter().product(), each, shared })
    };
    document.layers.iter().enumerate().filter_map(population).collect()
}
