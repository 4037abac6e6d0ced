//! Lists edges so that depth-first executors meet every node after its sources.

use std::collections::BTreeMap;

use nirkit_ir::{Edge, Facts, Graph};

use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "order_edges",
    about: "sorts edges by the place of their ends in the direction of the signals, for platforms that run nodes as the edges name them",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: false,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    step(graph, facts).into_iter().collect()
}

fn step(graph: &mut Graph, facts: &Facts) -> Option<Done> {
    if flat::nodes(graph, |_| true).is_empty() {
        return None;
    }
    let order = facts.components().iter().flat_map(|component| &component.members);
    let places: BTreeMap<&str, usize> =
        order.enumerate().map(|(place, &id)| (facts.leaf(id).name.as_str(), place)).collect();
    let place = |name: &str| places.get(name).copied().unwrap_or(usize::MAX);
    let mut sorted = graph.edges.clone();
    sorted.sort_by_key(|edge: &Edge| (place(&edge.source), place(&edge.target)));
    if sorted == graph.edges {
        return None;
    }
    graph.edges = sorted;
    Some(Done::new("", "edges are listed in the direction of the signals"))
}
