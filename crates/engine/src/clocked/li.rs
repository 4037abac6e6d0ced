//! LI: leaky integrator. It puts out its voltage after the step.

use nirkit_ir::primitive;

use super::error::PrepareError;
use super::leaky::Leaky;
use super::neuron::Integrating;
use super::node::Site;
use super::real::Real;

/// A LI.
pub(super) fn plan<T: Real>(
    node: &primitive::Li,
    site: &Site<'_>,
) -> Result<Integrating<Leaky<T>, T>, PrepareError> {
    let (membrane, rest) = Leaky::new(site, &node.tau, &node.r, &node.v_leak)?;
    Ok(Integrating::new(site, membrane, &rest))
}
