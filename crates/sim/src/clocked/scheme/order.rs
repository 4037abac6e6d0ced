//! Who runs when, and who sees whom: the order of a step as programs have it.
//!
//! A program walks the graph level by level: a nested graph is one node of the level above, and
//! what is in it runs in one go. The order decides which sources a node sees in the same step, so
//! it is part of the result.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::facts::LeafId;
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph, Node, NodeId};

use super::values::{Execution, Fate, Later, Order, Outcome, Scheme, Unknown};

/// A leaf's turn in a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    /// Position of the leaf in the facts.
    pub(super) leaf: usize,
    /// Where its input comes from, in the order of the list of edges.
    pub(super) taps: Vec<Tap>,
}

/// A source of a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tap {
    /// Position of the source leaf in the facts.
    pub(super) source: usize,
    /// How a source is seen that has its turn later; `None` if it has had its turn.
    pub(super) later: Option<Later>,
    /// Whether source and target are part of the same cycle.
    pub(super) closes_cycle: bool,
}

/// The turns of a step, and what leaves nested graphs.
#[derive(Clone, Debug)]
pub(super) struct Walked {
    pub(super) turns: Vec<Turn>,
    /// The leaf whose output leaves each nested graph, by its full name.
    pub(super) outcomes: BTreeMap<String, usize>,
}

/// What becomes of a connection under a scheme.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Full name of the source.
    pub source: String,
    /// Full name of the target.
    pub target: String,
    /// How the target sees a source that has its turn after it; `None` if it is seen in the same
    /// step.
    pub later: Option<Later>,
    /// Whether source and target are part of the same cycle.
    pub closes_cycle: bool,
}

/// How a graph is walked under a scheme.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// Full names of the nodes that run, in the order of their turns.
    pub order: Vec<String>,
    /// The connections between them.
    pub connections: Vec<Connection>,
    /// Full names of nested graphs, each with the node whose output leaves it.
    pub outcomes: Vec<(String, String)>,
}

/// How a graph is walked under a scheme, for those who want to know and not to run it.
#[must_use]
pub fn route(graph: &Graph, facts: &Facts, scheme: &Scheme) -> Route {
    let walked = walk(graph, facts, scheme.execution, scheme.unknown);
    let name = |leaf: usize| facts.leaves()[leaf].name.clone();
    let connection = |target: usize, tap: &Tap| Connection {
        source: name(tap.source),
        target: name(target),
        later: tap.later,
        closes_cycle: tap.closes_cycle,
    };
    let turns = || walked.turns.iter();
    Route {
        order: turns().map(|turn| name(turn.leaf)).collect(),
        connections: turns()
            .flat_map(|turn| turn.taps.iter().map(move |tap| connection(turn.leaf, tap)))
            .collect(),
        outcomes: walked.outcomes.iter().map(|(nested, &at)| (nested.clone(), name(at))).collect(),
    }
}

/// Walks a graph. Leaves without a turn never run.
pub(super) fn walk(graph: &Graph, facts: &Facts, execution: Execution, unknown: Unknown) -> Walked {
    let mut walk = Walk { facts, execution, unknown, order: Vec::new(), outcome: BTreeMap::new() };
    walk.order_of(graph, "");
    let mut position = vec![None; facts.leaves().len()];
    for (at, &leaf) in walk.order.iter().enumerate() {
        position[leaf] = Some(at);
    }
    let cycle = cycles(facts);
    let mut taps = vec![Vec::new(); facts.leaves().len()];
    walk.connect(graph, "", execution.later, &mut |source, target, later| {
        let (Some(source_at), Some(target_at)) = (position[source], position[target]) else {
            return;
        };
        let later = (source_at >= target_at).then_some(later);
        let closes_cycle = cycle[source].is_some() && cycle[source] == cycle[target];
        taps[target].push(Tap { source, later, closes_cycle });
    });
    let turn = |&leaf: &usize| Turn { leaf, taps: std::mem::take(&mut taps[leaf]) };
    Walked { turns: walk.order.iter().map(turn).collect(), outcomes: walk.outcome }
}

/// The cycle that each leaf is part of, if there is one.
fn cycles(facts: &Facts) -> Vec<Option<usize>> {
    let mut cycle = vec![None; facts.leaves().len()];
    for (number, component) in facts.components().iter().enumerate() {
        for member in component.members.iter().filter(|_| component.recurrent) {
            cycle[member.index()] = Some(number);
        }
    }
    cycle
}

struct Walk<'a> {
    facts: &'a Facts,
    execution: Execution,
    unknown: Unknown,
    /// Leaves in the order of their turns.
    order: Vec<usize>,
    /// What leaves each nested graph, by its full name.
    outcome: BTreeMap<String, usize>,
}

impl Walk<'_> {
    /// Adds the leaves of one level to the order.
    fn order_of(&mut self, graph: &Graph, prefix: &str) {
        let is_cut = self.unknown.fate == Fate::Cut;
        let level = Level::new(graph, |primitive| is_cut && self.is_missing(primitive));
        let visited = match self.execution.order {
            Order::DepthFirst => level.depth_first(),
            Order::SourcesFirst => level.sources_first(),
        };
        for node in visited {
            let (name, node) = level.nodes[node];
            let name = format!("{prefix}{name}");
            if self.is_missing(&node.primitive) {
                continue;
            }
            if let Primitive::Graph(inner) = &node.primitive {
                let before = self.order.len();
                self.order_of(inner, &format!("{name}."));
                if let Some(leaf) = self.outcome_of(&name, before) {
                    self.outcome.insert(name, leaf);
                }
            } else {
                self.order.extend(self.facts.find(&name).map(LeafId::index));
            }
        }
    }

    /// The leaf whose output leaves a nested graph whose turns begin at `before`.
    fn outcome_of(&self, name: &str, before: usize) -> Option<usize> {
        match self.execution.result {
            Outcome::LastRun => self.order.get(before..)?.last().copied(),
            Outcome::Output => {
                let nested = self.facts.nested().iter().find(|nested| nested.name == name)?;
                nested.outputs.first().map(|leaf| leaf.index())
            }
        }
    }

    /// Whether a node is not there for the program.
    fn is_missing(&self, primitive: &Primitive) -> bool {
        self.unknown.misses(primitive)
    }

    /// Calls `edge` with every pair of leaves that an edge connects, in the order of the list.
    fn connect(
        &self,
        graph: &Graph,
        prefix: &str,
        later: Later,
        edge: &mut dyn FnMut(usize, usize, Later),
    ) {
        for connection in &graph.edges {
            if let Some(target) = self.entry(graph, prefix, &connection.target) {
                for source in self.exits(graph, prefix, &connection.source) {
                    edge(source, target, later);
                }
            }
        }
        for (_, name, node) in graph.nodes.iter() {
            if let Primitive::Graph(inner) = &node.primitive {
                self.connect(inner, &format!("{prefix}{name}."), self.execution.nested_later, edge);
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
        self.unknown.fate == Fate::Bypassed && self.is_missing(primitive)
    }
}

/// One level of a graph: nodes by their positions, with their targets in the order of the edges.
struct Level<'a> {
    nodes: Vec<(&'a str, &'a Node)>,
    targets: Vec<Vec<usize>>,
    inputs: Vec<usize>,
}

impl<'a> Level<'a> {
    /// The level of a graph; nothing leads on from a node that is cut.
    fn new(graph: &'a Graph, is_cut: impl Fn(&Primitive) -> bool) -> Self {
        let mut targets = vec![Vec::new(); graph.nodes.len()];
        let find = |name: &str| {
            let outer = name.match_indices('.').map(|(at, _)| &name[..at]);
            let mut candidates = std::iter::once(name).chain(outer);
            candidates.find_map(|name| graph.nodes.id(name)).map(NodeId::index)
        };
        for edge in &graph.edges {
            if let (Some(source), Some(target)) = (find(&edge.source), find(&edge.target)) {
                targets[source].push(target);
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

    /// Nodes as a walk from the first Input meets them.
    fn depth_first(&self) -> Vec<usize> {
        let mut seen = vec![false; self.targets.len()];
        let mut order = Vec::new();
        let mut open: Vec<usize> = self.inputs.first().copied().into_iter().collect();
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                order.push(node);
                open.extend(self.targets[node].iter().rev());
            }
        }
        order
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
