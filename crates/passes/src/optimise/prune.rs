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
    let useless: Vec<String> = useless.into_iter().filter(|name| !useful.contains(name)).collect();
    // What others read their shapes from goes after them, and a cycle as a whole.
    let end = useless.iter().find(|name| flat::targets(graph, name).is_empty());
    if let Some(end) = end {
        take_out(graph, std::slice::from_ref(end));
        return Some(Done::new(end.clone(), "taken out: it leads to no Output"));
    }
    take_out(graph, &useless);
    let (first, others) = useless.split_first()?;
    let others = others.iter().map(|name| format!(" and `{name}`")).collect::<String>();
    Some(Done::new(first.clone(), format!("taken out{others}: the cycle leads to no Output")))
}

fn take_out(graph: &mut Graph, names: &[String]) {
    let is_out = |name: &String| names.contains(name);
    graph.edges.retain(|edge| !is_out(&edge.source) && !is_out(&edge.target));
    for name in names {
        graph.nodes.remove(name);
    }
}
