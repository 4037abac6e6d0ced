//! Corrects a field that repeats the shape of the input: `input_shape`, `input_type`.

use nirkit_ir::{Diagnostic, Document, Facts};
use nirkit_numerics::Tensor;

use super::default_taken::set;
use super::lone_node::shape;

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    facts: Option<&Facts>,
) -> Option<String> {
    let facts = facts?;
    let field = finding.place.field.as_deref()?;
    let leaf = facts.leaf(facts.find(&finding.place.nodes.join("."))?);
    let node = document.graph_mut()?.node_at_mut(&finding.place.nodes)?;
    // A convolution declares its axes without the channels, and one axis as a single number.
    let skip = usize::from(field == "input_shape");
    let axes = leaf.input.get(skip..)?;
    let declared = match axes {
        [length] if field == "input_shape" => Tensor::scalar(*length as i64),
        several => shape(several),
    };
    set(node, field, declared);
    Some(format!("`{field}` is now {axes:?}"))
}
