//! The bias of Affine and of convolutions: one number for each output channel.

use nirkit_numerics::Tensor;

use super::error::PrepareError;
use super::node::Site;
use super::real::Real;

/// A bias.
#[derive(Debug)]
pub(super) struct Bias<T> {
    values: Vec<T>,
    /// Targets that share a number.
    plane: usize,
}

impl<T: Real> Bias<T> {
    /// The bias of a leaf whose output channels have `plane` targets each.
    pub(super) fn new(
        tensor: &Tensor,
        site: &Site<'_>,
        plane: usize,
    ) -> Result<Self, PrepareError> {
        let values = T::elements(tensor).ok_or_else(|| site.foreign())?.into_owned();
        if values.len() * plane == site.leaf.outputs() {
            Ok(Self { values, plane })
        } else {
            Err(site.foreign())
        }
    }

    /// Adds the bias to all targets.
    pub(super) fn add(&self, output: &mut [T]) {
        if self.plane == 1 {
            for (sum, &bias) in output.iter_mut().zip(&self.values) {
                *sum += bias;
            }
            return;
        }
        for (sums, &bias) in output.chunks_exact_mut(self.plane).zip(&self.values) {
            for sum in sums {
                *sum += bias;
            }
        }
    }
}
