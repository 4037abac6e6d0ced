//! IF: integrate and fire.

use nirkit_ir::primitive;

use super::error::PrepareError;
use super::fire::Fire;
use super::neuron::Spiking;
use super::node::Site;
use super::perfect::Perfect;
use super::real::Real;

/// An IF.
pub(super) fn plan<T: Real>(
    node: &primitive::If,
    site: &Site<'_>,
) -> Result<Spiking<Perfect<T>, T>, PrepareError> {
    let (membrane, rest) = Perfect::new(site, &node.r)?;
    let fire = Fire::new(site, &node.v_threshold, node.v_reset.as_ref())?;
    Ok(Spiking::new(site, membrane, &rest, fire))
}
