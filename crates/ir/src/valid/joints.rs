//! How nodes are joined by edges of which some name no node, and what those most likely mean.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::order::strongly_connected;
use crate::facts::unfold::{End, Unresolved, resolve};
use crate::graph::{Edge, Graph};
use crate::primitive::Primitive;

/// How the nodes of a graph are joined, for edges that name no node.
#[derive(Clone, Debug)]
pub struct Joints<'a> {
    /// The names of the nodes.
    pub names: NearNames<'a>,
    /// Nodes that an Input reaches, and nodes that reach an Output; `None` without Inputs or Outputs.
    ways: Option<(BTreeSet<&'a str>, BTreeSet<&'a str>)>,
    /// Whether there are Inputs and no Outputs, or the reverse, and some nodes are not joined with them.
    is_torn: bool,
    /// Cycles of the edges as they stand, and of what they most likely mean.
    written: Cycles<'a>,
    meant: Cycles<'a>,
    /// The edges that stand, by their ends.
    edges: BTreeSet<(&'a str, &'a str)>,
}

/// What becomes of an edge that names no node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EdgeRepair {
    /// It most likely means this edge.
    Replace(Edge),
    /// What it most likely means closes a cycle that the file does not have: nobody guesses that.
    WouldCloseCycle(Edge),
    /// Without it an Output hears nothing or an Input leads nowhere, or a part of the graph stays apart, so it stays.
    OnlyPath,
    /// It is taken out.
    Remove,
}

impl<'a> Joints<'a> {
    /// The joints of a graph. Edges whose names have one near node count as if they named it.
    #[must_use]
    pub fn of(graph: &'a Graph) -> Self {
        let names = NearNames::of(graph);
        let ports = |wanted: fn(&Primitive) -> bool| -> Vec<&'a str> {
            let nodes = graph.nodes.iter().filter(|(.., node)| wanted(&node.primitive));
            nodes.map(|(_, name, _)| name).collect()
        };
        let inputs = ports(|primitive| matches!(primitive, Primitive::Input(_)));
        let outputs = ports(|primitive| matches!(primitive, Primitive::Output(_)));
        let joined: Vec<(&str, &str)> = graph
            .edges
            .iter()
            .filter_map(|edge| {
                let source = node_of(graph, &names, &edge.source, End::Source)?;
                Some((source, node_of(graph, &names, &edge.target, End::Target)?))
            })
            .collect();
        let back: Vec<(&str, &str)> = joined.iter().map(|&(from, to)| (to, from)).collect();
        let has_ports = !inputs.is_empty() && !outputs.is_empty();
        let nodes = graph.nodes.len();
        let is_torn = match (inputs.is_empty(), outputs.is_empty()) {
            (false, true) => reached(inputs.clone(), &joined).len() < nodes,
            (true, false) => reached(outputs.clone(), &back).len() < nodes,
            _ => false,
        };
        let ways = has_ports.then(|| (reached(inputs, &joined), reached(outputs, &back)));
        let written = graph.edges.iter().map(|edge| (edge.source.as_str(), edge.target.as_str()));
        let edges = written.clone().collect();
        let (written, meant) = (Cycles::of(written), Cycles::of(joined.iter().copied()));
        Self { names, ways, is_torn, written, meant, edges }
    }

    /// What becomes of an edge that names no node.
    #[must_use]
    pub fn repair_of(&self, graph: &Graph, edge: &Edge) -> EdgeRepair {
        let meant = |name: &String, is_there: fn(&Graph, &str) -> bool| {
            let near = || self.names.nearest(name).map(str::to_owned);
            if is_there(graph, name) { Some(name.clone()) } else { near() }
        };
        let ends = (meant(&edge.source, is_source), meant(&edge.target, is_target));
        if let (Some(source), Some(target)) = ends {
            // An edge that stands already is not meant a second time.
            if !self.edges.contains(&(source.as_str(), target.as_str())) {
                let is_new = self.is_in_new_cycle(graph, edge);
                let meant = Edge { source, target };
                return if is_new {
                    EdgeRepair::WouldCloseCycle(meant)
                } else {
                    EdgeRepair::Replace(meant)
                };
            }
        }
        if self.is_only_way(graph, edge) { EdgeRepair::OnlyPath } else { EdgeRepair::Remove }
    }

    /// Whether what an edge most likely means lies on a cycle, and the edge itself does not.
    fn is_in_new_cycle(&self, graph: &Graph, edge: &Edge) -> bool {
        let source = node_of(graph, &self.names, &edge.source, End::Source);
        let target = node_of(graph, &self.names, &edge.target, End::Target);
        let (Some(source), Some(target)) = (source, target) else { return false };
        self.meant.has(source, target) && !self.written.has(&edge.source, &edge.target)
    }

    /// Whether without this edge, which names no node, an Output hears nothing or an Input leads nowhere; in a graph without
    /// Outputs, or without Inputs, whether a part of it stays apart.
    #[must_use]
    pub fn is_only_way(&self, graph: &Graph, edge: &Edge) -> bool {
        let Some((heard, told)) = &self.ways else { return self.is_torn };
        let node = |name: &str, end| node_of(graph, &self.names, name, end);
        match (node(&edge.source, End::Source), node(&edge.target, End::Target)) {
            (Some(source), None) => heard.contains(source) && !told.contains(source),
            (None, Some(target)) => told.contains(target) && !heard.contains(target),
            _ => false,
        }
    }
}

/// The node of this level in which the end of an edge lies, as the name says or as its one near name does.
fn node_of<'a>(graph: &'a Graph, names: &NearNames<'a>, name: &str, end: End) -> Option<&'a str> {
    if resolve(graph, name, end) == Err(Unresolved::Dangling) {
        return names.nearest(name);
    }
    let outer = |at: usize| graph.nodes.id(&name[..at]);
    let id =
        graph.nodes.id(name).or_else(|| name.match_indices('.').find_map(|(at, _)| outer(at)))?;
    graph.nodes.at(id).map(|(name, _)| name)
}

/// The names that can be reached from some of them.
fn reached<'a>(start: Vec<&'a str>, joined: &[(&'a str, &'a str)]) -> BTreeSet<&'a str> {
    let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for &(from, to) in joined {
        targets.entry(from).or_default().push(to);
    }
    let (mut open, mut reached) = (start, BTreeSet::new());
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(targets.get(name).into_iter().flatten());
        }
    }
    reached
}

/// Names of the nodes of a graph, in which names are looked up that no node has.
#[derive(Clone, Debug)]
pub struct NearNames<'a> {
    graph: &'a Graph,
    /// In ascending order, so that names with the same beginning stand together.
    names: Vec<&'a str>,
    lengths: BTreeSet<usize>,
}

impl<'a> NearNames<'a> {
    /// The names of the nodes of a graph.
    #[must_use]
    pub fn of(graph: &'a Graph) -> Self {
        let mut names: Vec<&str> = graph.nodes.iter().map(|(_, name, _)| name).collect();
        names.sort_unstable();
        let lengths = names.iter().map(|name| name.len()).collect();
        Self { graph, names, lengths }
    }

    /// Whether there are nodes `name.*`.
    #[must_use]
    pub fn is_outer(&self, name: &str) -> bool {
        let prefix = format!("{name}.");
        let first = self.names.partition_point(|&other| other < prefix.as_str());
        self.names.get(first).is_some_and(|other| other.starts_with(&prefix))
    }

    /// The nodes `name.*`, in ascending order.
    pub(super) fn inside(&self, name: &str) -> &[&'a str] {
        let prefix = format!("{name}.");
        let first = self.names.partition_point(|&other| other < prefix.as_str());
        let names = &self.names[first..];
        &names[..names.partition_point(|other| other.starts_with(&prefix))]
    }

    /// The one node whose name begins with the given name or the other way round; what a name that
    /// no node has most likely means. A node inside of a nested graph is not the nested graph.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&'a str> {
        let first = self.names.partition_point(|&other| other < name);
        let longer = self.names[first..].iter().take_while(|other| other.starts_with(name));
        let shorter = self.lengths.range(..name.len()).filter_map(|&length| {
            let at = self.names.binary_search(&name.get(..length)?).ok()?;
            self.names.get(at)
        });
        let is_inner = |outer: &str| {
            let inner = name.strip_prefix(outer).and_then(|rest| rest.strip_prefix('.'));
            let nested = self.graph.nodes.get(outer).and_then(|node| node.primitive.as_graph());
            nested.zip(inner).is_some_and(|(nested, inner)| has_node(nested, inner))
        };
        let mut near = longer.chain(shorter).copied().filter(|near| !is_inner(near));
        near.next().filter(|_| near.next().is_none() && !name.is_empty())
    }
}

/// Whether a name, with dots between levels, is that of a node.
fn has_node(graph: &Graph, name: &str) -> bool {
    let inner = |at: usize| {
        let nested = graph.nodes.get(&name[..at]).and_then(|node| node.primitive.as_graph());
        nested.is_some_and(|nested| has_node(nested, &name[at + 1..]))
    };
    graph.nodes.get(name).is_some() || name.match_indices('.').any(|(at, _)| inner(at))
}

/// Whether an edge can come from this name: it is a node, or a port of a nested graph.
pub fn is_source(graph: &Graph, name: &str) -> bool {
    resolve(graph, name, End::Source).is_ok()
}

/// Whether an edge can lead to this name: it is a node, or a port of a nested graph.
pub fn is_target(graph: &Graph, name: &str) -> bool {
    resolve(graph, name, End::Target).is_ok()
}

/// Which names lie on common cycles.
#[derive(Clone, Debug)]
struct Cycles<'a> {
    /// The cycle of each name, as the number of its strongly connected component.
    component: BTreeMap<&'a str, usize>,
}

impl<'a> Cycles<'a> {
    fn of(edges: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut numbers, mut targets) = (BTreeMap::new(), Vec::<Vec<usize>>::new());
        let mut number = |name: &'a str, targets: &mut Vec<Vec<usize>>| {
            *numbers.entry(name).or_insert_with(|| {
                targets.push(Vec::new());
                targets.len() - 1
            })
        };
        for (source, target) in edges {
            let (source, target) = (number(source, &mut targets), number(target, &mut targets));
            targets[source].push(target);
        }
        let mut component = vec![0; targets.len()];
        for (at, members) in strongly_connected(&targets).iter().enumerate() {
            for &member in members {
                component[member] = at;
            }
        }
        let component = numbers.into_iter().map(|(name, number)| (name, component[number]));
        Self { component: component.collect() }
    }

    /// Whether an edge between these names lies on a cycle.
    fn has(&self, source: &str, target: &str) -> bool {
        let component = |name: &str| self.component.get(name);
        source == target || (component(source).is_some() && component(source) == component(target))
    }
}
