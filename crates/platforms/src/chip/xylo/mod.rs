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
mod unrounded;

use nirkit_engine::integer;
use nirkit_run::Reset;

use super::design::{ChipConfiguration, Design, Emulation, Usage};
use super::diagnostics::Diagnostics;
use super::layers::Layers;
use super::{Chip, Job, Limit, Limits, Lowering, Quantiser, connections, cost};
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
    limits: Limits(&[INPUTS, HIDDEN, OUTPUTS, INPUT_SPIKES, HIDDEN_SPIKES, OUTPUT_SPIKES, LONGEST]),
    resets: &[Reset::Subtract],
    fire: "subtracts the threshold for each spike; a hidden neuron puts out at most {hidden_spikes} in a step, an output neuron {output_spikes}",
    unknown: "NotImplementedError: Cannot convert {kind} to rockpool module",
    lower,
    unrounded: &unrounded::UNROUNDED,
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
const SIMULATOR: &str = "xylosim 0.1.3";

/// Input channels.
const INPUTS: Limit = limit("input_channels", "input channels", &[16], MAPPER);
/// Hidden neurons.
const HIDDEN: Limit = limit("hidden_neurons", "hidden neurons", &[1000], MAPPER);
/// Output neurons.
const OUTPUTS: Limit = limit("output_neurons", "output neurons", &[8], MAPPER);

/// Spikes of an input channel in a step that are seen.
const INPUT_SPIKES: Limit =
    limit("input_spikes", "spikes of an input channel in a step", &[15], SIMULATOR);
/// Spikes of a hidden neuron in a step.
const HIDDEN_SPIKES: Limit =
    limit("hidden_spikes", "spikes of a hidden neuron in a step", &[31], SIMULATOR);
/// Spikes of an output neuron in a step.
const OUTPUT_SPIKES: Limit =
    limit("output_spikes", "spikes of an output neuron in a step", &[1], SIMULATOR);

/// The longest shift that a decay register of 4 bits holds.
const LONGEST: Limit = limit(
    "longest_time_constant",
    "steps as the longest time constant",
    &[1 << 15],
    "samna, 4-bit decay registers",
);

const fn limit(
    name: &'static str,
    what: &'static str,
    available: &'static [usize],
    source: &'static str,
) -> Limit {
    Limit { name, what, available, source }
}

fn lower(job: &Job<'_>) -> Lowering {
    let layers = Layers::of(job.view());
    let mut diagnostics = Diagnostics::new(job);
    let plan = rules::check(job, &layers, &mut diagnostics);
    let design = plan.map(|plan| {
        let mapped = map::map(job, &plan);
        let (specification, rounded, scales) = quantise::quantise(&mapped, job.quantiser.name);
        let design = design(&specification, &mapped.input, job.chip.limits)?;
        Ok(Design {
            placements: map::placed(job, &plan),
            time_constant_errors: mapped.moved(&specification),
            approximations: mapped.approximations,
            kept: map::kept(job, &plan, &scales),
            quantization_errors: rounded,
            ..design
        })
    });
    diagnostics.lowering(design, "bring the parameters of the graph to a common size")
}

fn read(document: &str, _frame: Option<&[usize]>, limits: Limits) -> Result<Design, Vec<String>> {
    let (specification, mut notes) = specification::read(document)?;
    let mut design = design(&specification, "input", limits)?;
    design.notes.append(&mut notes);
    Ok(design)
}

/// The design of a specification, or everything that is wrong with it.
fn design(
    specification: &Specification,
    input: &str,
    limits: Limits,
) -> Result<Design, Vec<String>> {
    let network = network::network(specification, input, limits)?;
    let connections = connections::connections(&network);
    let usage = usage(&network, limits);
    let emulation = Emulation::integer(network)?;
    let configuration = ChipConfiguration {
        what: "a specification as XyloSim.from_specification takes it",
        json: specification::write(specification),
        tree: None,
    };
    Ok(Design {
        answer: Some(network::OUTPUT.to_owned()),
        usage,
        connections,
        ..Design::new(emulation, configuration)
    })
}

fn usage(network: &integer::Network, limits: Limits) -> Vec<Usage> {
    let inputs = network.inputs.iter().map(|input| input.channels).sum();
    let neurons = |at: usize| network.populations.get(at).map_or(0, integer::Population::neurons);
    let of = |limit: Limit, used: usize| {
        let limit = limits.of(&limit);
        Usage { what: limit.what, used, available: limit.most(), source: limit.source }
    };
    vec![of(INPUTS, inputs), of(HIDDEN, neurons(0)), of(OUTPUTS, neurons(1))]
}
