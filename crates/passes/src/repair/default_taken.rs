//! Writes out the default of an optional parameter: `v_reset = 0`, `w_in = 1`.

use nirkit_ir::valid::Survey;
use nirkit_ir::{Diagnostic, Document, Node, Primitive, Value};
use nirkit_numerics::Tensor;

pub(super) fn mend(document: &mut Document, finding: &Diagnostic, _: &Survey) -> Option<String> {
    let field = finding.place.field.as_deref()?;
    let node = if finding.place.nodes.is_empty() {
        &mut document.root
    } else {
        document.graph_mut()?.node_at_mut(&finding.place.nodes)?
    };
    let (like, number) = match field {
        "v_reset" => (threshold_of(node)?, 0.0),
        "w_in" => (leak_of(node)?, 1.0),
        _ => return None,
    };
    let default = like.filled(number)?;
    set(node, field, default);
    Some(format!("wrote `{field}` = {number}, as the reference takes it"))
}

fn threshold_of(node: &Node) -> Option<Tensor> {
    declared(node, "v_threshold")
}

fn leak_of(node: &Node) -> Option<Tensor> {
    declared(node, "v_leak")
}

/// The tensor of a declared field.
fn declared(node: &Node, name: &str) -> Option<Tensor> {
    node.primitive.values().into_iter().find(|(field, _)| field.name == name).and_then(
        |(_, value)| match value {
            Value::Tensor(tensor) => Some(tensor),
            Value::Text(_) | Value::Group(_) => None,
        },
    )
}

/// Sets a declared field of a node.
pub(super) fn set(node: &mut Node, name: &str, tensor: Tensor) {
    let mut fields: nirkit_ir::Fields = node
        .primitive
        .values()
        .into_iter()
        .map(|(field, value)| (field.name.to_owned(), value))
        .collect();
    fields.insert(name.to_owned(), Value::Tensor(tensor));
    node.primitive = Primitive::from_fields(node.primitive.kind(), fields).0;
}
