//! Weights of Linear and Affine, by source and without the zeros.

use super::error::PrepareError;
use nirkit_ir::facts::Leaf;
use nirkit_ir::facts::WiringError;
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
        let values = values.ok_or_else(|| {
            let (found, shape) = (weight.shape().to_vec(), leaf.input.clone());
            {
                let node = leaf.name.clone();
                vec![WiringError::Parameter { node, field: "weight", found, shape }.into()]
            }
        })?;
        finite(leaf, "weight", &values)?;
        let mut begins = vec![0; inputs + 1];
        for row in values.chunks_exact(inputs.max(1)) {
            for (source, _) in row.iter().enumerate().filter(|&(_, &weight)| weight != 0.0) {
                begins[source + 1] += 1;
            }
        }
        for source in 0..inputs {
            begins[source + 1] += begins[source];
        }
        Ok(Self::filled(begins, &values, inputs))
    }

    /// Sorts the weights into the columns, of which it is known where they begin.
    fn filled(begins: Vec<usize>, values: &[f64], inputs: usize) -> Self {
        let len = begins[inputs];
        let (mut targets, mut weights) = (vec![0; len], vec![0.0; len]);
        let mut next = begins.clone();
        // Row by row, as the weights lie in memory; targets ascend in every column.
        for (target, row) in values.chunks_exact(inputs.max(1)).enumerate() {
            for (source, &weight) in row.iter().enumerate().filter(|&(_, &weight)| weight != 0.0) {
                (targets[next[source]], weights[next[source]]) = (target as u32, weight);
                next[source] += 1;
            }
        }
        Self { begins, targets, weights }
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
