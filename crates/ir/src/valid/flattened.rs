//! Nested graphs whose nodes stand beside them: exporters that flatten by names alone leave edges to the name
//! of the nested graph, which is no node any more.

use std::collections::{BTreeMap, HashSet};

use super::joints::NearNames;
use crate::facts::unfold::{End, resolve};
use crate::graph::{Edge, Graph, Node, NodeId};
use crate::primitive::Primitive;

/// The names that edges have for nested graphs, where the nodes `name.*` stand beside them instead.
#[derive(Clone, Debug)]
pub struct Flattened<'a> {
    graph: &'a Graph,
    names: NearNames<'a>,
    /// For each such name, the positions of the edges that have it for an end.
    naming: BTreeMap<&'a str, Vec<usize>>,
    /// For each such name, the positions of the edges with an end among the nodes `name.*`.
    touching: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Flattened<'a> {
    /// Looks through the edges of a graph; takes as long as the graph is large.
    #[must_use]
    pub fn of(graph: &'a Graph) -> Self {
        let names = NearNames::of(graph);
        let mut naming: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, edge) in graph.edges.iter().enumerate() {
            for end in ends(edge) {
                let positions = naming.entry(end).or_default();
                if positions.last() != Some(&position) {
                    positions.push(position);
                }
            }
        }
        naming.retain(|name, _| !graph.nodes.contains(name) && names.is_outer(name));
        let mut touching: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, edge) in graph.edges.iter().enumerate().take_while(|_| !naming.is_empty()) {
            for end in ends(edge) {
                let dots = end.match_indices('.').map(|(dot, _)| &end[..dot]);
                for name in dots.filter(|name| naming.contains_key(name)) {
                    let positions = touching.entry(name).or_default();
                    if positions.last() != Some(&position) {
                        positions.push(position);
                    }
                }
            }
        }
        Self { graph, names, naming, touching }
    }

    /// Returns the nodes `name.*`, in the order of the file.
    #[must_use]
    pub fn members(&self, name: &str) -> Vec<&'a str> {
        let mut members: Vec<(NodeId, &str)> = (self.names.inside(name).iter())
            .filter_map(|&node| Some((self.graph.nodes.id(node)?, node)))
            .collect();
        members.sort_unstable();
        members.into_iter().map(|(_, node)| node).collect()
    }

    /// Returns the positions of the edges that have the name of the nested graph for an end.
    #[must_use]
    pub fn naming(&self, name: &str) -> &[usize] {
        self.naming.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns what was nested in `name`; `None` if the nodes `name.*` are no nested graph: it has one Input and one Output,
    /// and whatever crosses its border does so through them.
    #[must_use]
    pub fn nested(&self, name: &str) -> Option<Graph> {
        if !self.naming.contains_key(name) {
            return None;
        }
        let members = self.members(name);
        let count = |wanted: fn(&Primitive) -> bool| {
            let nodes = members.iter().filter_map(|member| self.graph.nodes.get(member));
            nodes.filter(|node| wanted(&node.primitive)).count()
        };
        if count(|primitive| matches!(primitive, Primitive::Input(_))) != 1
            || count(|primitive| matches!(primitive, Primitive::Output(_))) != 1
        {
            return None;
        }
        let mut inner = Graph::default();
        for member in &members {
            inner.nodes.insert(short(member, name)?, self.graph.nodes.get(member)?.clone());
        }
        let touching = self.touching.get(name).into_iter().flatten();
        let (inside, crossing): (Vec<&Edge>, Vec<&Edge>) = touching
            .filter_map(|&position| self.graph.edges.get(position))
            .partition(|edge| ends(edge).iter().all(|end| short(end, name).is_some()));
        for edge in inside {
            let (source, target) = (short(&edge.source, name)?, short(&edge.target, name)?);
            inner.edges.push(Edge::new(source, target));
        }
        let mut alone = Graph::default();
        alone.nodes.insert(name, Node::new(Primitive::Graph(inner)));
        let is_port =
            |end: &str, side| short(end, name).is_none() || resolve(&alone, end, side).is_ok();
        let is_closed = crossing
            .iter()
            .all(|edge| is_port(&edge.source, End::Source) && is_port(&edge.target, End::Target));
        let nested = alone.nodes.remove(name).filter(|_| is_closed)?;
        if let Primitive::Graph(inner) = nested.primitive { Some(inner) } else { None }
    }
}

/// Nests nodes again, in graphs of these names that [`Flattened::nested`] made of them.
pub fn nest_again(graph: &mut Graph, nested: Vec<(String, Graph)>) {
    let names: HashSet<&str> = nested.iter().map(|(name, _)| name.as_str()).collect();
    let around = |end: &str| {
        let mut dots = end.match_indices('.').map(|(dot, _)| &end[..dot]);
        dots.find_map(|name| names.get(name).copied())
    };
    graph.nodes.retain(|name| around(name).is_none());
    graph.edges.retain(|edge| match (around(&edge.source), around(&edge.target)) {
        (Some(source), Some(target)) => source != target,
        _ => true,
    });
    for (name, inner) in nested {
        graph.nodes.insert(name, Node::new(Primitive::Graph(inner)));
    }
}

fn ends(edge: &Edge) -> [&str; 2] {
    [&edge.source, &edge.target]
}

/// The name of a node `name.*` inside of the nested graph.
fn short<'n>(node: &'n str, name: &str) -> Option<&'n str> {
    node.strip_prefix(name)?.strip_prefix('.')
}
