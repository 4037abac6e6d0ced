//! Adds an Output after each node of the root graph that leads nowhere, but no Input.

use std::collections::BTreeSet;

use nirkit_ir::primitive::Output;
use nirkit_ir::valid::{Known, Survey};
use nirkit_ir::{Diagnostic, Document, Edge, Node, Primitive};

use super::lone_node::shape;

pub(super) fn mend(document: &mut Document, _: &Diagnostic, survey: &Survey) -> Option<String> {
    let graph = document.graph_mut()?;
    // An edge that names no node leads somewhere nobody knows: an Output stands behind such a node only where no other ends.
    let leading: BTreeSet<&str> = graph.edges.iter().map(|edge| edge.source.as_str()).collect();
    let leads =
        |leaf: &Known| leaf.place.nodes.first().is_some_and(|name| leading.contains(name.as_str()));
    let is_all = !survey.leaves.iter().any(|leaf| leaf.wants_output() && !leads(leaf));
    let ends: Vec<(String, Vec<usize>)> = survey
        .leaves
        .iter()
        .filter(|leaf| leaf.wants_output() && (is_all || !leads(leaf)))
        .filter_map(|leaf| Some((leaf.place.nodes.first()?.clone(), leaf.output.clone()?)))
        .collect();
    let mut added = Vec::new();
    for (end, axes) in ends {
        let name = graph.free_name(&format!("output_{end}"));
        let output = Output { shape: shape(&axes) };
        graph.nodes.insert(name.clone(), Node::new(Primitive::Output(output)));
        graph.edges.push(Edge::new(end, &name));
        added.push(format!("`{name}`"));
    }
    (!added.is_empty()).then(|| format!("added {}", added.join(", ")))
}
