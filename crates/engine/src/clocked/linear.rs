//! Linear: `y = W x`.

use nirkit_ir::primitive;
use nirkit_step::{BufferId, Operation};

use super::error::PrepareError;
use super::map::{Map, Mapped};
use super::matrix::Matrix;
use super::node::Site;
use super::real::Real;
use super::time_block::Pass;

/// The matrix.
#[derive(Debug)]
pub(super) struct Linear<T>(Matrix<T>);

/// A Linear.
pub(super) fn plan<T: Real>(
    node: &primitive::Linear,
    site: &Site<'_>,
) -> Result<Mapped<Linear<T>>, PrepareError> {
    Ok(Mapped(Linear(Matrix::new(&node.weight).ok_or_else(|| site.foreign())?)))
}

impl<T: Real> Map<T> for Linear<T> {
    fn apply(&self, input: &[T], output: &mut [T]) {
        self.0.apply(input, output);
    }

    fn lowered(&self, buffers: [BufferId; 2], channels: usize, _: bool) -> Operation {
        self.0.lowered(buffers, channels, None)
    }

    fn takes_events(&self) -> bool {
        true
    }

    fn run_block(&self, pass: &mut Pass<'_, T>, _: bool) {
        self.0.run_block(pass, &[]);
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}
