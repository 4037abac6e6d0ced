//! Where a finding is: a path through the graph.

use std::fmt;

/// A place in a graph: the graph itself, a node, a field, an element, or an edge.
///
/// It prints as `/lif1/tau[3]`, nested as `/outer/inner/tau`, an edge as `/outer/edges[2]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Names of the nodes from the root to the node; empty for the whole graph.
    pub nodes: Vec<String>,
    /// A field of the node.
    pub field: Option<String>,
    /// An element of the field (one position for each axis), or the number of an edge.
    pub index: Vec<usize>,
}

/// The field under which a graph's edges stand.
const EDGES: &str = "edges";

impl Place {
    /// The whole graph.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The node of this name inside this place.
    #[must_use]
    pub fn node(&self, name: &str) -> Self {
        let nodes =
            self.nodes.iter().map(String::as_str).chain([name]).map(str::to_owned).collect();
        Self { nodes, field: None, index: Vec::new() }
    }

    /// A field of the node at this place.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        Self { nodes: self.nodes.clone(), field: Some(name.to_owned()), index: Vec::new() }
    }

    /// An edge of the graph at this place, by its position in the list.
    #[must_use]
    pub fn edge(&self, position: usize) -> Self {
        Self { index: vec![position], ..self.field(EDGES) }
    }

    /// An element of the field at this place: one position for each axis.
    #[must_use]
    pub fn element(&self, index: &[usize]) -> Self {
        Self { index: index.to_vec(), ..self.clone() }
    }

    /// The element of the field at a position in C order, in an array of this shape.
    pub(crate) fn element_at(&self, mut position: usize, shape: &[usize]) -> Self {
        let mut index = vec![0; shape.len()];
        for (axis, &length) in shape.iter().enumerate().rev() {
            index[axis] = position % length.max(1);
            position /= length.max(1);
        }
        Self { index, ..self.clone() }
    }

    /// The path of the dataset or group in the HDF5 file, without the element.
    #[must_use]
    pub fn hdf5_path(&self) -> String {
        let mut path = "/node".to_owned();
        for node in &self.nodes {
            path.push_str("/nodes/");
            path.push_str(node);
        }
        if let Some(field) = &self.field {
            path.push('/');
            path.push_str(field);
        }
        path
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nodes.is_empty() && self.field.is_none() {
            return f.write_str("/");
        }
        for part in self.nodes.iter().chain(&self.field) {
            write!(f, "/{part}")?;
        }
        if !self.index.is_empty() {
            let index: Vec<String> = self.index.iter().map(ToString::to_string).collect();
            write!(f, "[{}]", index.join(", "))?;
        }
        Ok(())
    }
}
