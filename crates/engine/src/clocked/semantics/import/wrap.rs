//! A neuron and a matrix that feed each other become a nested graph of four nodes.
//!
//! Several importers share this code (`_replace_rnn_subgraph_with_nirgraph`). The name of the nested
//! graph is what stands before the first point in the name of the neuron, so that two layers can get
//! the same one; the edge that enters leads to the matrix, not to the neuron.

use std::collections::{BTreeMap, HashSet};

use nirkit_ir::primitive::Primitive;

use super::level::{Item, Level, Unit};

/// Wraps the cycles of two nodes of a level. `next` is the first unit that is free.
pub(super) fn wrap_cycles(level: &mut Level<'_>, prefix: &str, next: &mut Unit) {
    // Where an edge stands twice, the edges become a set first; here they keep the order in which they first
    // stand.
    let mut present: HashSet<Ends> = HashSet::new();
    let listed = level.edges.len();
    level.edges.retain(|edge| present.insert(edge.clone()));
    level.is_shuffled = level.edges.len() < listed;
    // The outer loop goes on over the list that it began with.
    let edges = level.edges.clone();
    let mut left = Edges::of(std::mem::take(&mut level.edges), present);
    for (neuron, matrix) in &edges {
        let back = (matrix.clone(), neuron.clone());
        if left.present.contains(&back) && is_layer(level, &left, neuron, matrix) {
            wrap(level, &mut left, prefix, [neuron, matrix], next);
        }
    }
    level.edges = left.all.into_iter().flatten().collect();
}

type Ends = (String, String);

/// The edges of a level while some are taken out and nodes get other names. What is done to a node takes as long as it has
/// edges.
struct Edges {
    /// In their order; `None` for those that are taken out.
    all: Vec<Option<Ends>>,
    present: HashSet<Ends>,
    /// The positions of the edges of each node.
    of_node: BTreeMap<String, Vec<usize>>,
}

impl Edges {
    fn of(edges: Vec<Ends>, present: HashSet<Ends>) -> Self {
        let mut of_node: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (position, (source, target)) in edges.iter().enumerate() {
            of_node.entry(source.clone()).or_default().push(position);
            if source != target {
                of_node.entry(target.clone()).or_default().push(position);
            }
        }
        Self { all: edges.into_iter().map(Some).collect(), present, of_node }
    }

    /// The edges of a node.
    fn of_node(&self, name: &str) -> impl Iterator<Item = &Ends> {
        let positions = self.of_node.get(name).into_iter().flatten();
        positions.filter_map(|&position| self.all.get(position)?.as_ref())
    }

    fn remove(&mut self, source: &str, target: &str) {
        let is_meant = |edge: &Ends| edge.0 == source && edge.1 == target;
        for &position in self.of_node.get(source).into_iter().flatten() {
            if let Some(edge) = self.all[position].take_if(|edge| is_meant(edge)) {
                self.present.remove(&edge);
            }
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        let positions = self.of_node.remove(from).unwrap_or_default();
        for &position in &positions {
            let Some(edge) = &mut self.all[position] else { continue };
            self.present.remove(edge);
            for end in [&mut edge.0, &mut edge.1] {
                if end == from {
                    to.clone_into(end);
                }
            }
            self.present.insert(edge.clone());
        }
        self.of_node.entry(to.to_owned()).or_default().extend(positions);
    }
}

/// Whether two nodes are a recurrent layer whose matrix has no other source or target.
fn is_layer(level: &Level<'_>, edges: &Edges, neuron: &str, matrix: &str) -> bool {
    let kind = |name: &str| level.find(name).and_then(Item::primitive);
    let is_neuron = matches!(kind(neuron), Some(Primitive::Lif(_) | Primitive::CubaLif(_)));
    let is_matrix = matches!(kind(matrix), Some(Primitive::Affine(_) | Primitive::Linear(_)));
    is_neuron
        && is_matrix
        && edges.of_node(matrix).filter(|(source, _)| source == matrix).count() == 1
        && edges.of_node(matrix).filter(|(_, target)| target == matrix).count() == 1
}

fn wrap(
    level: &mut Level<'_>,
    edges: &mut Edges,
    prefix: &str,
    [neuron, matrix]: [&str; 2],
    next: &mut Unit,
) {
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
    edges.remove(neuron, matrix);
    edges.remove(matrix, neuron);
    if name != neuron {
        edges.rename(neuron, &name);
    }
    let item = Item::Nested { full_name: format!("{prefix}{name}"), level: inner };
    level.nodes.insert(name, item);
}
