//! Replaces nested graphs by what is in them, `outer.inner`.

use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Edge, Facts, Graph, Node};

use super::{Done, Pass};

pub(super) const PASS: Pass = Pass {
    name: "unnest",
    about: "replaces nested graphs by their nodes, named `outer.inner`; most importers know no nested graphs",
    condition: "",
    needs_reset: None,
    is_usual: true,
    folds: false,
    round,
};

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let mut dropped = Vec::new();
    each_gone(graph, "", &mut |name, node| {
        let metadata = node.metadata.keys().map(|key| format!("metadata `{key}`"));
        let extra =
            node.extra.keys().map(|key| format!("the field `{key}`, which NIR does not know,"));
        let told = metadata.chain(extra).map(|what| format!("{what} of `{name}` dropped"));
        dropped.extend(told.map(|what| Done::new("", what)));
    });
    let Some(done) = step(graph, facts) else { return Vec::new() };
    std::iter::once(done).chain(dropped).collect()
}

/// Calls a function with each node that is gone when nothing is nested any more, a nested graph or a port of one, and
/// with its full name.
fn each_gone(graph: &mut Graph, outer: &str, act: &mut impl FnMut(&str, &mut Node)) {
    for (name, node) in graph.nodes.iter_mut() {
        let full = if outer.is_empty() { name.to_owned() } else { format!("{outer}.{name}") };
        let is_gone = match node.primitive {
            Primitive::Graph(_) => true,
            Primitive::Input(_) | Primitive::Output(_) => !outer.is_empty(),
            _ => false,
        };
        if is_gone {
            act(&full, node);
        }
        if let Primitive::Graph(inner) = &mut node.primitive {
            each_gone(inner, &full, act);
        }
    }
}

/// Moves the metadata of nested graphs and of their ports to the graph around them, under their full names; what was
/// moved. An entry whose name is taken stays where it is.
pub(super) fn lift_metadata(root: &mut Node) -> Vec<Done> {
    let Node { primitive: Primitive::Graph(graph), metadata, .. } = root else { return Vec::new() };
    let mut done = Vec::new();
    each_gone(graph, "", &mut |name, node| {
        node.metadata.retain(|key, value| {
            let lifted = format!("{name}.{key}");
            if metadata.contains_key(&lifted) {
                return true;
            }
            let what = format!(
                "metadata `{key}` of `{name}` stands as `{lifted}` in the metadata of the graph"
            );
            done.push(Done::new("", what));
            metadata.insert(lifted, value.clone());
            false
        });
    });
    done
}

fn step(graph: &mut Graph, facts: &Facts) -> Option<Done> {
    let is_graph = |node: &Node| matches!(node.primitive, Primitive::Graph(_));
    let nested: Vec<String> = graph
        .nodes
        .iter()
        .filter(|(.., node)| is_graph(node))
        .map(|(_, name, _)| name.to_owned())
        .collect();
    if nested.is_empty() {
        return None;
    }
    let is_port = |leaf: &Leaf, id: LeafId| {
        let primitive = facts.primitive(graph, id);
        !leaf.is_top_level()
            && matches!(primitive, Some(Primitive::Input(_) | Primitive::Output(_)))
    };
    let mut flat = Graph::default();
    // Top-level nodes keep their order; what was nested stands where its graph stood.
    let mut order: Vec<(LeafId, &Leaf)> =
        facts.iter().filter(|&(id, leaf)| !is_port(leaf, id)).collect();
    order.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
    for &(id, leaf) in &order {
        flat.nodes.insert(leaf.name.clone(), node_of(graph, facts, id)?);
    }
    for (id, leaf) in order {
        for source in through(facts, id, &|leaf, id| is_port(leaf, id)) {
            flat.edges.push(Edge::new(facts.leaf(source).name.clone(), leaf.name.clone()));
        }
    }
    *graph = flat;
    Some(Done::new("", format!("{} became part of the graph around them", nested.join(", "))))
}

/// The node of a leaf with everything that the file says about it.
fn node_of(graph: &Graph, facts: &Facts, id: LeafId) -> Option<Node> {
    let (last, outer) = facts.leaf(id).path.split_last()?;
    let mut inner = graph;
    for &step in outer {
        let (_, node) = inner.nodes.at(step)?;
        inner = node.primitive.as_graph()?;
    }
    inner.nodes.at(*last).map(|(_, node)| node.clone())
}

/// Sources of a leaf, with the sources of ports in the place of the ports.
fn through(facts: &Facts, id: LeafId, is_port: &dyn Fn(&Leaf, LeafId) -> bool) -> Vec<LeafId> {
    let mut found = Vec::new();
    let mut open: Vec<LeafId> = facts.leaf(id).sources.iter().rev().copied().collect();
    while let Some(source) = open.pop() {
        let leaf = facts.leaf(source);
        if is_port(leaf, source) {
            open.extend(leaf.sources.iter().rev());
        } else {
            found.push(source);
        }
    }
    found
}
