//! Delay nodes, which no platform reads: what is left of them where the graph goes without.
//!
//! A delay that everything which reaches a layer has in common moves its spikes, and nothing else. So a graph without its
//! Delays keeps what it computes up to a lag wherever all ways to a layer are as long as each other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Edge, Facts, Graph, Primitive};

use super::reason::Reason;
use super::{Adapted, Change, Level};

/// The delays that were taken out of a graph.
#[derive(Clone, Debug, Default)]
pub struct Delays {
    /// What was done.
    pub changes: Vec<Change>,
    /// For each layer and each Output: how many steps later than without Delays its signals are, or why that is no number.
    shifts: BTreeMap<String, Result<i64, Reason>>,
}

/// Takes the Delays out of a graph.
///
/// # Errors
///
/// Delays that are no whole number of steps, or not the same for all channels; nothing is changed then.
pub fn without_delays(graph: &mut Graph, facts: &Facts, dt: f64) -> Result<Delays, Vec<Reason>> {
    let (mut steps, mut faults, mut changes) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (id, leaf) in facts.iter() {
        let Some(Primitive::Delay(delay)) = facts.primitive(graph, id) else { continue };
        let numbers = delay.delay.to_f64().unwrap_or_default();
        let of = |seconds: f64| {
            let steps = (seconds / dt).round();
            let is_whole = (seconds / dt - steps).abs() <= CLOSE * steps.max(1.0);
            (is_whole && (0.0..MOST).contains(&steps)).then_some(steps as i64)
        };
        let all: Option<Vec<i64>> = numbers.iter().map(|&seconds| of(seconds)).collect();
        match all.as_deref() {
            Some([first, rest @ ..]) if rest.iter().all(|other| other == first) => {
                steps.insert(id, *first);
                let what = format!("the Delay of {first} steps was left out; no platform reads one");
                changes.push(Change::new(&leaf.name, what));
            }
            Some(_) => faults.push(Reason::new(
                format!("`{}` delays its channels by different times, and no platform reads a Delay", leaf.name),
                "train without delays, or with one delay for all channels",
            )),
            None => faults.push(Reason::new(
                format!("`{}` has a delay that is no whole number of steps of {dt} s, and no platform reads a Delay", leaf.name),
                "train without delays, or with delays of whole steps",
            )),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if steps.is_empty() {
        return Ok(Delays::default());
    }
    let shifts = shifts(graph, facts, &steps);
    bypass(graph);
    Ok(Delays { changes, shifts })
}

/// How far a delay may be from a whole number of steps, as a share of it.
const CLOSE: f64 = 1e-3;
/// Steps of a delay, at most.
const MOST: f64 = 1e9;

/// For each layer and each Output, by how many steps its signals are later because of Delays.
fn shifts(
    graph: &Graph,
    facts: &Facts,
    steps: &BTreeMap<LeafId, i64>,
) -> BTreeMap<String, Result<i64, Reason>> {
    let mut at: BTreeMap<LeafId, i64> = facts.inputs(graph).map(|input| (input, 0)).collect();
    let behind = |id: LeafId| facts.leaf(id).targets.iter().copied();
    let mut open: Vec<LeafId> = at.keys().copied().collect();
    // The first way that reaches a node decides; the others are held against it.
    while let Some(id) = open.pop() {
        let own = at.get(&id).copied().unwrap_or(0);
        for target in behind(id) {
            if let Entry::Vacant(free) = at.entry(target) {
                free.insert(own + steps.get(&target).copied().unwrap_or(0));
                open.push(target);
            }
        }
    }
    let shift = |id: LeafId| at.get(&id).copied().unwrap_or(0);
    let is_constant = |id: LeafId| {
        let Some(primitive) = facts.primitive(graph, id) else { return false };
        primitive
            .tensors()
            .any(|(field, tensor)| ["bias", "v_leak"].contains(&field.name) && !tensor.is_zero())
    };
    // What a node mixes that is not equally late, and constant inputs that begin at the first step whatever comes later.
    let mixed = |id: LeafId| {
        let own = shift(id) - steps.get(&id).copied().unwrap_or(0);
        let other = facts.leaf(id).sources.iter().find(|&&source| shift(source) != own);
        let constant = (own != 0 && is_constant(id)).then(|| {
            let what = format!(
                "a constant input of `{}` begins {own} steps before the spikes that belong to it, which a Delay holds back",
                facts.leaf(id).name
            );
            Reason::new(what, "train without delays, or without biases and with `v_leak` = 0")
        });
        let other = other.map(|&other| {
            let what = format!(
                "what `{}` puts out is held back by {} steps of Delays and what comes on other ways by {own}, and no platform reads a Delay",
                facts.leaf(other).name,
                shift(other)
            );
            Reason::new(what, "train without delays, or with the same delay on all ways into a layer")
        });
        other.or(constant)
    };
    // A fault of a node is one of every layer that it leads to without another layer between them.
    let mut faults: BTreeMap<LeafId, Reason> = BTreeMap::new();
    for (id, _) in facts.iter() {
        let Some(reason) = mixed(id) else { continue };
        let mut open = vec![id];
        let mut seen = Vec::new();
        while let Some(at) = open.pop() {
            if seen.contains(&at) {
                continue;
            }
            seen.push(at);
            let is_layer = facts.primitive(graph, at).is_some_and(|primitive| {
                !primitive.is_stateless() && !matches!(primitive, Primitive::Delay(_))
                    || primitive.is_spiking()
            });
            faults.entry(at).or_insert_with(|| reason.clone());
            if !is_layer {
                open.extend(behind(at));
            }
        }
    }
    let of = |(id, leaf): (LeafId, &nirkit_ir::facts::Leaf)| {
        let found = faults.get(&id).map_or(Ok(shift(id)), |reason| Err(reason.clone()));
        (leaf.name.clone(), found)
    };
    facts.iter().map(of).collect()
}

/// Connects what leads to each Delay with what it leads to, and takes it out, in nested graphs too.
fn bypass(graph: &mut Graph) {
    let names: Vec<String> = graph.nodes.iter().map(|(_, name, _)| name.to_owned()).collect();
    for name in names {
        match graph.nodes.get_mut(&name).map(|node| &mut node.primitive) {
            Some(Primitive::Graph(inner)) => bypass(inner),
            Some(Primitive::Delay(_)) => {
                let edges = std::mem::take(&mut graph.edges);
                let of = |edges: &[Edge], is_it: &dyn Fn(&Edge) -> bool| {
                    edges.iter().filter(|edge| is_it(edge)).cloned().collect::<Vec<Edge>>()
                };
                let leaving = of(&edges, &|edge| edge.source == name);
                for edge in edges {
                    if edge.target == name {
                        let through = leaving.iter();
                        graph.edges.extend(
                            through
                                .map(|next| Edge::new(edge.source.as_str(), next.target.as_str())),
                        );
                    } else if edge.source != name {
                        graph.edges.push(edge);
                    }
                }
                graph.nodes.remove(&name);
            }
            _ => {}
        }
    }
}

impl Delays {
    /// Whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// By how many steps what leaves an Output is later with the Delays.
    #[must_use]
    pub fn of(&self, name: &str) -> i64 {
        self.shifts.get(name).and_then(|shift| shift.as_ref().ok()).copied().unwrap_or(0)
    }

    /// Makes claims about the graph without Delays claims about the one that has them.
    pub fn tell(&self, adapted: &mut Adapted) {
        for node in &mut adapted.nodes {
            match self.shifts.get(&node.node) {
                Some(Err(reason)) => {
                    node.reasons.push(reason.clone());
                    (node.level, node.bound) = (Level::Impossible, None);
                }
                Some(Ok(shift)) if *shift != 0 => {
                    node.lag -= shift;
                    if node.level == Level::Equal {
                        node.level = Level::Lag;
                    }
                }
                _ => {}
            }
        }
    }
}
