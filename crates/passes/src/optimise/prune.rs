//! Takes out what leads to no Output.

use std::collections::BTreeSet;

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "prune",
    about: "takes out nodes from which no Output can be reached",
    condition: "",
    is_usual: true,
    step,
};

fn step(graph: &mut Graph, _: &Facts) -> Option<Done> {
    let mut open = flat::nodes(graph, |primitive| matches!(primitive, Primitive::Output(_)));
    if open.is_empty() {
        return None;
    }
    let mut useful: BTreeSet<String> = open.iter().cloned().collect();
    while let Some(node) = open.pop() {
        for source in flat::sources(graph, &node) {
            if useful.insert(source.to_owned()) {
                open.push(source.to_owned());
            }
        }
    }
    // An Input stays: it is part of how the graph is called.
    let useless = flat::nodes(graph, |primitive| !matches!(primitive, Primitive::Input(_)));
    let name = useless.into_iter().find(|name| !useful.contains(name))?;
    graph.nodes.remove(&name);
    graph.edges.retain(|edge| edge.source != name && edge.target != name);
    Some(Done::new(name, "taken out: it leads to no Output"))
}
