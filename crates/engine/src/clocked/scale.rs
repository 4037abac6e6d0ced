//! Scale: `y = s x`, channel by channel.

use nirkit_ir::primitive;

use super::error::PrepareError;
use super::map::{Map, Mapped};
use super::node::Site;
use super::parameter::{Columns, Parameter};
use super::real::Real;

/// The factors.
#[derive(Debug)]
pub(super) struct Scale<T>(Columns<T, 1>);

/// A Scale.
pub(super) fn plan<T: Real>(
    node: &primitive::Scale,
    site: &Site<'_>,
) -> Result<Mapped<Scale<T>>, PrepareError> {
    let scale = Parameter::of(site.leaf, "scale", &node.scale)?;
    Ok(Mapped(Scale(Columns::new(site.channels(), [&scale], |scale| scale))))
}

impl<T: Real> Map<T> for Scale<T> {
    fn apply(&self, input: &[T], output: &mut [T]) {
        let output = &mut output[..input.len()];
        self.0.visit(input.len(), |channel, [scale]| output[channel] = scale * input[channel]);
    }
}
