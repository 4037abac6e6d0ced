//! AvgPool2d: sums over windows, divided by the number of elements of the window, with the zeros
//! around the input among them.

use super::error::PrepareError;
use super::map::Mapped;
use super::node::Site;
use super::pool::Pool;
use super::real::Real;

/// An AvgPool2d.
pub(super) fn plan<T: Real>(site: &Site<'_>) -> Result<Mapped<Pool<T>>, PrepareError> {
    Pool::mean(site)
}
