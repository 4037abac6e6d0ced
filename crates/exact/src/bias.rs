//! Biases: constant currents at the output of a node, from the start on.

use nirkit_ir::facts::Leaf;
use nirkit_numerics::Tensor;

use super::error::PrepareError;
use super::matrix::finite;
use nirkit_ir::facts::WiringError;

/// One current for each channel of the output; a convolution repeats that of each output channel
/// over its plane.
pub(super) fn of(leaf: &Leaf, bias: &Tensor) -> Result<Vec<f64>, Vec<PrepareError>> {
    let plane = leaf.outputs() / bias.len().max(1);
    let values = bias.to_f64().filter(|values| values.len() * plane == leaf.outputs());
    let values = values.ok_or_else(|| {
        let (found, shape) = (bias.shape().to_vec(), leaf.output.clone());
        vec![WiringError::Parameter { node: leaf.name.clone(), field: "bias", found, shape }.into()]
    })?;
    finite(leaf, "bias", &values)?;
    Ok(values.iter().flat_map(|&value| std::iter::repeat_n(value, plane)).collect())
}
