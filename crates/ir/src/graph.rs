//! The graph: nodes by name and edges between names. Data only; nothing here is derived.

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use crate::primitive::Primitive;
use crate::value::Fields;

/// A network: named nodes and the edges between them.
///
/// Edges are kept by name, as the file has them, because a file may name nodes that do not exist;
/// what they resolve to is a fact ([`crate::facts`]) and stands beside the graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The nodes, in the order of the file.
    pub nodes: Nodes,
    /// The edges, in the order of the file. An edge that stands twice acts twice.
    pub edges: Vec<Edge>,
}

impl Graph {
    /// The graph nested under these names; the graph itself for no name.
    pub fn descend_mut(&mut self, names: &[String]) -> Option<&mut Self> {
        names.iter().try_fold(self, |graph, name| match &mut graph.nodes.get_mut(name)?.primitive {
            Primitive::Graph(inner) => Some(inner),
            _ => None,
        })
    }

    /// The node under these names, from the outermost to the innermost.
    pub fn node_at_mut(&mut self, names: &[String]) -> Option<&mut Node> {
        let (last, outer) = names.split_last()?;
        self.descend_mut(outer)?.nodes.get_mut(last)
    }

    /// The name itself if no node has it, else the name with the first free number behind it.
    #[must_use]
    pub fn free_name(&self, name: &str) -> String {
        let numbered = (0..).map(|number| format!("{name}_{number}"));
        std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|candidate| !self.nodes.contains(candidate))
            .unwrap_or_default()
    }
}

/// A node: what it computes, and what the file says about it besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What the node computes.
    pub primitive: Primitive,
    /// Free notes of whoever wrote the file; nothing here changes what the graph means.
    pub metadata: Fields,
    /// Fields that the primitive does not declare, kept for the way back.
    pub extra: Fields,
}

impl Node {
    /// A node without metadata.
    #[must_use]
    pub fn new(primitive: Primitive) -> Self {
        Self { primitive, metadata: Fields::default(), extra: Fields::default() }
    }
}

/// A connection that carries the output of `source` to the input of `target`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Name of the node whose output is carried; `graph.port` names one Output of a nested graph.
    pub source: String,
    /// Name of the node that receives it; `graph.port` names one Input of a nested graph.
    pub target: String,
}

impl Edge {
    /// An edge between two names.
    #[must_use]
    pub fn new(source: impl Into<String>, target: impl Into<String>) -> Self {
        Self { source: source.into(), target: target.into() }
    }
}

/// Handle of a node in one graph: its position in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// Position of the node in its graph.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Nodes in the order of the file, found by name or by handle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes(IndexMap<String, Node, RandomState>);

impl Nodes {
    /// Makes room for so many nodes.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self(IndexMap::with_capacity_and_hasher(count, RandomState::default()))
    }

    /// Adds a node, or replaces the one of this name.
    pub fn insert(&mut self, name: impl Into<String>, node: Node) -> NodeId {
        NodeId(self.0.insert_full(name.into(), node).0 as u32)
    }

    /// Takes a node out; the order of the others stays. Handles given out before no longer hold.
    pub fn remove(&mut self, name: &str) -> Option<Node> {
        self.0.shift_remove(name)
    }

    /// Takes out all nodes whose names are not wanted; the order of the others stays. Handles given
    /// out before no longer hold.
    pub fn retain(&mut self, mut is_wanted: impl FnMut(&str) -> bool) {
        self.0.retain(|name, _| is_wanted(name));
    }

    /// The node of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.0.get(name)
    }

    /// The node of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.0.get_mut(name)
    }

    /// Handle of the node of this name.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<NodeId> {
        self.0.get_index_of(name).map(|index| NodeId(index as u32))
    }

    /// Name and node of a handle; `None` for a handle of another graph that is out of range here.
    #[must_use]
    pub fn at(&self, id: NodeId) -> Option<(&str, &Node)> {
        self.0.get_index(id.index()).map(|(name, node)| (name.as_str(), node))
    }

    /// Whether a node has this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Handles, names and nodes in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &str, &Node)> {
        self.0
            .iter()
            .enumerate()
            .map(|(index, (name, node))| (NodeId(index as u32), name.as_str(), node))
    }

    /// Names and nodes in the order of the file, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Node)> {
        self.0.iter_mut().map(|(name, node)| (name.as_str(), node))
    }
}

impl IntoIterator for Nodes {
    type Item = (String, Node);
    type IntoIter = indexmap::map::IntoIter<String, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<N: Into<String>> FromIterator<(N, Node)> for Nodes {
    fn from_iter<I: IntoIterator<Item = (N, Node)>>(nodes: I) -> Self {
        Self(nodes.into_iter().map(|(name, node)| (name.into(), node)).collect())
    }
}
