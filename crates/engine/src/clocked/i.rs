//! I: integrator. It puts out its voltage after the step.

use nirkit_ir::primitive;

use super::error::PrepareError;
use super::neuron::Integrating;
use super::node::Site;
use super::perfect::Perfect;
use super::real::Real;

/// An I.
pub(super) fn plan<T: Real>(
    node: &primitive::I,
    site: &Site<'_>,
) -> Result<Integrating<Perfect<T>, T>, PrepareError> {
    let (membrane, rest) = Perfect::new(site, &node.r)?;
    Ok(Integrating::new(site, membrane, &rest))
}
