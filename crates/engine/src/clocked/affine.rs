//! Affine: `y = W x + b`. The bias is added to the finished sum, as a current.

use nirkit_ir::primitive;
use nirkit_step::{BufferId, Operation};

use super::bias::Bias;
use super::error::PrepareError;
use super::map::{Map, Mapped};
use super::matrix::Matrix;
use super::node::Site;
use super::real::Real;
use super::time_block::Pass;

/// The matrix and the bias.
#[derive(Debug)]
pub(super) struct Affine<T> {
    matrix: Matrix<T>,
    bias: Bias<T>,
}

/// An Affine.
pub(super) fn plan<T: Real>(
    node: &primitive::Affine,
    site: &Site<'_>,
) -> Result<Mapped<Affine<T>>, PrepareError> {
    let matrix = Matrix::new(&node.weight).ok_or_else(|| site.foreign())?;
    let bias = Bias::new(&node.bias, site, 1)?;
    Ok(Mapped(Affine { matrix, bias }))
}

impl<T: Real> Map<T> for Affine<T> {
    fn apply(&self, input: &[T], output: &mut [T]) {
        self.matrix.apply(input, output);
    }

    fn lowered(&self, buffers: [BufferId; 2], channels: usize, with_constant: bool) -> Operation {
        self.matrix.lowered(buffers, channels, self.bias.lowered(with_constant))
    }

    fn add_constant(&self, output: &mut [T]) {
        self.bias.add(output);
    }

    fn takes_events(&self) -> bool {
        true
    }

    fn run_block(&self, pass: &mut Pass<'_, T>, with_constant: bool) {
        self.matrix.run_block(pass, self.bias.of_targets(with_constant));
    }

    fn bytes(&self) -> usize {
        self.matrix.bytes()
    }
}
