//! Writes out a parameter that is one number for all neurons.

use nirkit_ir::{Diagnostic, Document, Facts, Value};

use super::default_taken::set;

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    facts: Option<&Facts>,
) -> Option<String> {
    let facts = facts?;
    let name = finding.place.field.as_deref()?;
    let leaf = facts.leaf(facts.find(&finding.place.nodes.join("."))?);
    let node = document.graph_mut()?.node_at_mut(&finding.place.nodes)?;
    let (_, value) = node.primitive.values().into_iter().find(|(field, _)| field.name == name)?;
    let Value::Tensor(tensor) = value else { return None };
    set(node, name, tensor.spread(&leaf.input)?);
    Some(format!("`{name}` is written out in the shape {:?}", leaf.input))
}
