//! A neuron and a matrix that feed each other become a nested graph of four nodes.
//!
//! Several importers share this code (`_replace_rnn_subgraph_with_nirgraph`). The name of the nested
//! graph is what stands before the first point in the name of the neuron, so that two layers can get
//! the same one; the edge that enters leads to the matrix, not to the neuron.

use std::collections::BTreeSet;

use nirkit_ir::primitive::Primitive;

use super::level::{Item, Level, Unit};

/// Wraps the cycles of two nodes of a level. `next` is the first unit that is free.
pub(super) fn wrap_cycles(level: &mut Level<'_>, prefix: &str, next: &mut Unit) {
    // Where an edge stands twice, the edges become a set first; here they keep the order in which they first
    // stand.
    let mut present: BTreeSet<(String, String)> = BTreeSet::new();
    let listed = level.edges.len();
    level.edges.retain(|edge| present.insert(edge.clone()));
    level.is_shuffled = level.edges.len() < listed;
    // The outer loop goes on over the list that it began with.
    let edges = level.edges.clone();
    for (neuron, matrix) in &edges {
        let back = (matrix.clone(), neuron.clone());
        if present.contains(&back) && is_layer(level, neuron, matrix) {
            wrap(level, prefix, neuron, matrix, next);
            present = level.edges.iter().cloned().collect();
        }
    }
}

/// Whether two nodes are a recurrent layer whose matrix has no other source or target.
fn is_layer(level: &Level<'_>, neuron: &str, matrix: &str) -> bool {
    let kind = |name: &str| level.find(name).and_then(Item::primitive);
    let is_neuron = matches!(kind(neuron), Some(Primitive::Lif(_) | Primitive::CubaLif(_)));
    let is_matrix = matches!(kind(matrix), Some(Primitive::Affine(_) | Primitive::Linear(_)));
    let count = |is_end: &dyn Fn(&(String, String)) -> bool| {
        level.edges.iter().filter(|edge| is_end(edge)).count()
    };
    is_neuron
        && is_matrix
        && count(&|(source, _)| source == matrix) == 1
        && count(&|(_, target)| target == matrix) == 1
}

fn wrap(level: &mut Level<'_>, prefix: &str, neuron: &str, matrix: &str, next: &mut Unit) {
    let mut port = |is_input| {
        *next += 1;
        Item::Port { unit: *next - 1, is_input }
    };
    let name = neuron.split('.').next().unwrap_or(neuron).to_owned();
    let (input, output) = (format!("{name}.input"), format!("{name}.output"));
    let mut inner = Level::default();
    for part in [neuron, matrix] {
        let Some(item) = level.nodes.shift_remove(part) else { return };
        inner.nodes.insert(part.to_owned(), item);
    }
    inner.nodes.insert(input.clone(), port(true));
    inner.nodes.insert(output.clone(), port(false));
    let edge = |source: &str, target: &str| (source.to_owned(), target.to_owned());
    inner.edges = vec![
        edge(neuron, matrix),
        edge(matrix, neuron),
        edge(neuron, &output),
        edge(&input, matrix),
    ];
    level.edges.retain(|(source, target)| {
        (source.as_str(), target.as_str()) != (neuron, matrix)
            && (source.as_str(), target.as_str()) != (matrix, neuron)
    });
    for (source, target) in &mut level.edges {
        for end in [source, target] {
            if end == neuron {
                end.clone_from(&name);
            }
        }
    }
    let item = Item::Nested { full_name: format!("{prefix}{name}"), level: inner };
    level.nodes.insert(name, item);
}
