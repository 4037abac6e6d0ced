//! Adds an Input before each node of the root graph to which nothing leads, but no Output.

use std::collections::BTreeSet;

use nirkit_ir::primitive::Input;
use nirkit_ir::valid::{Known, Survey};
use nirkit_ir::{Diagnostic, Document, Edge, Node, Primitive};

use super::lone_node::shape;

pub(super) fn mend(document: &mut Document, _: &Diagnostic, survey: &Survey) -> Option<String> {
    let graph = document.graph_mut()?;
    // An edge that names no node comes from somewhere nobody knows: an Input stands before such a node only where no other begins.
    let reached: BTreeSet<&str> = graph.edges.iter().map(|edge| edge.target.as_str()).collect();
    let is_reached =
        |leaf: &Known| leaf.place.nodes.first().is_some_and(|name| reached.contains(name.as_str()));
    let is_all = !survey.leaves.iter().any(|leaf| leaf.wants_input() && !is_reached(leaf));
    let starts: Vec<(String, Vec<usize>)> = survey
        .leaves
        .iter()
        .filter(|leaf| leaf.wants_input() && (is_all || !is_reached(leaf)))
        .filter_map(|leaf| Some((leaf.place.nodes.first()?.clone(), leaf.input.clone()?)))
        .collect();
    let mut added = Vec::new();
    for (start, axes) in starts {
        let name = graph.free_name(&format!("input_{start}"));
        graph
            .nodes
            .insert(name.clone(), Node::new(Primitive::Input(Input { shape: shape(&axes) })));
        graph.edges.push(Edge::new(&name, start));
        added.push(format!("`{name}`"));
    }
    (!added.is_empty()).then(|| format!("added {}", added.join(", ")))
}
