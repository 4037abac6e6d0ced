//! A graph with its facts.

use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::{Facts, Graph, Node, Place, Primitive};

/// A graph with its facts.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// Its facts.
    pub facts: &'a Facts,
}

impl<'a> View<'a> {
    /// What a leaf computes.
    #[must_use]
    pub fn primitive(&self, leaf: LeafId) -> Option<&'a Primitive> {
        self.facts.primitive(self.graph, leaf)
    }

    /// A leaf by its handle.
    #[must_use]
    pub fn leaf(&self, leaf: LeafId) -> &'a Leaf {
        self.facts.leaf(leaf)
    }

    /// The place of a leaf in the graph.
    #[must_use]
    pub fn place(&self, leaf: LeafId) -> Place {
        let mut place = Place::root();
        let mut level = Some(self.graph);
        for &id in &self.leaf(leaf).path {
            let Some((name, node)) = level.and_then(|graph| graph.nodes.at(id)) else { break };
            place = place.node(name);
            level = node.primitive.as_graph();
        }
        place
    }

    /// The node of a leaf.
    #[must_use]
    pub fn node(&self, leaf: LeafId) -> Option<&'a Node> {
        let mut found = None;
        let mut level = Some(self.graph);
        for &id in &self.leaf(leaf).path {
            let (_, node) = level?.nodes.at(id)?;
            level = node.primitive.as_graph();
            found = Some(node);
        }
        found
    }

    /// The numbers of a field of a leaf, one for each of so many neurons; `None` where the node
    /// does not have the field.
    #[must_use]
    pub fn numbers(&self, leaf: LeafId, field: &str, neurons: usize) -> Option<Vec<f64>> {
        let primitive = self.primitive(leaf)?;
        let (_, tensor) = primitive.tensors().find(|(declared, _)| declared.name == field)?;
        let numbers = tensor.to_f64()?;
        match numbers.len() {
            len if len == neurons => Some(numbers.into_owned()),
            1 => Some(vec![numbers[0]; neurons]),
            _ => {
                let shape = &self.leaf(leaf).output;
                nirkit_numerics::broadcast::spread(&numbers, tensor.shape(), shape)
            }
        }
    }
}
