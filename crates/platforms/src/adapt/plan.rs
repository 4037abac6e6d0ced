//! Rewrites a flat graph: neurons with fitted parameters, and what is left of their gains in the weights.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::semantics::{Semantics, route};
use nirkit_ir::facts::Leaf;
use nirkit_ir::valid::validate_within;
use nirkit_ir::{Facts, Graph, Limits};
use nirkit_passes::optimise::metadata::Noted;

use super::closed::closed;
use super::draft::{Draft, Kind};
use super::fit::{Fit, Wanted, fit};
use super::judge::Units;
use super::place::Place;
use super::reason::Reason;
use super::scales::{self, Scales};
use super::shape::{takes, takes_synapses_apart};
use super::side::Side;
use super::structure::{self, Form, Formed, formed};
use super::synapse::{take_apart, whole_synapses};
use super::unread_bias;
use super::{Change, Goal};
use crate::phrase::brief;

/// A graph made for a platform.
pub(super) struct Planned {
    /// The graph.
    pub(super) graph: Graph,
    /// The layer for each layer of the reference.
    pub(super) units: BTreeMap<String, Units>,
    /// What was changed.
    pub(super) changes: Vec<Change>,
    /// What could not be brought into the file.
    pub(super) reasons: BTreeMap<String, Vec<Reason>>,
}

/// Makes a graph for a platform in one form; `None` where the graph has no such form.
pub(super) fn plan(
    flat: &Graph,
    reference: &Side,
    goal: &Goal<'_>,
    form: Form,
    limits: &Limits,
) -> Option<Planned> {
    let mut graph = flat.clone();
    let noted = Noted::of(flat);
    let mut changes = Vec::new();
    let facts = validate_within(&graph, limits).facts?;
    let semantics = whole_synapses(goal.semantics(&graph, &facts), goal.profile);
    structure::kinds(&mut graph, &semantics, &mut changes);
    structure::recurrent_biases(&mut graph, &facts, &semantics, &mut changes);
    structure::flattened(&mut graph, &facts, &semantics, &mut changes);
    let facts = validate_within(&graph, limits).facts?;
    let recurrent = recurrent(&graph, goal, form, limits)?;
    let mut work = Work { facts: &facts, semantics: &semantics, changes, reasons: BTreeMap::new() };
    let mut units = BTreeMap::new();
    let mut fits = BTreeMap::new();
    for (id, leaf) in facts.iter() {
        let Some(layer) = reference.layers.get(&leaf.name) else { continue };
        let Some(primitive) = facts.primitive(&graph, id) else { continue };
        let wanted = Wanted { numbers: &layer.numbers, closed: &layer.closed, primitive };
        let found = best(&wanted, goal, &semantics, leaf, recurrent.contains(&leaf.name));
        if let Some(found) = found {
            fits.insert(leaf.name.clone(), found);
        } else if layer.numbers.firing.is_some() {
            let reason = Reason::new(
                "the platform has no such neurons",
                "take another kind of neuron, or platform",
            );
            work.reasons.entry(leaf.name.clone()).or_default().push(reason);
        }
        units.insert(leaf.name.clone(), same_units(&leaf.name, leaf.inputs()));
    }
    let mut scales = Scales::default();
    for (name, fit) in &fits {
        let primitive = fit.draft.primitive()?;
        let leaf = facts.leaf(facts.find(name)?);
        let place = place(goal, &semantics, leaf, recurrent.contains(name), fit.draft.kind);
        let height = place.numbers(&fit.draft).map_or(1.0, |numbers| numbers.height);
        let wanted = reference.layers.get(name).map_or(1.0, |layer| layer.numbers.height);
        work.tell(name, &graph, fit);
        graph.nodes.get_mut(name)?.primitive = primitive;
        units.insert(
            name.clone(),
            Units { name: name.clone(), scale: fit.scale.clone(), shift: fit.shift.clone() },
        );
        if height != wanted {
            let what = format!("weights behind it times {}", brief(wanted / height));
            work.changes.push(Change::new(name, what));
            scales.behind(name, &leaf.output, wanted / height);
        }
        scales.before(name, &leaf.input, &fit.factors);
    }
    scales.insert(&mut graph);
    let changes = scales::fold(&mut graph, &fits, &facts, &semantics, limits)?;
    work.changes.extend(changes);
    let lost = noted.lost(&graph).map(|(node, what)| Change::new(node, what));
    work.changes.extend(lost);
    for (name, fit) in &fits {
        work.add_bias(&mut graph, name, &fit.bias);
    }
    let place_of = |name: &str, fit: &Fit| {
        let leaf = facts.leaf(facts.find(name)?);
        Some(place(goal, &semantics, leaf, recurrent.contains(name), fit.draft.kind))
    };
    let moved = unread_bias::into_rests(&mut graph, goal.profile, &fits, place_of);
    work.changes.extend(moved);
    let Work { mut changes, reasons, .. } = work;
    let apart = take_apart(&mut graph, goal.profile, limits)?;
    changes.extend(apart);
    let facts = validate_within(&graph, limits).facts?;
    let Formed { graph, names } = formed(&graph, &facts, form)?;
    for (old, new) in &names {
        if let Some(units) = units.get_mut(old) {
            units.name.clone_from(new);
        }
    }
    if form != Form::Flat {
        let all: Vec<String> = names.values().map(|name| format!("`{name}`")).collect();
        changes.push(Change::new("", format!("{} stand in nested graphs", all.join(", "))));
    }
    Some(Planned { graph, units, changes, reasons })
}

/// Where a layer stands on the platform, as a neuron of a kind.
fn place<'a>(
    goal: &Goal<'a>,
    semantics: &'a Semantics,
    leaf: &'a Leaf,
    recurrent: bool,
    kind: Kind,
) -> Place<'a> {
    let is_apart = kind == Kind::CubaLif && takes_synapses_apart(goal.profile);
    let of = if is_apart { Kind::Lif } else { kind };
    let capability = goal.profile.capability(of.name());
    let synapse = goal.profile.capability("LI").filter(|_| is_apart);
    Place { leaf, semantics, recurrent, capability, synapse, dt: goal.dt() }
}

/// The nodes that are recurrent for the platform in a form, by their flat names.
fn recurrent(
    graph: &Graph,
    goal: &Goal<'_>,
    form: Form,
    limits: &Limits,
) -> Option<BTreeSet<String>> {
    let mut graph = graph.clone();
    take_apart(&mut graph, goal.profile, limits)?;
    let facts = validate_within(&graph, limits).facts?;
    let Formed { graph, names } = formed(&graph, &facts, form)?;
    let facts = validate_within(&graph, limits).facts?;
    let semantics = goal.semantics(&graph, &facts);
    let old: BTreeMap<&String, &String> = names.iter().map(|(old, new)| (new, old)).collect();
    let Ok(route) = route(&graph, &facts, &semantics) else { return Some(BTreeSet::new()) };
    let flat = |name: String| old.get(&name).map_or(name.clone(), |old| (*old).clone());
    Some(route.recurrent.into_iter().map(flat).collect())
}

/// The fit with the fewest reasons, of all kinds of neurons that can stand for a layer.
fn best(
    wanted: &Wanted<'_>,
    goal: &Goal<'_>,
    semantics: &Semantics,
    leaf: &Leaf,
    recurrent: bool,
) -> Option<Fit> {
    let own = Draft::of(wanted.primitive, &leaf.input)?.kind;
    let kinds: &[Kind] = match own {
        Kind::If => &[Kind::If, Kind::Lif, Kind::CubaLif],
        Kind::Lif => &[Kind::Lif, Kind::CubaLif, Kind::If],
        Kind::CubaLif => &[Kind::CubaLif, Kind::Lif, Kind::If],
    };
    let mut found: Option<Fit> = None;
    for &kind in kinds {
        let is_apart = kind == Kind::CubaLif && takes_synapses_apart(goal.profile);
        if !is_apart && !takes(goal.profile, kind.name()) {
            continue;
        }
        let place = place(goal, semantics, leaf, recurrent, kind);
        if place.capability.is_none() {
            continue;
        }
        let Some(fit) = fit(wanted, &place, kind) else { continue };
        if found.as_ref().is_none_or(|found| fit.reasons.len() < found.reasons.len()) {
            found = Some(fit);
        }
    }
    found
}

struct Work<'a> {
    facts: &'a Facts,
    semantics: &'a Semantics,
    changes: Vec<Change>,
    reasons: BTreeMap<String, Vec<Reason>>,
}

/// The range of numbers, in words.
fn range(numbers: &[f64]) -> String {
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low == high { brief(low) } else { format!("{} to {}", brief(low), brief(high)) }
}

impl Work<'_> {
    /// Says what changes in a layer.
    fn tell(&mut self, name: &str, graph: &Graph, fit: &Fit) {
        let Some(leaf) = self.facts.find(name).map(|id| self.facts.leaf(id)) else { return };
        let before = graph.nodes.get(name).and_then(|node| Draft::of(&node.primitive, &leaf.input));
        let Some(before) = before else { return };
        if before.kind != fit.draft.kind {
            let what = format!("the {} became a {}", before.kind.name(), fit.draft.kind.name());
            self.changes.push(Change::new(name, what));
        }
        for (at, field) in Draft::FIELDS.iter().enumerate() {
            let (old, new) = (&before.fields[at], &fit.draft.fields[at]);
            let is_there = match at {
                super::draft::TAU | super::draft::LEAK => fit.draft.kind != Kind::If,
                super::draft::TAU_SYN | super::draft::W_IN => fit.draft.kind == Kind::CubaLif,
                _ => true,
            };
            if is_there && old != new {
                let field = if at == 0 { fit.draft.kind.tau().unwrap_or(field) } else { field };
                let (old, new) = (range(old), range(new));
                let what = if old == new {
                    format!("{field}: {old} moved to a number beside it")
                } else {
                    format!("{field}: {old} became {new}")
                };
                self.changes.push(Change::new(name, what));
            }
        }
        if fit.factors.iter().any(|factor| *factor != 1.0) {
            let what = format!("weights before it times {}", range(&fit.factors));
            self.changes.push(Change::new(name, what));
        }
        if fit.bias.iter().any(|bias| *bias != 0.0) {
            let what = format!("bias before it plus {}", range(&fit.bias));
            self.changes.push(Change::new(name, what));
        }
    }

    /// Adds a bias to one of the maps that lead into a layer.
    fn add_bias(&mut self, graph: &mut Graph, name: &str, bias: &[f64]) {
        if bias.iter().all(|bias| *bias == 0.0) {
            return;
        }
        let in_cycle = |name: &str| {
            let id = self.facts.find(name);
            let mut recurrent = self.facts.components().iter().filter(|c| c.recurrent);
            recurrent.any(|c| id.is_some_and(|id| c.members.contains(&id)))
        };
        let sources: Vec<String> = graph
            .edges
            .iter()
            .filter(|edge| edge.target == name && !in_cycle(&edge.source))
            .map(|edge| edge.source.clone())
            .collect();
        let can_be_affine = self.semantics.unknown.known.contains(&"Affine");
        for source in sources {
            let leads = graph.edges.iter().filter(|edge| edge.source == source).count();
            let Some(node) = graph.nodes.get_mut(&source).filter(|_| leads == 1) else { continue };
            if let Some(changed) = structure::with_bias(&node.primitive, bias, can_be_affine) {
                node.primitive = changed;
                return;
            }
        }
        let reason = Reason::new(
            "no map leads into the layer that could hold a bias",
            "put a matrix with a bias before the layer, or train with `v_leak` = 0",
        );
        self.reasons.entry(name.to_owned()).or_default().push(reason);
    }
}

/// Layers whose parameters are those of the reference, for a graph that is left as it is.
#[must_use]
pub(super) fn as_it_is(reference: &Side) -> BTreeMap<String, Units> {
    let units = |(name, layer): (&String, &super::side::SideLayer)| {
        (name.clone(), same_units(name, closed(&layer.numbers).len()))
    };
    reference.layers.iter().map(units).collect()
}

/// The units of a layer whose voltages are those of the reference.
fn same_units(name: &str, neurons: usize) -> Units {
    Units { name: name.to_owned(), scale: vec![1.0; neurons], shift: vec![0.0; neurons] }
}
