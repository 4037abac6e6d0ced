//! Xylo: one hidden population with recurrent weights and one output population, in 16 bits; decays
//! by shifts.
//!
//! The arithmetic is that of `XyloSim` (`xylosim/src/v2/cpp/XyloIAFNeuron.cpp`, `XyloLayer.cpp`), the
//! way from a graph that of Rockpool's mapper and quantisers
//! (`rockpool/devices/xylo/syns61201/xylo_mapper.py`, `rockpool/transform/quantize_methods.py`).

mod map;
mod network;
mod quantise;
mod rules;
mod specification;

use nirkit_ir::Place;
use nirkit_sim::integer;

use super::design::{Design, Emulation, Handover, Usage};
use super::layers::Layers;
use super::tell::{Limit, Tell};
use super::{Chip, Job, Lowering, Quantiser, cost, wires};
use crate::capability::Capability;

pub use specification::Specification;

/// Xylo's digital core, version 2.
pub const CHIP: Chip = Chip {
    name: "xylo",
    version: "syns61201",
    package: "Xylo SYNS61201 (core v2) as rockpool 3.1.0 maps to it and xylosim 0.1.3 computes it",
    evidence: "recordings of XyloSim, every spike and every integer state equal",
    quantisers: &[CHANNEL, GLOBAL],
    capabilities: CAPABILITIES,
    fire: "subtracts the threshold for each spike; a hidden neuron puts out up to 31 spikes in a step, an output neuron one",
    unknown: "NotImplementedError: Cannot convert {kind} to rockpool module",
    lower,
    estimate: cost::xylo::estimate,
    read,
};

/// Rockpool's `channel_quantize`.
const CHANNEL: Quantiser = Quantiser {
    name: "channel",
    what: "8-bit weights with a scale for each target neuron, thresholds scaled with them",
};

/// Rockpool's `global_quantize`.
const GLOBAL: Quantiser = Quantiser {
    name: "global",
    what: "8-bit weights with one scale for the hidden and one for the output neurons",
};

const IMPORT: &str = "rockpool/nn/modules/torch/nir.py, _convert_nir_to_rockpool";

const CAPABILITIES: &[Capability] = &[
    Capability {
        kind: "Affine",
        becomes: "weights; the bias is dropped",
        demands: &[],
        notes: &["a neuron stands behind it and an Input or a neuron before it"],
        evidence: IMPORT,
    },
    Capability {
        kind: "Linear",
        becomes: "weights",
        demands: &[],
        notes: &["a neuron stands behind it and an Input or a neuron before it"],
        evidence: IMPORT,
    },
    Capability {
        kind: "CubaLIF",
        becomes: "hidden neurons, or output neurons where it leads to the Output",
        demands: &[],
        notes: &[
            "r, w_in and v_reset are not read; v_leak becomes a bias",
            "decays become shifts: time constants go to the nearest power of two of the time step",
        ],
        evidence: IMPORT,
    },
    Capability {
        kind: "NIRGraph",
        becomes: "what is in it",
        demands: &[],
        notes: &[],
        evidence: IMPORT,
    },
];

const MAPPER: &str = "rockpool 3.1.0, xylo_mapper.py";

/// Input channels.
const INPUTS: Limit = Limit { what: "input channels", available: 16, source: MAPPER };
/// Hidden neurons.
const HIDDEN: Limit = Limit { what: "hidden neurons", available: 1000, source: MAPPER };
/// Output neurons.
const OUTPUTS: Limit = Limit { what: "output neurons", available: 8, source: MAPPER };

/// Spikes of an input channel in a step that are seen.
const INPUT_SPIKES: i64 = 15;
/// Spikes of a hidden neuron in a step.
const HIDDEN_SPIKES: i64 = 31;
/// Spikes of an output neuron in a step.
const OUTPUT_SPIKES: i64 = 1;

fn lower(job: &Job<'_>) -> Lowering {
    let layers = Layers::of(job.view());
    let mut tell = Tell::new(job);
    let plan = rules::check(job, &layers, &mut tell);
    let design = plan.and_then(|plan| {
        let mapped = map::map(job, &plan);
        let (specification, rounded, scales) = quantise::quantise(&mapped, job.quantiser.name);
        match design(&specification, &mapped.input) {
            Ok(design) => Some(Design {
                placed: map::placed(job, &plan),
                moved: mapped.moved(&specification),
                treated: mapped.treated,
                kept: map::kept(job, &plan, &scales),
                rounded,
                ..design
            }),
            Err(errors) => {
                let help = "bring the parameters of the graph to a common size";
                for error in &errors {
                    tell.refuse(Place::root(), error, help);
                }
                None
            }
        }
    });
    Lowering { report: tell.report(), design }
}

fn read(document: &str, _frame: Option<&[usize]>) -> Result<Design, Vec<String>> {
    let (specification, mut notes) = specification::read(document)?;
    let mut design = design(&specification, "input")?;
    design.notes.append(&mut notes);
    Ok(design)
}

/// The design of a specification, or everything that is wrong with it.
fn design(specification: &Specification, input: &str) -> Result<Design, Vec<String>> {
    let network = network::network(specification, input)?;
    let wires = wires::wires(&network);
    let usage = usage(&network);
    let program = integer::prepare(network)
        .map_err(|errors| errors.0.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    Ok(Design {
        emulation: Emulation::Integer(program),
        handover: Handover {
            what: "a specification as XyloSim.from_specification takes it",
            json: specification::write(specification),
            tree: None,
        },
        answer: Some(network::OUTPUT.to_owned()),
        lag: 0,
        placed: Vec::new(),
        rounded: Vec::new(),
        moved: Vec::new(),
        treated: Vec::new(),
        usage,
        wires,
        kept: Vec::new(),
        notes: Vec::new(),
    })
}

fn usage(network: &integer::Network) -> Vec<Usage> {
    let inputs = network.inputs.iter().map(|input| input.channels).sum();
    let neurons = |at: usize| network.populations.get(at).map_or(0, integer::Population::neurons);
    let of = |limit: Limit, used: usize| Usage {
        what: limit.what,
        used,
        available: limit.available,
        source: limit.source,
    };
    vec![of(INPUTS, inputs), of(HIDDEN, neurons(0)), of(OUTPUTS, neurons(1))]
}
