//! SpiNNaker 2: processors with integer weights of 8 bits and states in single precision.
//!
//! The parameters are those that py-spinnaker2's import from NIR (`s2_nir.py`) makes, and the
//! arithmetic is that which meets what chips recorded for the NIR paper. Spikes arrive one step
//! later.

mod cores;
mod document;
mod network;
mod quantise;
mod rules;
mod unrounded;

use nirkit_run::Reset;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use nirkit_engine::integer::Source;
use nirkit_engine::mixed;

use super::connections::{Connection, connection};
use super::design::{ChipConfiguration, Design, Emulation};
use super::diagnostics::Diagnostics;
use super::layers::Layers;
use super::{Chip, Job, Limits, Lowering, Quantiser, cost};
use crate::capability::Capability;
use quantise::Quantised;

pub use document::{Conv2dParams, Conv2dProjection, Document, ListProjection, Parameter};
pub use document::{Population, Projection};

/// SpiNNaker 2 behind py-spinnaker2.
pub const CHIP: Chip = Chip {
    name: "spinnaker2",
    version: "paper",
    package: "SpiNNaker 2 with py-spinnaker2 and its import from NIR (s2_nir.py), as of the NIR paper",
    evidence: "recordings that the paper's authors made on a chip, every spike equal",
    quantisers: &[FORWARD, EXPONENTIAL, NOTEBOOK],
    capabilities: CAPABILITIES,
    limits: cores::LIMITS,
    resets: &[Reset::Subtract, Reset::Zero],
    fire: "subtracts the threshold, or sets the voltage to 0 if `--reset` says so; a neuron puts out one spike in a step",
    unknown: "NotImplementedError: {kind}",
    lower,
    unrounded: &unrounded::UNROUNDED,
    estimate: cost::spinnaker2::estimate,
    read,
};

/// What the paper ran.
const FORWARD: Quantiser = Quantiser {
    name: "forward",
    what: "8-bit weights cut off toward 0, with one scale for each population; decays and gains by \
           forward Euler",
};

/// What the import does unless told otherwise.
const EXPONENTIAL: Quantiser = Quantiser {
    name: "exponential",
    what: "the same weights; decays and gains by exponential Euler",
};

/// What the notebook of the paper's first task did.
const NOTEBOOK: Quantiser = Quantiser {
    name: "notebook",
    what: "forward Euler, and weights times 102.02, as in the paper's notebook of a single neuron",
};

const IMPORT: &str = "s2_nir.py, from_nir";

const CAPABILITIES: &[Capability] = &[
    Capability { notes: &[LATE], ..plain("Affine", "Projection; the bias becomes i_offset") },
    Capability { notes: &[LATE], ..plain("Linear", "Projection") },
    Capability {
        notes: &[LATE, "with groups or dilation a list of synapses instead"],
        ..plain("Conv2d", "Conv2DProjection; the bias becomes i_offset")
    },
    plain("SumPool2d", "part of the projection that it leads to"),
    plain("AvgPool2d", "part of the projection that it leads to, with smaller weights"),
    plain("Flatten", "nothing: channels keep their order"),
    Capability { notes: &[RESET], ..plain("IF", "Population(lif_no_delay or lif_conv2d)") },
    Capability { notes: &[RESET], ..plain("LIF", "Population(lif_no_delay or lif_conv2d)") },
    Capability {
        notes: &[RESET, "a bias acts on v at once, as large as the current that it settles at"],
        ..plain("CubaLIF", "Population(lif_curr_exp_no_delay)")
    },
    Capability {
        notes: &["the import takes flat graphs alone; nirkit unfolds nested ones"],
        ..plain("NIRGraph", "what is in it")
    },
];

const LATE: &str = "spikes arrive one step later";
const RESET: &str =
    "v_reset is not read: the reset is an option, and subtracts unless told otherwise";

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}

fn lower(job: &Job<'_>) -> Lowering {
    let layers = Layers::of(job.view());
    let mut diagnostics = Diagnostics::new(job);
    let plan = rules::check(job, &layers, &mut diagnostics);
    let design = plan.map(|plan| {
        let Quantised { document, quantization_errors, approximations, kept } =
            quantise::quantise(job, &plan);
        let design = design(&document, job.chip.limits)?;
        cores::check(&document, &mut diagnostics);
        Ok(Design { quantization_errors, approximations, kept, ..design })
    });
    diagnostics.lowering(design, "bring the parameters of the graph to a common size")
}

fn read(text: &str, _frame: Option<&[usize]>, limits: Limits) -> Result<Design, Vec<String>> {
    design(&document::read(text)?, limits)
}

/// The design of a document, or everything that is wrong with it.
fn design(document: &Document, limits: Limits) -> Result<Design, Vec<String>> {
    let network = network::network(document)?;
    let last = network.populations.last().map(|population| population.name.clone());
    let answer = document.output.clone().or(last);
    if let Some(name) = &answer
        && network.populations.iter().all(|population| &population.name != name)
    {
        return Err(vec![format!("`output` names `{name}`, and there is no such population")]);
    }
    let lag = answer.as_deref().map_or(0, |answer| lag(&network, answer));
    let connections = network.projections.iter().map(|p| connection_of(&network, p)).collect();
    let emulation = Emulation::mixed(network)?;
    let configuration = ChipConfiguration {
        what: "populations and projections with the arguments that spinnaker2.snn takes",
        json: document::write(document),
        tree: None,
    };
    Ok(Design {
        answer,
        lag,
        placements: cores::place(document, limits),
        usage: cores::usage(document, limits),
        connections,
        ..Design::new(emulation, configuration)
    })
}

fn connection_of(network: &mixed::Network, projection: &mixed::Projection) -> Connection {
    let source = match projection.source {
        Source::Input(at) => &network.inputs[at].name,
        Source::Population(at) => &network.populations[at].name,
    };
    let target = &network.populations[projection.target].name;
    connection(source, target, &projection.maps, projection.delay)
}

/// By how many steps the spikes of a population are late: the delays on the shortest way from an
/// input.
fn lag(network: &mixed::Network, name: &str) -> usize {
    let mut leaving = vec![Vec::new(); network.populations.len()];
    // The populations that spikes can reach next, the earliest first.
    let mut open = BinaryHeap::new();
    for projection in &network.projections {
        let (target, delay) = (projection.target, projection.delay);
        match projection.source {
            Source::Input(_) => open.push(Reverse((delay, target))),
            Source::Population(at) => leaving[at].push((target, delay)),
        }
    }
    let mut lags: Vec<Option<usize>> = vec![None; network.populations.len()];
    while let Some(Reverse((lag, at))) = open.pop() {
        if lags[at].is_none() {
            lags[at] = Some(lag);
            let next = |&(target, delay): &(usize, usize)| Reverse((lag + delay, target));
            open.extend(leaving[at].iter().map(next));
        }
    }
    let at = network.populations.iter().position(|population| population.name == name);
    at.and_then(|at| lags[at]).unwrap_or(0)
}
