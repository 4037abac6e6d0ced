//! Rewrites a graph so that a platform computes what a reference computes on the original.
//!
//! Both sides are semantics, so the step of each neuron is known in closed form: [`closed`](mod@closed). `fit`
//! looks for parameters with which the platform, after its own reading and rounding, has the wanted coefficients; what no
//! parameter holds goes into weights and biases. [`judge`](mod@judge) then holds the step programs of both sides against
//! each other and says for each layer how far they agree on all inputs, and [`trial`] runs both.
//!
//! Nothing here knows a platform by name.

mod bound;
pub mod closed;
mod decay;
mod delay;
mod draft;
mod effect;
mod fit;
pub mod judge;
mod lag;
mod on_chip;
mod place;
mod plan;
mod reads;
mod reason;
mod same;
mod scales;
mod search;
mod shape;
pub mod side;
mod structure;
mod structured;
mod synapse;
mod threshold;
pub mod trial;
mod unread_bias;

use std::collections::{BTreeMap, BTreeSet};

pub use delay::{Delays, without_delays};
pub use judge::{Level, NodeVerdict, Units, judge};
use nirkit_engine::clocked::semantics::{Semantics, Time};
use nirkit_ir::valid::validate_within;
use nirkit_ir::{Facts, Graph, Limits};
pub use on_chip::OnChip;
pub use reason::Reason;
pub use side::{Side, side};
pub use structured::{Structured, structured};
pub use threshold::thresholds_as_neurons;

use crate::check::{Finding, check};
use crate::chip::{Chip, ChipChoices, Design};
use crate::profile::{Choices, Profile};
use shape::Shaped;
use structure::Form;

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// The platform that is to compute it; of a chip, what it computes with numbers that are not rounded.
    pub profile: &'a Profile,
    /// The choices under which it runs.
    pub choices: Choices,
    /// How the reference computes.
    pub reference: &'a Semantics,
    /// The chip, if the platform is one.
    pub chip: Option<OnChip<'a>>,
}

impl<'a> Goal<'a> {
    /// A simulator under these choices.
    #[must_use]
    pub fn simulator(profile: &'a Profile, choices: Choices, reference: &'a Semantics) -> Self {
        Self { profile, choices, reference, chip: None }
    }

    /// A chip under these choices.
    #[must_use]
    pub fn chip(chip: &'a Chip, own: &'a ChipChoices, reference: &'a Semantics) -> Self {
        let choices = Choices { dt: own.dt, reset: own.reset, ..Choices::default() };
        let chip = OnChip { chip, choices: own };
        Self { profile: chip.chip.unrounded, choices, reference, chip: Some(chip) }
    }

    /// How the platform runs a graph.
    #[must_use]
    pub fn semantics(&self, graph: &Graph, facts: &Facts) -> Semantics {
        self.profile.semantics(&self.profile.settled(graph, facts, &self.choices))
    }

    /// The time step of the platform in seconds; 1 where it counts steps.
    #[must_use]
    pub fn dt(&self) -> f64 {
        match self.profile.semantics(&self.choices).time {
            Time::Step(dt) => dt,
            Time::Counted | Time::PerLayer => 1.0,
        }
    }
}

/// One thing that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Full name of the node; empty for the whole graph.
    pub node: String,
    /// What was changed, as a sentence without a full stop.
    pub what: String,
}

impl Change {
    fn new(node: &str, what: impl Into<String>) -> Self {
        Self { node: node.to_owned(), what: what.into() }
    }
}

/// A graph for a platform, and how far it keeps what the reference computes.
#[derive(Clone, Debug)]
pub struct Adapted {
    /// The graph.
    pub graph: Graph,
    /// What was changed; empty if the graph is the one that came in.
    pub changes: Vec<Change>,
    /// The layer for each layer of the reference.
    pub units: BTreeMap<String, Units>,
    /// What holds for each layer, in ascending order of the names.
    pub nodes: Vec<NodeVerdict>,
    /// Layers of the reference that another layer took in as its synapse, and that are judged with it.
    pub synapses: BTreeSet<String>,
    /// Why the platform does not take the graph that was made; empty if it does.
    pub refusals: Vec<Finding>,
    /// What the graph needs more of than the chip has, though its arithmetic is defined; empty for simulators.
    pub excess: Vec<Finding>,
    /// The integers of a chip; `None` for simulators, and where the chip refuses the graph.
    pub rounded: Option<Rounded>,
    /// What could not be rewritten, and why, as sentences without a full stop.
    pub notes: Vec<String>,
}

/// A graph in the integers of a chip.
#[derive(Clone, Debug)]
pub struct Rounded {
    /// The network in the chip's terms.
    pub design: Design,
    /// The time step in seconds, if there is one.
    pub dt: Option<f64>,
}

impl Adapted {
    /// A graph of which nothing else is said.
    fn of(graph: Graph, units: BTreeMap<String, Units>, nodes: Vec<NodeVerdict>) -> Self {
        Self {
            graph,
            changes: Vec::new(),
            units,
            nodes,
            synapses: BTreeSet::new(),
            refusals: Vec::new(),
            excess: Vec::new(),
            rounded: None,
            notes: Vec::new(),
        }
    }

    /// What holds for the whole: the weakest claim.
    #[must_use]
    pub fn level(&self) -> Level {
        if !self.refusals.is_empty() || !self.excess.is_empty() {
            return Level::Impossible;
        }
        self.nodes.iter().map(|node| node.level).max().unwrap_or(Level::Equal)
    }
}

/// Why nothing can be adapted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdaptError {
    /// The reference has no step program for the graph.
    #[error("the reference cannot compute the graph: {}", .0.join("; "))]
    Reference(Vec<String>),
    /// The graph is not sound.
    #[error("the graph is not sound")]
    Unsound,
}

/// Rewrites a graph for a platform.
///
/// Of the forms that a graph can have, the one with the strongest claim is taken; of equals, the one with fewer reasons.
///
/// # Errors
///
/// A reference that has no step program for the graph.
pub fn adapt(
    graph: &Graph,
    facts: &Facts,
    goal: &Goal<'_>,
    limits: &Limits,
) -> Result<Adapted, AdaptError> {
    let mut found = candidates(graph, facts, goal, limits)?;
    Ok(found.swap_remove(0))
}

/// All graphs that can stand for one on a platform, that with the strongest claim first; the graph as it is is one of
/// them, and the only one where it needs no change.
///
/// # Errors
///
/// As for [`adapt`].
pub fn candidates(
    graph: &Graph,
    facts: &Facts,
    goal: &Goal<'_>,
    limits: &Limits,
) -> Result<Vec<Adapted>, AdaptError> {
    let reference = side(graph, facts, goal.reference).map_err(AdaptError::Reference)?;
    let as_it_is = judged(graph.clone(), plan::as_it_is(&reference), &reference, goal, limits);
    let as_it_is = as_it_is.ok_or(AdaptError::Unsound)?;
    if as_it_is.level() == Level::Equal {
        return Ok(vec![as_it_is]);
    }
    let mut all = Vec::new();
    let mut notes = Vec::new();
    for attempt in shape::attempts(graph, facts, goal.profile) {
        let is_taken = all.iter().any(|found: &Adapted| found.refusals.is_empty());
        let is_claimed = all.iter().any(|found: &Adapted| found.level() < Level::Impossible);
        if is_claimed || (is_taken && attempt.is_for_refusals) {
            continue;
        }
        let shaped =
            shape::shaped(graph, facts, &attempt.passes, limits).ok_or(AdaptError::Unsound)?;
        notes.extend(shaped.note.clone().filter(|note| !notes.contains(note)));
        let (reference, synapses) = reference.joined(|name| shaped.facts.find(name).is_some());
        for form in Form::ALL {
            let found = solved(&shaped, &reference, goal, form, limits);
            all.extend(found.map(|found| Adapted { synapses: synapses.clone(), ..found }));
        }
    }
    // A graph that was solved for comes before the one that is left as it is, where both are as good as each other: a
    // threshold beside the old one makes up for another comparison.
    all.push(as_it_is);
    all.sort_by_key(rank);
    drop_worse(&mut all);
    for found in &mut all {
        found.notes.clone_from(&notes);
    }
    Ok(all)
}

/// Drops the graphs in which everything differs that differs in the best one, and more: which of them has fewer other spikes on
/// some stimulus says nothing about others.
fn drop_worse(all: &mut Vec<Adapted>) {
    let reasons = |found: &Adapted| -> BTreeSet<(String, String)> {
        let of = |node: &NodeVerdict| {
            let node_reasons = node.reasons.iter();
            node_reasons.map(|reason| (node.node.clone(), reason.what.clone())).collect::<Vec<_>>()
        };
        found.nodes.iter().flat_map(of).collect()
    };
    let Some(best) = all.first().filter(|best| best.refusals.is_empty()).map(reasons) else {
        return;
    };
    let mut is_first = true;
    all.retain(|found| {
        let own = reasons(found);
        let is_worse = own.len() > best.len() && best.is_subset(&own);
        std::mem::take(&mut is_first) || !is_worse
    });
}

/// A graph in one form, solved for and judged.
fn solved(
    shaped: &Shaped,
    reference: &Side,
    goal: &Goal<'_>,
    form: Form,
    limits: &Limits,
) -> Option<Adapted> {
    let planned = plan::plan(&shaped.graph, reference, goal, form, limits)?;
    let mut found = judged(planned.graph, planned.units, reference, goal, limits)?;
    found.changes.extend(shaped.changes());
    found.changes.extend(planned.changes);
    for (node, reasons) in planned.reasons {
        let at = found.nodes.binary_search_by(|verdict| verdict.node.cmp(&node));
        if let Ok(verdict) = at.map(|at| &mut found.nodes[at]) {
            // The claim about the integers of a chip stands by itself.
            if goal.chip.is_some() && verdict.level < Level::Impossible {
                continue;
            }
            verdict.level = Level::Impossible;
            verdict.bound = None;
            if verdict.reasons.is_empty() {
                verdict.reasons = reasons;
            }
        }
    }
    Some(found)
}

/// How bad a graph is, and how much was changed.
fn rank(found: &Adapted) -> (usize, usize, usize, usize) {
    let impossible = found.nodes.iter().filter(|node| node.level == Level::Impossible).count();
    let reasons: usize = found.nodes.iter().map(|node| node.reasons.len()).sum();
    let weak = found.nodes.iter().map(|node| node.level as usize).sum();
    (found.refusals.len(), impossible, reasons, weak)
}

/// A graph as the platform takes it; `None` for one that is not sound.
fn judged(
    graph: Graph,
    units: BTreeMap<String, Units>,
    reference: &Side,
    goal: &Goal<'_>,
    limits: &Limits,
) -> Option<Adapted> {
    if let Some(chip) = goal.chip {
        return on_chip::judged(graph, units, reference, chip, limits);
    }
    let facts = validate_within(&graph, limits).facts?;
    let report = check(goal.profile, &graph, &facts, &goal.choices);
    let refusals: Vec<Finding> = report.refusals().cloned().collect();
    let semantics = goal.semantics(&graph, &facts);
    let found = side(&graph, &facts, &semantics);
    let nodes = match found {
        // The LI that a CubaLIF became is judged as its synapse.
        Ok(found) => {
            let own: BTreeSet<&str> = units.values().map(|units| units.name.as_str()).collect();
            let (found, _) = found.joined(|name| own.contains(name));
            judge(reference, &found, &units)
        }
        Err(errors) => reference
            .layers
            .keys()
            .map(|name| NodeVerdict {
                node: name.clone(),
                level: Level::Impossible,
                lag: 0,
                bound: None,
                reasons: errors
                    .iter()
                    .map(|error| Reason::new(error.clone(), "take another platform"))
                    .collect(),
            })
            .collect(),
    };
    Some(Adapted { refusals, ..Adapted::of(graph, units, nodes) })
}
