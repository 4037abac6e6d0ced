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
    /// What the HDF5 file holds and this document does not, in words: attributes, named datatypes, soft links that
    /// lead nowhere. A copy of the file lacks it; NIR has no place for it.
    pub left_out: Vec<String>,
}

/// So many parts of a file that are left out are named.
const NAMED: usize = 4;

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
            extra: Fields::default(),
            storage: BTreeMap::new(),
            left_out: Vec::new(),
        }
    }

    /// Says that a part of the HDF5 file is [left out](Self::left_out), and names the first; `None` where all of
    /// it was read.
    #[must_use]
    pub fn loss(&self) -> Option<String> {
        let (first, others) = self.left_out.split_first()?;
        let rest = others.iter().take(NAMED - 1);
        let named = rest.fold(first.clone(), |list, next| list + ", " + next);
        let more = match self.left_out.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!("the HDF5 file holds something that is not read: {named}{more}"))
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
