//! Which core holds which neurons, and how much of the chip that takes.

use super::super::design::{Placement, Usage};
use super::super::diagnostics::Diagnostics;
use super::super::{Limit, Limits};
use super::document::{Document, Process};
use super::wiring::Wiring;
use nirkit_ir::Place;

const BRIEF: &str = "Intel Labs, Technology Brief: Loihi 2, 2021";

/// Cores of a chip.
const CORES: Limit =
    Limit { name: "cores", what: "neuron cores", available: &[128], source: BRIEF };
/// Neurons of a core: a million in 128 cores.
const NEURONS: Limit =
    Limit { name: "core_neurons", what: "neurons in a core", available: &[8192], source: BRIEF };
/// Memory of a core, which weights and states share.
const BYTES: Limit = Limit {
    name: "core_bytes",
    what: "bytes of memory in a core",
    available: &[192 * 1024],
    source: BRIEF,
};

/// How much there is of everything.
pub(super) const LIMITS: Limits = Limits(&[CORES, NEURONS, BYTES]);

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
pub(super) fn place(document: &Document, wiring: &Wiring, limits: Limits) -> Vec<Placement> {
    let mut core = 0;
    let mut placed = Vec::new();
    for need in needs(document, wiring) {
        let room = need.room(limits).max(1);
        for first in (0..need.neurons).step_by(room) {
            placed.push(Placement {
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
pub(super) fn usage(document: &Document, wiring: &Wiring, limits: Limits) -> Vec<Usage> {
    let needs = needs(document, wiring);
    let cores = needs.iter().map(|need| need.cores(limits)).sum();
    let neurons = needs.iter().map(|need| need.neurons).sum();
    let bytes = |need: &Need<'_>| need.neurons * need.each + need.cores(limits) * need.shared;
    let bytes = needs.iter().map(bytes).sum();
    let all = limits.of(&CORES).most();
    let usage = |what, used, limit: Limit, times: usize| {
        let limit = limits.of(&limit);
        let available = limit.most().saturating_mul(times);
        Usage { what, used, available, source: limit.source }
    };
    vec![
        usage(CORES.what, cores, CORES, 1),
        usage("neurons", neurons, NEURONS, all),
        usage("bytes of memory", bytes, BYTES, all),
    ]
}

/// Says what the chip has too little of.
pub(super) fn check(document: &Document, wiring: &Wiring, diagnostics: &mut Diagnostics<'_>) {
    let needs = needs(document, wiring);
    let limits = diagnostics.limits();
    let (cores, bytes) = (limits.of(&CORES), limits.of(&BYTES));
    for need in &needs {
        let least = need.each + need.shared;
        if least > bytes.most() {
            let place = Place::root().node(need.name);
            let help = "take fewer sources for each neuron, or share weights in a convolution";
            diagnostics.exceed(place, &bytes, least, help);
        }
    }
    let needed: usize = needs.iter().map(|need| need.cores(limits)).sum();
    if needed > cores.most() {
        let help = "take fewer or smaller layers; several chips can be joined";
        diagnostics.exceed(Place::root(), &cores, needed, help);
    }
}

impl Need<'_> {
    /// Neurons that a core has room for.
    fn room(&self, limits: Limits) -> usize {
        let left = limits.of(&BYTES).most().saturating_sub(self.shared);
        (left / self.each.max(1)).min(limits.of(&NEURONS).most())
    }

    fn cores(&self, limits: Limits) -> usize {
        self.neurons.div_ceil(self.room(limits).max(1))
    }
}

fn needs<'a>(document: &'a Document, wiring: &Wiring) -> Vec<Need<'a>> {
    let mut ways_to: Vec<Vec<usize>> = vec![Vec::new(); document.layers.len()];
    for (way, ends) in wiring.ends.iter().enumerate() {
        if let Some((_, target)) = *ends {
            ways_to[target].push(way);
        }
    }
    let population = |(at, layer): (usize, &'a Process)| {
        let Process::Lif(lif) = layer else { return None };
        let (mut each, mut shared) = (STATE, 0);
        for &way in &ways_to[at] {
            match &document.layers[way] {
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
