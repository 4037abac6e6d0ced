//! The edges of a graph, found by their ends, while a pass takes nodes out.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::{Edge, Graph};

/// Nowhere.
const END: usize = usize::MAX;

/// The edges of a graph without nested graphs. Whoever changes them puts them back with
/// [`finish`](Self::finish).
///
/// Each step costs as much as the edges that it is about, however many others there are.
pub(super) struct Wires {
    edges: Vec<Edge>,
    is_out: Vec<bool>,
    /// The edge that stands behind each in the list.
    next: Vec<usize>,
    first: usize,
    into: BTreeMap<String, Ends>,
    out_of: BTreeMap<String, Ends>,
    /// Nodes that were taken out.
    gone: BTreeSet<String>,
}

/// The edges at one end of a node.
#[derive(Default)]
struct Ends {
    /// Positions, those of edges that are out among them.
    edges: Vec<usize>,
    /// Number of edges that are not out.
    count: usize,
}

impl Wires {
    /// Takes the edges of a graph.
    pub(super) fn of(graph: &mut Graph) -> Self {
        let edges = std::mem::take(&mut graph.edges);
        let count = edges.len();
        let (mut into, mut out_of) = (BTreeMap::new(), BTreeMap::new());
        for (at, edge) in edges.iter().enumerate() {
            push(&mut into, &edge.target, at);
            push(&mut out_of, &edge.source, at);
        }
        let next = (1..=count).map(|next| if next < count { next } else { END }).collect();
        let first = if count > 0 { 0 } else { END };
        let is_out = vec![false; count];
        Self { edges, is_out, next, first, into, out_of, gone: BTreeSet::new() }
    }

    /// Puts the edges into the graph, and takes out the nodes that are gone.
    pub(super) fn finish(mut self, graph: &mut Graph) {
        let mut at = self.first;
        let mut edges = Vec::with_capacity(self.edges.len());
        while let Some(&next) = self.next.get(at) {
            if !self.is_out[at] {
                edges.push(std::mem::replace(&mut self.edges[at], Edge::new("", "")));
            }
            at = next;
        }
        graph.edges = edges;
        if !self.gone.is_empty() {
            graph.nodes.retain(|name| !self.gone.contains(name));
        }
    }

    /// Whether a node was taken out.
    pub(super) fn is_gone(&self, name: &str) -> bool {
        self.gone.contains(name)
    }

    /// Positions of the edges into a node.
    fn arriving(&mut self, name: &str) -> &[usize] {
        live(&mut self.into, name, &self.is_out)
    }

    /// Positions of the edges out of a node.
    fn leaving(&mut self, name: &str) -> &[usize] {
        live(&mut self.out_of, name, &self.is_out)
    }

    /// Number of edges into a node.
    pub(super) fn arrivals(&self, name: &str) -> usize {
        self.into.get(name).map_or(0, |ends| ends.count)
    }

    /// Number of edges out of a node.
    pub(super) fn departures(&self, name: &str) -> usize {
        self.out_of.get(name).map_or(0, |ends| ends.count)
    }

    /// Sources of a node, once for each edge.
    pub(super) fn sources(&mut self, name: &str) -> Vec<String> {
        let edges = self.arriving(name).to_vec();
        edges.into_iter().map(|at| self.edges[at].source.clone()).collect()
    }

    /// Targets of a node, once for each edge.
    pub(super) fn targets(&mut self, name: &str) -> Vec<String> {
        let edges = self.leaving(name).to_vec();
        edges.into_iter().map(|at| self.edges[at].target.clone()).collect()
    }

    /// The node that alone leads to this one, and to nothing else.
    pub(super) fn lone_source(&mut self, name: &str) -> Option<String> {
        if self.arrivals(name) != 1 {
            return None;
        }
        let &[edge] = self.arriving(name) else { return None };
        let source = self.edges[edge].source.clone();
        (self.departures(&source) == 1 && source != name).then_some(source)
    }

    /// The node to which alone this one leads, and nothing else does.
    pub(super) fn lone_target(&mut self, name: &str) -> Option<String> {
        if self.departures(name) != 1 {
            return None;
        }
        let &[edge] = self.leaving(name) else { return None };
        let target = self.edges[edge].target.clone();
        (self.arrivals(&target) == 1 && target != name).then_some(target)
    }

    /// Takes a node with one source out and leads its source to its targets, in the place of the edge
    /// to the node.
    pub(super) fn bypass(&mut self, name: &str) {
        let Some(&entry) = self.arriving(name).first() else { return };
        let source = self.edges[entry].source.clone();
        let mut behind = entry;
        for target in self.targets(name) {
            let at = self.edges.len();
            self.edges.push(Edge::new(source.clone(), target.clone()));
            self.is_out.push(false);
            self.next.push(self.next[behind]);
            self.next[behind] = at;
            behind = at;
            push(&mut self.into, &target, at);
            push(&mut self.out_of, &source, at);
        }
        self.take_out(name);
    }

    /// Takes a node out with all its edges.
    pub(super) fn take_out(&mut self, name: &str) {
        let edges = [self.arriving(name).to_vec(), self.leaving(name).to_vec()].concat();
        for at in edges {
            // An edge from the node to itself stands in both lists.
            if !std::mem::replace(&mut self.is_out[at], true) {
                let Edge { source, target } = &self.edges[at];
                let ends = [self.out_of.get_mut(source), self.into.get_mut(target)];
                ends.into_iter().flatten().for_each(|ends| ends.count -= 1);
            }
        }
        self.gone.insert(name.to_owned());
    }
}

fn push(lists: &mut BTreeMap<String, Ends>, name: &str, at: usize) {
    if !lists.contains_key(name) {
        lists.insert(name.to_owned(), Ends::default());
    }
    if let Some(ends) = lists.get_mut(name) {
        ends.edges.push(at);
        ends.count += 1;
    }
}

/// A list without the edges that are out.
fn live<'a>(lists: &'a mut BTreeMap<String, Ends>, name: &str, is_out: &[bool]) -> &'a [usize] {
    let Some(ends) = lists.get_mut(name) else { return &[] };
    if ends.edges.len() > ends.count {
        ends.edges.retain(|&at| !is_out[at]);
    }
    &ends.edges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let edges = edges.iter().map(|&(source, target)| Edge::new(source, target)).collect();
        Graph { edges, ..Graph::default() }
    }

    #[test]
    fn a_node_that_is_bypassed_leaves_its_edges_in_its_place() {
        let mut graph = graph(&[("a", "s"), ("x", "y"), ("s", "b"), ("s", "c"), ("y", "z")]);
        let mut wires = Wires::of(&mut graph);
        assert_eq!(wires.lone_source("s").as_deref(), Some("a"));
        assert_eq!(wires.lone_target("s"), None);
        wires.bypass("s");
        assert_eq!((wires.departures("a"), wires.departures("s"), wires.arrivals("b")), (2, 0, 1));
        assert!(wires.is_gone("s"));
        wires.finish(&mut graph);
        let expected = [("a", "b"), ("a", "c"), ("x", "y"), ("y", "z")];
        assert_eq!(graph.edges, expected.map(|(source, target)| Edge::new(source, target)));
    }

    #[test]
    fn an_edge_from_a_node_to_itself_is_counted_once() {
        let mut graph = graph(&[("a", "a"), ("a", "b")]);
        let mut wires = Wires::of(&mut graph);
        assert_eq!((wires.departures("a"), wires.arrivals("a")), (2, 1));
        wires.take_out("a");
        assert_eq!((wires.departures("a"), wires.arrivals("a"), wires.arrivals("b")), (0, 0, 0));
        wires.finish(&mut graph);
        assert!(graph.edges.is_empty());
    }
}
