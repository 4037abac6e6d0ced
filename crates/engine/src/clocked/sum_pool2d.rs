//! SumPool2d: sums over windows.

use super::error::PrepareError;
use super::map::Mapped;
use super::node::Site;
use super::pool::Pool;
use super::real::Real;

/// A SumPool2d.
pub(super) fn plan<T: Real>(site: &Site<'_>) -> Result<Mapped<Pool<T>>, PrepareError> {
    Pool::sum(site)
}
