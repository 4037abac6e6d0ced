//! What the reader of files adds: an Input before every node without a source, an Output behind
//! every node without a target.
//!
//! `nir.read` (nir 1.0.8, `NIRGraph.infer_types`) does so while it checks the types of a graph; a
//! graph whose types it refuses is read without the check, and nothing is added.

use std::collections::BTreeSet;

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Value};

use super::level::{Item, Level, Unit};

/// Adds the ports that are missing on a level and on those inside it. `next` is the first unit that
/// is free.
pub(super) fn complete(level: &mut Level<'_>, next: &mut Unit) {
    for item in level.nodes.values_mut() {
        if let Item::Nested { level, .. } = item {
            complete(level, next);
        }
    }
    add_ports(level, next, true);
    add_ports(level, next, false);
}

/// The ports that a level lacks, each with the node that it is for.
pub(super) fn missing(level: &Level<'_>, is_input: bool) -> Vec<(String, String)> {
    let end = |(source, target): &(String, String)| {
        if is_input { target.clone() } else { source.clone() }
    };
    let connected: BTreeSet<String> = level.edges.iter().map(end).collect();
    let is_port = |item: &Item<'_>| if is_input { item.is_input() } else { item.is_output() };
    let open =
        level.nodes.iter().filter(|(name, item)| !connected.contains(*name) && !is_port(item));
    let port = |name: &String| {
        let base = format!("{}_{name}", if is_input { "input" } else { "output" });
        let numbered = (0..).map(|number| format!("{base}_{number}"));
        let mut free = std::iter::once(base.clone()).chain(numbered);
        free.find(|name| level.find(name).is_none())
    };
    open.filter_map(|(name, _)| Some((port(name)?, name.clone()))).collect()
}

fn add_ports(level: &mut Level<'_>, next: &mut Unit, is_input: bool) {
    for (port, name) in missing(level, is_input) {
        level.nodes.insert(port.clone(), Item::Port { unit: *next, is_input });
        *next += 1;
        level.edges.push(if is_input { (port, name) } else { (name, port) });
    }
}

/// Whether the reader finds the types of a graph right, as far as it can be told from the graph.
pub(super) fn passes_type_check(level: &Level<'_>, facts: &Facts) -> bool {
    let edges: BTreeSet<&(String, String)> = level.edges.iter().collect();
    let has_twice = edges.len() < level.edges.len();
    // A port of a nested graph is no node for the reader.
    let is_known = |name: &String| level.find(name).is_some();
    let has_ends = level.edges.iter().all(|(source, target)| is_known(source) && is_known(target));
    // The inference begins at an Input that has an edge.
    let has_begin = !level.edges.is_empty() || !level.nodes.values().all(Item::is_input);
    !has_twice
        && has_begin
        && has_ends
        && level.nodes.values().all(|item| match item {
            Item::Nested { level, .. } => passes_type_check(level, facts),
            Item::Leaf { unit, primitive } => {
                let leaf = &facts.leaves()[*unit];
                has_known_type(primitive, &leaf.input)
            }
            Item::Port { .. } => true,
        })
}

/// Whether the reader's type of a node is that of the signal which enters.
fn has_known_type(primitive: &Primitive, signal: &[usize]) -> bool {
    match primitive {
        Primitive::Conv2d(conv) => {
            let shape = conv.weight.shape();
            let is_square = shape.len() == 4 && shape[2] == shape[3];
            is_square && signal.first() == shape.get(1)
        }
        Primitive::Conv1d(conv) => signal.first() == conv.weight.shape().get(1),
        Primitive::Li(_)
        | Primitive::I(_)
        | Primitive::If(_)
        | Primitive::Lif(_)
        | Primitive::CubaLi(_)
        | Primitive::CubaLif(_)
        | Primitive::Scale(_)
        | Primitive::Threshold(_)
        | Primitive::Delay(_) => primitive.values().iter().all(|(_, value)| match value {
            Value::Tensor(tensor) => tensor.shape() == signal,
            _ => true,
        }),
        _ => true,
    }
}
