//! A whole file: the root node, the version that wrote it, and what else stands beside them.

use std::collections::BTreeMap;

use nirkit_numerics::DType;

use crate::graph::{Graph, Node};
use crate::primitive::Primitive;
use crate::value::{Fields, Text, TextStorage};

/// The content of one `.nir` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Version of the `nir` package that wrote the file, if the file says so.
    pub version: Option<Text>,
    /// What the file describes: nearly always a [`Primitive::Graph`].
    pub root: Node,
    /// Entries of the file beside `version` and `node`, kept for the way back.
    pub extra: Fields,
    /// Edge lists and kinds of nodes that are stored unlike h5py's default, by their HDF5 path.
    ///
    /// This is a property of the file and not of the graph; it is kept so that a copy of a file
    /// has the same types for h5py.
    pub storage: BTreeMap<String, Storage>,
}

/// A storage form that differs from h5py's default (variable-length UTF-8 strings).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Strings stored in another way.
    Text(TextStorage),
    /// An edge list without edges, stored as an array of numbers with this shape.
    Empty(DType, Vec<usize>),
}

impl Document {
    /// A document that holds a graph and nothing else, written by this version of nirkit.
    #[must_use]
    pub fn of_graph(graph: Graph) -> Self {
        Self {
            version: Some(Text::scalar(crate::REFERENCE_VERSION)),
            root: Node::new(Primitive::Graph(graph)),
            extra: Fields::new(),
            storage: BTreeMap::new(),
        }
    }

    /// The graph of the file; `None` when the file holds a lone primitive.
    #[must_use]
    pub fn graph(&self) -> Option<&Graph> {
        self.root.primitive.as_graph()
    }

    /// The graph of the file, to be changed.
    pub fn graph_mut(&mut self) -> Option<&mut Graph> {
        match &mut self.root.primitive {
            Primitive::Graph(graph) => Some(graph),
            _ => None,
        }
    }
}
