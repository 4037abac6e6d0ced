//! Conv2d: cross-correlation along two axes, `y = w * x + b`.

use nirkit_ir::primitive;

use super::convolution::Convolution;
use super::error::PrepareError;
use super::map::Mapped;
use super::node::Site;
use super::real::Real;

/// A Conv2d.
pub(super) fn plan<T: Real>(
    node: &primitive::Conv2d,
    site: &Site<'_>,
) -> Result<Mapped<Convolution<T>>, PrepareError> {
    Convolution::new(&node.weight, &node.bias, site).map(Mapped)
}
