//! Adapting for a chip: parameters are solved for as if nothing were rounded, and the claim is made about the integers
//! that the chip's lowering makes of them.

mod judge;
mod population;
mod side;

use std::collections::BTreeMap;

use nirkit_ir::diag::Code;
use nirkit_ir::valid::validate_within;
use nirkit_ir::{Graph, Limits};

use super::judge::{Level, NodeVerdict, Units};
use super::reason::Reason;
use super::side::Side;
use super::{Adapted, Rounded};
use crate::check::Finding;
use crate::chip::{Chip, ChipChoices};

/// A chip as a target.
#[derive(Clone, Copy, Debug)]
pub struct OnChip<'a> {
    /// The chip.
    pub chip: &'a Chip,
    /// The choices under which a graph is lowered to it.
    pub choices: &'a ChipChoices,
}

/// A graph as the chip takes it; `None` for one that is not sound, and for a quantisation that the chip does not know.
pub(super) fn judged(
    graph: Graph,
    units: BTreeMap<String, Units>,
    reference: &Side,
    on: OnChip<'_>,
    limits: &Limits,
) -> Option<Adapted> {
    let facts = validate_within(&graph, limits).facts?;
    let lowering = on.chip.lower(&graph, &facts, on.choices).ok()?;
    let refusals: Vec<Finding> = lowering.report.refusals().cloned().collect();
    let is_excess = |finding: &&Finding| finding.diagnostic.code == Code::DoesNotFit;
    let excess: Vec<Finding> = lowering.report.findings.iter().filter(is_excess).cloned().collect();
    let Some(design) = lowering.design else {
        let nodes = reference.layers.keys().map(|name| refused(name)).collect();
        return Some(Adapted { refusals, ..Adapted::of(graph, units, nodes) });
    };
    let found = side::side(&design, &units);
    let nodes = judge::judge(reference, &found, &units);
    let rounded = Some(Rounded { design, dt: on.choices.dt });
    Some(Adapted { refusals, excess, rounded, ..Adapted::of(graph, units, nodes) })
}

/// A layer of a graph that the chip does not take.
fn refused(name: &str) -> NodeVerdict {
    let what = "the chip's tools refuse the graph";
    NodeVerdict {
        node: name.to_owned(),
        level: Level::Impossible,
        lag: 0,
        bound: None,
        reasons: vec![Reason::new(what, "see the reasons of the refusal")],
    }
}
