//! The bias of Affine and of convolutions: one number for each output channel.

use nirkit_numerics::Tensor;
use nirkit_step::Numbers;

use super::error::PrepareError;
use super::lower::numbers::numbers;
use super::node::Site;
use super::real::Real;

/// A bias: one number for each target; none at all where all are 0, since no sum is -0, and so nothing
/// changes by them.
#[derive(Debug)]
pub(super) struct Bias<T>(Vec<T>);

impl<T: Real> Bias<T> {
    /// The bias of a leaf whose output channels have `plane` targets each.
    pub(super) fn new(
        tensor: &Tensor,
        site: &Site<'_>,
        plane: usize,
    ) -> Result<Self, PrepareError> {
        let values = T::elements(tensor).ok_or_else(|| site.foreign())?;
        // One number is added to every output.
        let plane = if tensor.rank() == 0 { site.leaf.outputs() } else { plane };
        if values.len() * plane != site.leaf.outputs() {
            return Err(site.foreign());
        }
        if values.iter().all(|&value| value == T::ZERO) {
            return Ok(Self(Vec::new()));
        }
        Ok(Self(values.iter().flat_map(|&value| std::iter::repeat_n(value, plane)).collect()))
    }

    /// Adds the bias to all targets.
    pub(super) fn add(&self, output: &mut [T]) {
        for (sum, &bias) in output.iter_mut().zip(&self.0) {
            *sum += bias;
        }
    }

    /// The bias in the terms of a step program; `None` where it does not act.
    pub(super) fn lowered(&self, acts: bool) -> Option<Numbers> {
        let values = self.of_targets(acts);
        (!values.is_empty()).then(|| numbers(values))
    }

    /// The bias of each target, or nothing where it does not act.
    pub(super) fn of_targets(&self, acts: bool) -> &[T] {
        if acts { &self.0 } else { &[] }
    }
}
