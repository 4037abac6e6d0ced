//! A level of a graph as a Python importer holds it: a dictionary of nodes and a list of edges.

use indexmap::IndexMap;
use nirkit_ir::facts::LeafId;
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

/// Something that can have a turn: a leaf of the file by its position in the facts, or, from the
/// number of leaves on, a port that the importer adds.
pub(super) type Unit = usize;

/// The nodes of a level in the order of the dictionary, and its edges in the order of the list.
#[derive(Clone, Debug, Default)]
pub(super) struct Level<'a> {
    pub(super) nodes: IndexMap<String, Item<'a>>,
    pub(super) edges: Vec<(String, String)>,
    /// Whether the importer made a set of the edges because one stands twice, so that the hash of strings decides
    /// about their order.
    pub(super) is_shuffled: bool,
}

/// A node of a level.
#[derive(Clone, Debug)]
pub(super) enum Item<'a> {
    /// A primitive of the file.
    Leaf { unit: Unit, primitive: &'a Primitive },
    /// A port that the importer adds.
    Port { unit: Unit, is_input: bool },
    /// A nested graph, of the file or made by the importer.
    Nested { full_name: String, level: Level<'a> },
}

impl Item<'_> {
    pub(super) fn is_input(&self) -> bool {
        match self {
            Self::Leaf { primitive, .. } => matches!(primitive, Primitive::Input(_)),
            Self::Port { is_input, .. } => *is_input,
            Self::Nested { .. } => false,
        }
    }

    pub(super) fn is_output(&self) -> bool {
        match self {
            Self::Leaf { primitive, .. } => matches!(primitive, Primitive::Output(_)),
            Self::Port { is_input, .. } => !is_input,
            Self::Nested { .. } => false,
        }
    }

    /// The primitive of a leaf.
    pub(super) fn primitive(&self) -> Option<&Primitive> {
        match self {
            Self::Leaf { primitive, .. } => Some(primitive),
            _ => None,
        }
    }

    /// The unit of what is no nested graph.
    pub(super) fn unit(&self) -> Option<Unit> {
        match self {
            Self::Leaf { unit, .. } | Self::Port { unit, .. } => Some(*unit),
            Self::Nested { .. } => None,
        }
    }
}

impl<'a> Level<'a> {
    /// A level of a file. A dictionary that is read from HDF5 has its names in ascending order.
    pub(super) fn of(graph: &'a Graph, facts: &Facts, prefix: &str) -> Self {
        let mut nodes = IndexMap::with_capacity(graph.nodes.len());
        for (_, name, node) in graph.nodes.iter() {
            let full_name = format!("{prefix}{name}");
            let item = match &node.primitive {
                Primitive::Graph(inner) => {
                    let level = Self::of(inner, facts, &format!("{full_name}."));
                    Item::Nested { full_name, level }
                }
                primitive => match facts.find(&full_name).map(LeafId::index) {
                    Some(unit) => Item::Leaf { unit, primitive },
                    None => continue,
                },
            };
            nodes.insert(name.to_owned(), item);
        }
        nodes.sort_unstable_keys();
        // What a reader supplies comes last.
        for name in facts.supplied().iter().map(|&leaf| facts.leaf(leaf).name.as_str()) {
            if let Some(item) = prefix.is_empty().then(|| nodes.shift_remove(name)).flatten() {
                nodes.insert(name.to_owned(), item);
            }
        }
        let edges = graph.edges.iter().map(|edge| (edge.source.clone(), edge.target.clone()));
        Self { nodes, edges: edges.collect(), is_shuffled: false }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Item<'a>> {
        self.nodes.get(name)
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.nodes.get_index_of(name)
    }

    /// The same with every name changed; of nodes whose names become the same, the last one stays,
    /// in the place of the first.
    pub(super) fn renamed(self, rename: impl Fn(&str) -> String) -> Self {
        let edges = self.edges.iter().map(|(source, target)| (rename(source), rename(target)));
        let edges = edges.collect();
        let nodes = self.nodes.into_iter().map(|(name, item)| (rename(&name), item)).collect();
        Self { nodes, edges, is_shuffled: self.is_shuffled }
    }
}
