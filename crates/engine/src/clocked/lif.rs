//! LIF: leaky integrate and fire.

use nirkit_ir::primitive;

use super::error::PrepareError;
use super::fire::Fire;
use super::leaky::Leaky;
use super::neuron::Spiking;
use super::node::Site;
use super::real::Real;

/// A LIF.
pub(super) fn plan<T: Real>(
    node: &primitive::Lif,
    site: &Site<'_>,
) -> Result<Spiking<Leaky<T>, T>, PrepareError> {
    let (membrane, rest) = Leaky::new(site, &node.tau, &node.r, &node.v_leak)?;
    let fire = Fire::new(site, &node.v_threshold, node.v_reset.as_ref())?;
    Ok(Spiking::new(site, membrane, &rest, fire))
}
