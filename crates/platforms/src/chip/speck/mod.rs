//! Speck: nine cores, each a convolution, integrate-and-fire neurons of 16 bits, and a pool.
//!
//! The arithmetic is that of the discretised network of `sinabs.backend.dynapcnn` on a processor
//! (`discretize.py`, `dynapcnn_layer.py`), which does not imitate the 16 bits of a state: what leaves
//! them on the chip does not here. The way from a graph is that of sinabs' NIR import.

mod chain;
mod cores;
mod document;
mod network;
mod quantise;
mod unrounded;

use nirkit_engine::integer;
use nirkit_run::Reset;

use super::design::{ChipConfiguration, Design, Emulation, Placement, Usage};
use super::diagnostics::Diagnostics;
use super::{Chip, Job, Limits, Lowering, Quantiser, connections, cost};
use crate::capability::{Capability, Demand, Requirement};
use quantise::Quantised;

pub use document::{Document, Layer};

/// Speck 2f.
pub const CHIP: Chip = Chip {
    name: "speck",
    version: "2f",
    package: "Speck 2f as sinabs 2.0.3 (sinabs.backend.dynapcnn) discretises for it",
    evidence: "recordings of the discretised network on a processor, every spike equal",
    quantisers: &[LAYER],
    capabilities: CAPABILITIES,
    limits: cores::LIMITS,
    resets: &[Reset::Subtract],
    fire: "subtracts the threshold for each spike; a neuron puts out as many spikes in a step as its threshold fits into the voltage",
    unknown: "the NIR import returns nothing for {kind}, and the network that is left has a gap",
    lower,
    unrounded: &unrounded::UNROUNDED,
    estimate: cost::speck::estimate,
    read,
};

/// sinabs' `discretize_conv_spike`.
const LAYER: Quantiser = Quantiser {
    name: "layer",
    what: "8-bit weights and biases and 16-bit thresholds with one scale for each layer",
};

const IMPORT: &str = "sinabs/nir.py, _import_sinabs_module";
const BUILDER: &str = "sinabs/backend/dynapcnn/utils.py, build_from_list";

const UNPADDED: &[Demand] = &[Demand::new(
    Requirement::Zero("padding"),
    "ValueError: Padding is not supported for the pooling layers",
)];

const CAPABILITIES: &[Capability] = &[
    Capability {
        kind: "Affine",
        becomes: "a convolution whose kernel is the whole picture",
        demands: &[],
        notes: &["an IF stands behind it"],
        evidence: BUILDER,
    },
    Capability {
        kind: "Linear",
        becomes: "the same without a bias",
        demands: &[],
        notes: &["sinabs' NIR import leaves it out; nirkit takes it as the chip does"],
        evidence: BUILDER,
    },
    Capability {
        kind: "Conv2d",
        becomes: "the convolution of a core",
        demands: &[],
        notes: &["an IF stands behind it"],
        evidence: IMPORT,
    },
    Capability {
        kind: "IF",
        becomes: "the neurons of a core",
        demands: &[],
        notes: &[
            "r and v_reset are not read; the threshold of the first neuron holds for all",
            "several spikes a step; the voltage never falls below the negative threshold",
        ],
        evidence: IMPORT,
    },
    Capability {
        kind: "SumPool2d",
        becomes: "the pool of a core",
        demands: UNPADDED,
        notes: &["its stride is its kernel"],
        evidence: BUILDER,
    },
    Capability {
        kind: "AvgPool2d",
        becomes: "the pool of a core, with the weights that follow divided by its area",
        demands: UNPADDED,
        notes: &["sinabs' NIR import leaves it out; nirkit takes it as the chip does"],
        evidence: BUILDER,
    },
    Capability {
        kind: "Flatten",
        becomes: "nothing: the kernel that follows keeps the axes",
        demands: &[],
        notes: &[],
        evidence: BUILDER,
    },
];

fn lower(job: &Job<'_>) -> Lowering {
    let mut diagnostics = Diagnostics::new(job);
    let chain = chain::check(job, &mut diagnostics);
    let design = chain.map(|chain| {
        let (mut document, quantised) = quantise::quantise(job, &chain);
        cores::place(job, &chain, &mut document, &mut diagnostics);
        let Quantised { quantization_errors, approximations, kept } = quantised;
        let design = design(&document, job.chip.limits)?;
        Ok(Design { quantization_errors, approximations, kept, ..design })
    });
    diagnostics.lowering(design, "bring weights and thresholds of the layer to a common size")
}

fn read(document: &str, _frame: Option<&[usize]>, limits: Limits) -> Result<Design, Vec<String>> {
    design(&document::read(document)?, limits)
}

/// The design of a document, or everything that is wrong with it.
fn design(document: &Document, limits: Limits) -> Result<Design, Vec<String>> {
    let network = network::network(document)?;
    let connections = connections::connections(&network);
    let answer = network.populations.last().map(|population| population.name.clone());
    let placed = document.layers.iter().zip(&network.populations).enumerate();
    let placed = placed.map(|(at, (layer, population))| Placement {
        node: layer.neuron.clone(),
        population: layer.neuron.clone(),
        part: layer.core.map_or(format!("layer {at}"), |core| format!("core {core}")),
        first: 0,
        neurons: population.neurons(),
    });
    let (placed, usage) = (placed.collect(), usage(document, &network, limits));
    let emulation = Emulation::integer(network)?;
    let configuration = ChipConfiguration {
        what: "the integers of each layer as sinabs' dynapcnn network has them",
        json: document::write(document),
        tree: None,
    };
    Ok(Design {
        answer,
        placements: placed,
        usage,
        connections,
        notes: vec![
            "states are not cut to 16 bits, as in sinabs' own discretised network".to_owned(),
        ],
        ..Design::new(emulation, configuration)
    })
}

fn usage(document: &Document, network: &integer::Network, limits: Limits) -> Vec<Usage> {
    let layers = document.layers.iter().zip(&network.populations);
    let memory: Vec<cores::Memory> =
        layers.map(|(layer, population)| cores::Memory::of(layer, &population.shape)).collect();
    let sum = |part: fn(&cores::Memory) -> usize| memory.iter().map(part).sum();
    let cores = cores::cores(limits);
    let all =
        |part: fn(&cores::Memory) -> usize| cores.iter().map(part).fold(0, usize::saturating_add);
    let usage = |what, used, available| Usage { what, used, available, source: cores::SOURCE };
    vec![
        usage("cores", document.layers.len(), cores.len()),
        usage("words of kernel memory", sum(|m| m.kernel), all(|m| m.kernel)),
        usage("words of neuron memory", sum(|m| m.neuron), all(|m| m.neuron)),
        usage("words of bias memory", sum(|m| m.bias), all(|m| m.bias)),
    ]
}
