//! Sources before targets, whatever the list of edges says, as programs do that connect nodes instead
//! of calling them one after the other.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::facts::LeafId;
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph, Node};

use super::super::super::option::Timing;
use super::super::prepare::is_weighted;
use super::super::rule::Rule;
use super::super::values::{Semantics, UnknownNodePolicy};
use super::plan::{Plan, Planned, Source};

/// Plans a graph.
pub(super) fn plan(graph: &Graph, facts: &Facts, semantics: &Semantics) -> Plan {
    let mut walk = Walk { facts, semantics, order: Vec::new(), outcome: BTreeMap::new() };
    walk.order_of(graph, "");
    let mut sources = vec![Vec::new(); facts.leaves().len()];
    walk.connect(graph, "", &mut |source, target| sources[target].push(Source::placed(source)));
    let mut plan = Plan::new();
    for &leaf in &walk.order {
        plan.push(Planned::new(leaf, std::mem::take(&mut sources[leaf])));
    }
    plan.exits = facts.outputs(graph).map(LeafId::index).collect();
    plan.outcomes = walk.outcome;
    plan
}

struct Walk<'a> {
    facts: &'a Facts,
    semantics: &'a Semantics,
    /// Leaves in the order of their turns.
    order: Vec<usize>,
    /// What leaves each nested graph, by its full name.
    outcome: BTreeMap<String, usize>,
}

impl Walk<'_> {
    /// Adds the leaves of one level to the order.
    fn order_of(&mut self, graph: &Graph, prefix: &str) {
        let is_cut = self.semantics.unknown.policy == UnknownNodePolicy::Cut;
        let level = Level::new(
            graph,
            |primitive| is_cut && self.is_missing(primitive),
            |primitive| self.is_late(primitive),
            |primitive| self.is_buffered(primitive),
        );
        for node in level.sources_first() {
            let (name, node) = level.nodes[node];
            let name = format!("{prefix}{name}");
            if self.is_missing(&node.primitive) {
                continue;
            }
            if let Primitive::Graph(inner) = &node.primitive {
                self.order_of(inner, &format!("{name}."));
                if let Some(leaf) = self.outcome_of(&name) {
                    self.outcome.insert(name, leaf);
                }
            } else {
                self.order.extend(self.facts.find(&name).map(LeafId::index));
            }
        }
    }

    /// The leaf whose output leaves a nested graph.
    fn outcome_of(&self, name: &str) -> Option<usize> {
        let nested = self.facts.nested().iter().find(|nested| nested.name == name)?;
        nested.outputs.first().map(|leaf| leaf.index())
    }

    /// Whether a neuron hands on what arrived in the step before, so that no node has to wait for what
    /// enters it.
    fn is_late(&self, primitive: &Primitive) -> bool {
        self.semantics.neurons.rule(primitive, false, 0).is_some_and(Rule::is_late)
    }

    /// Whether a node hands on in the next step what it works out in this one, so that no node has to wait for it.
    fn is_buffered(&self, primitive: &Primitive) -> bool {
        self.semantics.maps.arrival == Timing::Next && is_weighted(primitive)
    }

    /// Whether a node is not there for the program.
    fn is_missing(&self, primitive: &Primitive) -> bool {
        self.semantics.unknown.misses(primitive)
    }

    /// Calls `edge` with every pair of leaves that an edge connects, in the order of the list.
    fn connect(&self, graph: &Graph, prefix: &str, edge: &mut dyn FnMut(usize, usize)) {
        for connection in &graph.edges {
            if let Some(target) = self.entry(graph, prefix, &connection.target) {
                for source in self.exits(graph, prefix, &connection.source) {
                    edge(source, target);
                }
            }
        }
        for (_, name, node) in graph.nodes.iter() {
            if let Primitive::Graph(inner) = &node.primitive {
                self.connect(inner, &format!("{prefix}{name}."), edge);
            }
        }
    }

    /// The leaf through which something enters the node of this name.
    fn entry(&self, graph: &Graph, prefix: &str, name: &str) -> Option<usize> {
        let full = format!("{prefix}{name}");
        let Some(Primitive::Graph(inner)) = graph.nodes.get(name).map(|node| &node.primitive)
        else {
            return self.facts.find(&full).map(LeafId::index);
        };
        let is_input = |node: &Node| matches!(node.primitive, Primitive::Input(_));
        let (_, port, _) = inner.nodes.iter().find(|(_, _, node)| is_input(node))?;
        self.facts.find(&format!("{full}.{port}")).map(LeafId::index)
    }

    /// The leaves from which something leaves the node of this name: those of its sources where a
    /// missing node is bypassed, each once.
    fn exits(&self, graph: &Graph, prefix: &str, name: &str) -> Vec<usize> {
        let (mut exits, mut seen, mut open) = (Vec::new(), BTreeSet::new(), vec![name]);
        while let Some(name) = open.pop() {
            // Missing nodes can form a cycle, and there may be many ways through them.
            if !seen.insert(name) {
                continue;
            }
            let full = format!("{prefix}{name}");
            match graph.nodes.get(name).map(|node| &node.primitive) {
                Some(Primitive::Graph(_)) => exits.extend(self.outcome.get(&full)),
                Some(primitive) if self.is_bypassed(primitive) => {
                    let edges = graph.edges.iter().rev().filter(|edge| edge.target == name);
                    open.extend(edges.map(|edge| edge.source.as_str()));
                }
                _ => exits.extend(self.facts.find(&full).map(LeafId::index)),
            }
        }
        exits
    }

    /// Whether what enters a node leaves it as if the node were not there.
    fn is_bypassed(&self, primitive: &Primitive) -> bool {
        self.semantics.unknown.policy == UnknownNodePolicy::Bypassed && self.is_missing(primitive)
    }
}

/// One level of a graph: nodes by their positions, with their targets in the order of the edges.
struct Level<'a> {
    nodes: Vec<(&'a str, &'a Node)>,
    targets: Vec<Vec<usize>>,
    inputs: Vec<usize>,
}

impl<'a> Level<'a> {
    /// The level of a graph; nothing leads on from a node that is cut, and no order follows from what
    /// enters a node that is late, nor from what leaves one that is buffered.
    fn new(
        graph: &'a Graph,
        is_cut: impl Fn(&Primitive) -> bool,
        is_late: impl Fn(&Primitive) -> bool,
        is_buffered: impl Fn(&Primitive) -> bool,
    ) -> Self {
        let mut targets = vec![Vec::new(); graph.nodes.len()];
        let find = |name: &str| {
            let outer = name.match_indices('.').map(|(at, _)| &name[..at]);
            let mut candidates = std::iter::once(name).chain(outer);
            candidates.find_map(|name| graph.nodes.id(name))
        };
        let waits = |id| graph.nodes.at(id).is_some_and(|(_, node)| is_late(&node.primitive));
        let gives_late =
            |id| graph.nodes.at(id).is_some_and(|(_, node)| is_buffered(&node.primitive));
        for edge in &graph.edges {
            if let (Some(source), Some(target)) = (find(&edge.source), find(&edge.target))
                && !waits(target)
                && !gives_late(source)
            {
                targets[source.index()].push(target.index());
            }
        }
        let mut inputs = Vec::new();
        for (id, _, node) in graph.nodes.iter() {
            if matches!(node.primitive, Primitive::Input(_)) {
                inputs.push(id.index());
            }
            if is_cut(&node.primitive) {
                targets[id.index()].clear();
            }
        }
        let nodes = graph.nodes.iter().map(|(_, name, node)| (name, node)).collect();
        Self { nodes, targets, inputs }
    }

    /// Nodes with sources before targets, as far as there is no cycle: the reverse of the order in
    /// which a walk from all Inputs leaves the nodes.
    fn sources_first(&self) -> Vec<usize> {
        let mut seen = vec![false; self.targets.len()];
        let mut left = Vec::new();
        let rest = (0..self.targets.len()).filter(|node| !self.inputs.contains(node));
        for root in self.inputs.iter().copied().chain(rest) {
            if std::mem::replace(&mut seen[root], true) {
                continue;
            }
            let mut path = vec![(root, 0)];
            while let Some((node, next)) = path.pop() {
                let Some(&target) = self.targets[node].get(next) else {
                    left.push(node);
                    continue;
                };
                path.push((node, next + 1));
                if !std::mem::replace(&mut seen[target], true) {
                    path.push((target, 0));
                }
            }
        }
        left.reverse();
        left
    }
}
