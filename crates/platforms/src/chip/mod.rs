//! The chips: what each of them has, how a graph becomes its terms, and what that costs.
//!
//! A chip is a file or a folder here, with the same rooms in each: its limits with their sources,
//! the *lowering* from a checked graph to the chip's terms, and the document that its own tools
//! read. All of them say what they did in a [`Design`]: a network that runs as the chip does, where
//! everything was placed, and everything that was lost, in numbers. What does not fit is told at
//! once, each reason as a [`Finding`](crate::Finding) with the limit, its source and a way out.
//!
//! What several chips need stands beside them: [`layers`] brings a graph into populations and the
//! maps between them, [`linear`] makes matrices of these maps, [`design`] is what a lowering gives,
//! [`connections`] counts what a spike sets off, [`mod@cost`] what a stimulus does.

pub mod bound;
mod change;
pub mod connections;
pub mod cost;
pub mod design;
mod diagnostics;
mod integers;
mod job;
pub mod layers;
mod limit;
pub mod linear;
mod nodes;
mod unrounded;
mod view;

pub mod loihi2;
pub mod speck;
pub mod spinnaker2;
pub mod xylo;

pub use connections::Connection;
pub use design::{
    Approximation, ChipConfiguration, Design, Emulation, Placement, QuantizationError,
    TimeConstantError, Usage,
};
pub use integers::{ENTRY as WEIGHT_SCALE, WeightScales};
pub use job::{Job, Quantiser, UnknownQuantiser};
pub use limit::{Limit, Limits};
pub use view::View;

use cost::{Activity, Estimate};
use nirkit_ir::{Facts, Graph};
use nirkit_run::Reset;

use crate::capability::Capability;
use crate::check::Report;
use crate::profile::Profile;

/// Every chip; the first of a name is what the bare name means.
pub const ALL: &[&Chip] =
    &[&xylo::CHIP, &speck::CHIP, &loihi2::CHIP, &loihi2::PAPER, &spinnaker2::CHIP];

/// One version of a chip, as its own tools see it.
#[derive(Clone, Copy, Debug)]
pub struct Chip {
    /// Name, as on the command line: `xylo`.
    pub name: &'static str,
    /// Version of the chip.
    pub version: &'static str,
    /// The chip, and the package whose arithmetic is reproduced.
    pub package: &'static str,
    /// How the arithmetic is known to be right.
    pub evidence: &'static str,
    /// The ways to make integers of the graph's numbers; the first one is taken unless another is
    /// asked for.
    pub quantisers: &'static [Quantiser],
    /// What becomes of each kind of node that it takes; it refuses the others.
    pub capabilities: &'static [Capability],
    /// How much of everything it has.
    pub limits: Limits,
    /// The resets that it has; the first one is taken unless another is asked for.
    pub resets: &'static [Reset],
    /// How its neurons reset, and how many spikes they put out in a step; a predicate, with `{NAME}` for a limit.
    pub fire: &'static str,
    /// What its tools say about another kind, with `{kind}` for the kind.
    pub unknown: &'static str,
    /// From a checked graph to the chip's terms.
    pub(crate) lower: fn(&Job<'_>) -> Lowering,
    /// What it computes with numbers that are not rounded.
    pub(crate) unrounded: &'static Profile,
    /// What a run takes on the chip, from published figures.
    pub(crate) estimate: fn(&Design, &Activity) -> Estimate,
    /// From a document, as [`ChipConfiguration`] has it or as the chip's own tools write it, and the shape of
    /// what enters in a step, if it is known.
    pub(crate) read: Reader,
}

/// Reads a document, with the shape of what enters in a step, if it is known.
type Reader = fn(&str, Option<&[usize]>, Limits) -> Result<Design, Vec<String>>;

/// What whoever lowers a graph can choose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChipChoices {
    /// The time step in seconds.
    pub dt: Option<f64>,
    /// The reset; `None` takes what the chip does.
    pub reset: Option<Reset>,
    /// Name of the way to make integers of numbers; `None` takes the chip's first.
    pub quantize: Option<String>,
    /// Scales of weights that are integers already.
    pub weight_scales: WeightScales,
}

/// What became of a graph: everything there is to say, and the design if there is one.
#[derive(Clone, Debug)]
pub struct Lowering {
    /// What becomes of each node, and all reasons against it at once.
    pub report: Report,
    /// The network in the chip's terms. Present even where it takes more of something than the chip
    /// has, as long as the arithmetic is defined.
    pub design: Option<Design>,
}

impl Chip {
    /// Name and version, as on the command line.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// Brings a graph into the chip's terms, or says everything that stands against it.
    pub fn lower(
        &self,
        graph: &Graph,
        facts: &Facts,
        choices: &ChipChoices,
    ) -> Result<Lowering, UnknownQuantiser> {
        let quantiser = Quantiser::find(self, choices.quantize.as_deref())?;
        let (dt, reset) = (choices.dt, choices.reset);
        let weight_scales = &choices.weight_scales;
        let job = Job { chip: self, graph, facts, dt, reset, quantiser, weight_scales };
        let mut lowering = (self.lower)(&job);
        if let Some(design) = &lowering.design {
            diagnostics::add(&job, &mut lowering.report, change::changes(&job, design));
        }
        Ok(lowering)
    }

    /// Reads a network in the chip's terms from a document, or says everything that is wrong with
    /// it.
    ///
    /// `frame` is the shape of what enters in a step, for documents that do not say how large their
    /// pictures are.
    pub fn read(&self, document: &str, frame: Option<&[usize]>) -> Result<Design, Vec<String>> {
        let too_large = bound::document(document);
        if too_large.is_empty() {
            (self.read)(document, frame, self.limits)
        } else {
            Err(too_large)
        }
    }

    /// How its neurons reset, and how many spikes they put out in a step; a predicate.
    pub(crate) fn firing(&self) -> String {
        self.limits.0.iter().fold(self.fire.to_owned(), |text, limit| {
            text.replace(&format!("{{{}}}", limit.name), &limit.most().to_string())
        })
    }

    /// What the chip does with a kind of node; `None` for kinds that it refuses.
    #[must_use]
    pub fn capability(&self, kind: &str) -> Option<&'static Capability> {
        self.capabilities.iter().find(|capability| capability.kind == kind)
    }
}
