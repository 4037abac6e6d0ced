//! Writes out parameters of a node that are one number for all neurons, and a bias that is one number for all
//! outputs.

use nirkit_ir::field::Axes;
use nirkit_ir::valid::Survey;
use nirkit_ir::{Diagnostic, Document, Node, Value};
use nirkit_numerics::Tensor;

use super::default_taken::set;

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    survey: &Survey,
) -> Option<String> {
    let input = survey.leaf(&finding.place.nodes)?.input.as_ref()?;
    let node = document.graph_mut()?.node_at_mut(&finding.place.nodes)?;
    let (mut names, mut whole) = (Vec::new(), input.clone());
    for (field, value) in node.primitive.values() {
        let Value::Tensor(tensor) = value else { continue };
        let written = match field.axes {
            Axes::Neuron if tensor.shape() != input => tensor.spread(input)?,
            Axes::OutputChannel if tensor.rank() == 0 => {
                let bias = bias(node, &tensor)?;
                whole = bias.shape().to_vec();
                bias
            }
            _ => continue,
        };
        names.push(format!("`{}`", field.name));
        set(node, field.name, written);
    }
    let are = if names.len() == 1 { "is" } else { "are" };
    (!names.is_empty())
        .then(|| format!("{} {are} written out in the shape {whole:?}", names.join(", ")))
}

/// One number for each output, in the number format of the weights where the one is a truth value.
fn bias(node: &Node, number: &Tensor) -> Option<Tensor> {
    let values = node.primitive.values();
    let (_, weight) = values.iter().find(|(field, _)| field.name == "weight")?;
    let Value::Tensor(weight) = weight else { return None };
    let outputs = *weight.shape().first()?;
    let spread = number.spread(&[outputs])?;
    if number.dtype() == nirkit_numerics::DType::Bool {
        let flat = Tensor::vector(vec![0.0_f32; outputs]);
        let like = weight.dtype();
        let zeros = if like == nirkit_numerics::DType::F64 {
            Tensor::vector(vec![0.0_f64; outputs])
        } else {
            flat
        };
        return zeros.filled(number.get_f64(0)?);
    }
    Some(spread)
}
