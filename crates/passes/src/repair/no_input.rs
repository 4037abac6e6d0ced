//! Adds an Input before each node of the root graph to which nothing leads.

use nirkit_ir::primitive::Input;
use nirkit_ir::{Diagnostic, Document, Edge, Facts, Node, Primitive};

use super::lone_node::shape;

pub(super) fn mend(
    document: &mut Document,
    _: &Diagnostic,
    facts: Option<&Facts>,
) -> Option<String> {
    let facts = facts?;
    let graph = document.graph_mut()?;
    let starts: Vec<(String, Vec<usize>)> = facts
        .leaves()
        .iter()
        .filter(|leaf| leaf.is_top_level() && leaf.sources.is_empty())
        .map(|leaf| (leaf.name.clone(), leaf.input.clone()))
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
