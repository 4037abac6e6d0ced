//! `CubaLI`: leaky integrator with an exponential synapse. It puts out its voltage after the step.

use nirkit_ir::primitive;

use super::cuba::{Cuba, Fields};
use super::error::PrepareError;
use super::neuron::Integrating;
use super::node::Site;
use super::real::Real;

/// A `CubaLI`.
pub(super) fn plan<T: Real>(
    node: &primitive::CubaLi,
    site: &Site<'_>,
) -> Result<Integrating<Cuba<T>, T>, PrepareError> {
    let fields = Fields {
        tau_syn: &node.tau_syn,
        tau_mem: &node.tau_mem,
        r: &node.r,
        v_leak: &node.v_leak,
        w_in: node.w_in.as_ref(),
    };
    let (membrane, rest) = Cuba::new(site, fields)?;
    Ok(Integrating::new(site, membrane, &rest))
}
