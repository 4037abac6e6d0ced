//! Loihi 2: cores with leaky integrate-and-fire neurons of 24 bits, and weights of 8.
//!
//! The arithmetic is that of `lava-nc` with the tag `fixed_pt`, its bit-accurate model of Loihi
//! (`lava/proc/lif/models.py`, `lava/proc/dense/models.py`, `lava/proc/conv/models.py`). Each Dense or
//! Conv sends one step late, and LIF resets to 0.

mod cores;
mod document;
mod network;
mod netx;
mod paper;
mod quantise;
mod rules;
mod unrounded;
mod weights;
mod wiring;

use nirkit_run::Reset;

use super::design::{ChipConfiguration, Design, Emulation};
use super::diagnostics::Diagnostics;
use super::layers::Layers;
use super::{Chip, Job, Limits, Lowering, Quantiser, connections, cost};
use crate::capability::Capability;
use quantise::Quantised;
use wiring::Wiring;

pub use document::{Conv, Dense, Document, Input, Lif, Numbers, Pair, Process};

/// Loihi 2, as the release of Lava models it.
pub const CHIP: Chip = Chip {
    name: "loihi2",
    version: "0.10.0",
    package: "Loihi 2 as lava-nc 0.10.0 models it bit for bit (fixed_pt)",
    evidence: "recordings of Lava's model, every spike and every integer state equal",
    quantisers: &[LAYER, BIAS_ON_V, PAPER_CUT],
    capabilities: CAPABILITIES,
    limits: cores::LIMITS,
    resets: &[Reset::Zero],
    fire: FIRE,
    unknown: "ValueError: Unknown node type: {kind}",
    lower,
    unrounded: &unrounded::UNROUNDED,
    estimate: cost::loihi2::estimate,
    read,
};

/// What the authors of the NIR paper ran: one step earlier than the release of today.
pub const PAPER: Chip = Chip {
    version: "paper",
    package: "Loihi 2 and lava-nc as of the NIR paper, with the paper's converter",
    evidence: "the stored voltages and spikes of a single LIF, of Lava's model and of a chip",
    quantisers: &[PAPER_CUT],
    lower: lower_early,
    ..CHIP
};

/// A scale for each layer.
const LAYER: Quantiser = Quantiser {
    name: "layer",
    what: "8-bit weights with one scale for each layer, rounded to the nearest; thresholds scaled \
           with them; biases as weights of a neuron that always spikes",
};

/// The same with other biases.
const BIAS_ON_V: Quantiser = Quantiser {
    name: "bias-on-v",
    what: "the same, but biases are added to the voltage, as large as the current that they settle \
           at",
};

/// The converter of the NIR paper.
const PAPER_CUT: Quantiser = Quantiser {
    name: "paper",
    what: "a single LIF as the NIR paper's converter makes it: two Dense processes, all numbers cut \
           off toward 0",
};

const LAVA: &str = "lava/proc/dense/models.py, lava/proc/conv/models.py, lava/proc/lif/models.py";

const CAPABILITIES: &[Capability] = &[
    Capability { notes: &[LATE], ..plain("Affine", "Dense, the bias apart from it") },
    Capability { notes: &[LATE], ..plain("Linear", "Dense") },
    Capability {
        notes: &[LATE, "with neurons right behind it and symmetric padding; else a Dense"],
        ..plain("Conv2d", "Conv with the kernel turned, the bias apart from it")
    },
    plain("Conv1d", "Dense"),
    plain("Scale", "part of the Dense that it leads to or comes from"),
    plain("SumPool2d", "part of the Dense that it leads to; Lava has no pools"),
    plain("AvgPool2d", "part of the Dense that it leads to; Lava has no pools"),
    plain("Flatten", "nothing: channels keep their order"),
    Capability { notes: &[TO_ZERO], ..plain("IF", "LIF(du=4095, dv=0)") },
    Capability { notes: &[TO_ZERO, ONE_DECAY], ..plain("LIF", "LIF(du=4095)") },
    Capability { notes: &[TO_ZERO, ONE_DECAY], ..plain("CubaLIF", "LIF") },
    plain("NIRGraph", "what is in it"),
];

const LATE: &str = "one step late; an input counts as 1 if it is not 0";
/// How neurons fire.
const FIRE: &str = "sets the voltage to 0 at a spike; a neuron puts out one spike in a step";

const TO_ZERO: &str = "v_reset is not read: voltages are set to 0; v_leak becomes a bias";
const ONE_DECAY: &str = "one time constant for a layer; decays are multiples of 1/4096";

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: LAVA }
}

fn lower(job: &Job<'_>) -> Lowering {
    let mut diagnostics = Diagnostics::new(job);
    let quantised = if job.quantiser.name == PAPER_CUT.name {
        paper::quantise(job, &mut diagnostics, 1)
    } else {
        let layers = Layers::of(job.view());
        let plan = rules::check(job, &layers, &mut diagnostics);
        let bias_on_v = job.quantiser.name == BIAS_ON_V.name;
        plan.map(|plan| quantise::quantise(job, &plan, bias_on_v))
    };
    finish(diagnostics, quantised)
}

fn lower_early(job: &Job<'_>) -> Lowering {
    let mut diagnostics = Diagnostics::new(job);
    let quantised = paper::quantise(job, &mut diagnostics, 0);
    finish(diagnostics, quantised)
}

fn finish(mut diagnostics: Diagnostics<'_>, quantised: Option<Quantised>) -> Lowering {
    let design =
        quantised.map(|quantised| {
            let Quantised {
                document,
                quantization_errors,
                time_constant_errors,
                approximations,
                kept,
            } = quantised;
            let (design, wiring) = design(&document, None, diagnostics.limits())?;
            cores::check(&document, &wiring, &mut diagnostics);
            Ok(Design { quantization_errors, time_constant_errors, approximations, kept, ..design })
        });
    diagnostics.lowering(design, "bring weights and thresholds of the layer to a common size")
}

fn read(text: &str, frame: Option<&[usize]>, limits: Limits) -> Result<Design, Vec<String>> {
    let (document, mut notes) = document::read(text)?;
    let (mut design, _) = design(&document, frame, limits)?;
    design.notes.append(&mut notes);
    Ok(design)
}

/// The design of a document, or everything that is wrong with it.
fn design(
    document: &Document,
    frame: Option<&[usize]>,
    limits: Limits,
) -> Result<(Design, Wiring), Vec<String>> {
    let wiring = Wiring::of(document, frame)?;
    let (network, mut notes) = network::network(document, &wiring)?;
    let last = network.populations.last().map(|population| population.name.clone());
    let answer = document.output.clone().or(last);
    if let Some(name) = &answer
        && network.populations.iter().all(|population| &population.name != name)
    {
        return Err(vec![format!("`output` names `{name}`, and there is no LIF of this name")]);
    }
    let lag = answer.as_deref().map_or(0, |answer| wiring.steps_to(document, answer));
    if lag > 0 {
        notes.push(format!(
            "spikes are late by one step for each Dense or Conv, those of the answer by {lag}"
        ));
    }
    let connections = connections::connections(&network);
    let emulation = Emulation::integer(network)?;
    let configuration = ChipConfiguration {
        what: "processes with their arguments as Lava's Dense, Conv and LIF take them",
        json: document::write(document),
        tree: Some(netx::tree(document, &wiring)),
    };
    let design = Design {
        answer,
        lag,
        placements: cores::place(document, &wiring, limits),
        usage: cores::usage(document, &wiring, limits),
        connections,
        notes,
        ..Design::new(emulation, configuration)
    };
    Ok((design, wiring))
}
