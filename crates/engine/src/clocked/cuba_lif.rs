//! `CubaLIF`: leaky integrate and fire with an exponential synapse. A reset leaves the synaptic
//! current as it is.

use nirkit_ir::primitive;

use super::cuba::{Cuba, Fields};
use super::error::PrepareError;
use super::fire::Fire;
use super::neuron::Spiking;
use super::node::Site;
use super::real::Real;

/// A `CubaLIF`.
pub(super) fn plan<T: Real>(
    node: &primitive::CubaLif,
    site: &Site<'_>,
) -> Result<Spiking<Cuba<T>, T>, PrepareError> {
    let fields = Fields {
        tau_syn: &node.tau_syn,
        tau_mem: &node.tau_mem,
        r: &node.r,
        v_leak: &node.v_leak,
        w_in: node.w_in.as_ref(),
    };
    let (membrane, rest) = Cuba::new(site, fields)?;
    let fire = Fire::new(site, &node.v_threshold, node.v_reset.as_ref())?;
    Ok(Spiking::new(site, membrane, &rest, fire))
}
