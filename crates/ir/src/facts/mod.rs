//! What follows from a graph: shapes, connections, order. Facts stand beside the graph, never in it.
//!
//! Facts are about the *unfolded* graph: nested graphs are opened, every primitive in them becomes a
//! [`Leaf`] with a full name, and every edge becomes a connection between leaves. An engine takes
//! the graph together with its facts, so a graph that was not found sound cannot run.

pub(crate) mod adjacency;
pub(crate) mod count;
pub mod order;
pub(crate) mod shape;
pub(crate) mod size;
pub(crate) mod unfold;
pub(crate) mod window;
mod wiring;

pub use order::Component;
pub use size::elements;
pub use window::Window;
pub use wiring::WiringError;

use self::shape::Placed;
use self::unfold::{Unfolded, UnfoldedNested};
use crate::graph::{Graph, NodeId};
use crate::primitive::Primitive;

/// Lengths of the axes of a signal, without time and batch; empty for a single channel.
pub type Shape = Vec<usize>;

/// Everything that follows from a sound graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    leaves: Vec<Leaf>,
    components: Vec<Component>,
    nested: Vec<Nested>,
    supplied: Vec<LeafId>,
}

/// Handle of a leaf: its position in ascending order of full names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafId(u32);

impl LeafId {
    /// The handle of a position.
    #[must_use]
    pub fn new(index: usize) -> Self {
        Self(index as u32)
    }

    /// Position of the leaf.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A primitive of the unfolded graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Full name: `lif1`, or `outer.inner` for a node of a nested graph.
    pub name: String,
    /// Handles from the root graph down to the node.
    pub path: Vec<NodeId>,
    /// Shape of the signal that enters.
    pub input: Shape,
    /// Shape of the signal that leaves.
    pub output: Shape,
    /// Leaves whose outputs are added to make the input, in ascending order; one entry an edge.
    pub sources: Vec<LeafId>,
    /// Leaves that receive the output, in ascending order; one entry an edge.
    pub targets: Vec<LeafId>,
    /// How a window moves over the input, for convolutions and pools.
    pub window: Option<Window>,
}

impl Leaf {
    /// Number of channels that enter.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.input.iter().product()
    }

    /// Number of channels that leave.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.output.iter().product()
    }

    /// Whether the leaf stands in the root graph itself and not in a nested one.
    #[must_use]
    pub fn is_top_level(&self) -> bool {
        self.path.len() == 1
    }
}

/// A nested graph, which is no leaf but can be recorded through its outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nested {
    /// Full name of the nested graph.
    pub name: String,
    /// Its Output nodes, in ascending order.
    pub outputs: Vec<LeafId>,
}

impl Facts {
    /// All leaves, in ascending order of their full names. The order does not depend on the order
    /// of nodes and edges in the file.
    #[must_use]
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Handles and leaves in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (LeafId, &Leaf)> {
        self.leaves.iter().enumerate().map(|(index, leaf)| (LeafId::new(index), leaf))
    }

    /// The leaf of a handle.
    ///
    /// # Panics
    ///
    /// When the handle belongs to the facts of another graph.
    #[must_use]
    pub fn leaf(&self, id: LeafId) -> &Leaf {
        &self.leaves[id.index()]
    }

    /// The leaf of this full name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<LeafId> {
        self.leaves.binary_search_by(|leaf| leaf.name.as_str().cmp(name)).ok().map(LeafId::new)
    }

    /// Strongly connected components in topological order: sources come before targets.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Nested graphs, in ascending order of their full names.
    #[must_use]
    pub fn nested(&self) -> &[Nested] {
        &self.nested
    }

    /// Leaves that stand in no file: a reader supplies them, behind all others.
    #[must_use]
    pub fn supplied(&self) -> &[LeafId] {
        &self.supplied
    }

    /// The same, with the leaves of these names supplied by a reader.
    #[must_use]
    pub fn with_supplied(mut self, names: &[String]) -> Self {
        self.supplied = names.iter().filter_map(|name| self.find(name)).collect();
        self
    }

    /// The Input nodes of the root graph: where a stimulus enters.
    pub fn inputs<'a>(&'a self, graph: &'a Graph) -> impl Iterator<Item = LeafId> + 'a {
        self.top_level(graph, |primitive| matches!(primitive, Primitive::Input(_)))
    }

    /// The Output nodes of the root graph: where the result leaves.
    pub fn outputs<'a>(&'a self, graph: &'a Graph) -> impl Iterator<Item = LeafId> + 'a {
        self.top_level(graph, |primitive| matches!(primitive, Primitive::Output(_)))
    }

    fn top_level<'a>(
        &'a self,
        graph: &'a Graph,
        wanted: fn(&Primitive) -> bool,
    ) -> impl Iterator<Item = LeafId> + 'a {
        self.iter()
            .filter(move |(_, leaf)| {
                leaf.is_top_level() && primitive_at(graph, &leaf.path).is_some_and(wanted)
            })
            .map(|(id, _)| id)
    }

    /// What a leaf computes, in the graph that the facts are of; `None` in any other graph.
    #[must_use]
    pub fn primitive<'a>(&self, graph: &'a Graph, id: LeafId) -> Option<&'a Primitive> {
        primitive_at(graph, &self.leaf(id).path)
    }
}

impl Facts {
    /// Puts facts together; `None` when a leaf has no shape.
    pub(crate) fn assemble(unfolded: Unfolded<'_>, placed: Vec<Option<Placed>>) -> Option<Self> {
        let mut leaves = Vec::with_capacity(unfolded.leaves.len());
        for (leaf, placed) in unfolded.leaves.into_iter().zip(placed) {
            let Placed { input, output, window } = placed?;
            let (sources, targets) = (Vec::new(), Vec::new());
            leaves.push(Leaf {
                name: leaf.name,
                path: leaf.path,
                input,
                output,
                sources,
                targets,
                window,
            });
        }
        for connection in &unfolded.connections {
            leaves[connection.source].targets.push(LeafId::new(connection.target));
            leaves[connection.target].sources.push(LeafId::new(connection.source));
        }
        for leaf in &mut leaves {
            leaf.sources.sort_unstable();
            leaf.targets.sort_unstable();
        }
        let nested = unfolded.nested.into_iter().map(Nested::from).collect();
        let components = order::components(&leaves);
        Some(Self { components, leaves, nested, supplied: Vec::new() })
    }
}

impl From<UnfoldedNested> for Nested {
    fn from(nested: UnfoldedNested) -> Self {
        let outputs = nested.outputs.into_iter().map(LeafId::new).collect();
        Self { name: nested.name, outputs }
    }
}

/// The primitive at the end of a path of handles.
fn primitive_at<'a>(graph: &'a Graph, path: &[NodeId]) -> Option<&'a Primitive> {
    let (last, outer) = path.split_last()?;
    let inner =
        outer.iter().try_fold(graph, |graph, &id| graph.nodes.at(id)?.1.primitive.as_graph());
    inner?.nodes.at(*last).map(|(_, node)| &node.primitive)
}
