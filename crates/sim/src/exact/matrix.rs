//! Weights of Linear and Affine, by source and without the zeros.

use super::error::PrepareError;
use nirkit_ir::facts::Leaf;
use nirkit_numerics::Tensor;

/// A matrix whose columns hold the weights that are not 0.
#[derive(Clone, Debug)]
pub(super) struct Matrix {
    /// Where the column of each source begins; one more entry than sources.
    begins: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<f64>,
}

impl Matrix {
    /// The weights of a node, of shape (outputs, inputs).
    pub(super) fn of(leaf: &Leaf, weight: &Tensor) -> Result<Self, Vec<PrepareError>> {
        let (outputs, inputs) = (leaf.outputs(), leaf.inputs());
        let values = weight.to_f64().filter(|values| values.len() == outputs * inputs);
        let fault = |error| vec![error];
        let values = values.ok_or_else(|| {
            let (found, shape) = (weight.shape().to_vec(), leaf.input.clone());
            fault(PrepareError::Parameter {
                node: leaf.name.clone(),
                field: "weight",
                found,
                shape,
            })
        })?;
        finite(leaf, "weight", &values)?;
        let mut matrix = Self { begins: vec![0], targets: Vec::new(), weights: Vec::new() };
        for source in 0..inputs {
            for target in 0..outputs {
                let weight = values[target * inputs + source];
                if weight != 0.0 {
                    matrix.targets.push(target as u32);
                    matrix.weights.push(weight);
                }
            }
            matrix.begins.push(matrix.targets.len());
        }
        Ok(matrix)
    }

    /// Calls `visit` with each target of a source and its weight, in ascending order of targets.
    #[inline]
    pub(super) fn each(&self, source: u32, mut visit: impl FnMut(u32, f64)) {
        let range = self.begins[source as usize]..self.begins[source as usize + 1];
        for (&target, &weight) in self.targets[range.clone()].iter().zip(&self.weights[range]) {
            visit(target, weight);
        }
    }
}

/// Weights and biases have to be numbers.
pub(super) fn finite(
    leaf: &Leaf,
    field: &'static str,
    values: &[f64],
) -> Result<(), Vec<PrepareError>> {
    let Some(channel) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    let (node, value) = (leaf.name.clone(), values[channel]);
    Err(vec![PrepareError::Value { node, field, channel, value, needed: "finite" }])
}
