//! A graph as populations of neurons, and the maps that lie between them.

use std::collections::BTreeMap;
use std::ops::Range;

use nirkit_ir::facts::LeafId;
use nirkit_ir::primitive::Primitive;

use super::View;

/// More ways than this between populations are not followed.
const MOST_LINKS: usize = 4096;

/// A graph as populations and what connects them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// Everything with a state (neurons of any kind, delays), sources before targets; members of a
    /// cycle in ascending order of their names.
    pub populations: Vec<LeafId>,
    /// Every way from an Input of the graph or a population to a population, in ascending order of
    /// the target in `populations`.
    pub links: Vec<Link>,
    /// Every way to an Output of the graph.
    pub results: Vec<Link>,
    /// Whether there are more ways than one wants to follow.
    pub is_tangled: bool,
    /// The places in `links` of the ways to each population.
    into: BTreeMap<LeafId, Range<usize>>,
}

/// A way through the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The Input or population where it starts.
    pub source: LeafId,
    /// The population or Output where it ends.
    pub target: LeafId,
    /// The nodes without a state between them, in the order of the way. Ports of nested graphs,
    /// which change nothing, are left out.
    pub maps: Vec<LeafId>,
}

impl Layers {
    /// The layers of a graph.
    #[must_use]
    pub fn of(view: View<'_>) -> Self {
        let mut layers = Self::default();
        let order = view.facts.components().iter().flat_map(|component| &component.members);
        layers.populations = order.copied().filter(|&leaf| has_state(view, leaf)).collect();
        for &target in &layers.populations {
            let first = layers.links.len();
            follow(view, target, &mut layers.links, &mut layers.is_tangled);
            layers.into.insert(target, first..layers.links.len());
        }
        for target in view.facts.outputs(view.graph) {
            follow(view, target, &mut layers.results, &mut layers.is_tangled);
        }
        layers
    }

    /// The ways that lead to a population.
    pub fn into(&self, target: LeafId) -> impl Iterator<Item = &Link> {
        let places = self.into.get(&target).cloned().unwrap_or_default();
        self.links.get(places).into_iter().flatten()
    }
}

/// Whether a node is the start or the end of ways.
fn has_state(view: View<'_>, leaf: LeafId) -> bool {
    view.primitive(leaf).is_some_and(|primitive| !primitive.is_stateless())
}

/// Adds every way that leads to a node.
fn follow(view: View<'_>, target: LeafId, links: &mut Vec<Link>, is_tangled: &mut bool) {
    let mut open: Vec<(LeafId, Vec<LeafId>)> = Vec::new();
    let sources = |leaf: LeafId| view.leaf(leaf).sources.iter().rev().copied();
    open.extend(sources(target).map(|source| (source, Vec::new())));
    while let Some((at, maps)) = open.pop() {
        if links.len() + open.len() > MOST_LINKS {
            *is_tangled = true;
            return;
        }
        if has_state(view, at) || is_entry(view, at) {
            let maps = maps.into_iter().rev().collect();
            links.push(Link { source: at, target, maps });
            continue;
        }
        // A cycle of maps alone has no meaning; the validator does not let it pass.
        if maps.contains(&at) {
            continue;
        }
        let mut longer = maps;
        if !is_port(view, at) {
            longer.push(at);
        }
        open.extend(sources(at).map(|source| (source, longer.clone())));
    }
}

/// Whether a stimulus enters here.
fn is_entry(view: View<'_>, leaf: LeafId) -> bool {
    view.leaf(leaf).is_top_level() && matches!(view.primitive(leaf), Some(Primitive::Input(_)))
}

fn is_port(view: View<'_>, leaf: LeafId) -> bool {
    matches!(view.primitive(leaf), Some(Primitive::Input(_) | Primitive::Output(_)))
}
