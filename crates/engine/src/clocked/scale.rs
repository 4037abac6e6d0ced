//! Scale: `y = s x`, channel by channel.

use nirkit_ir::primitive;
use nirkit_step::{BufferId, Operation};

use super::error::PrepareError;
use super::lower::numbers::spread;
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

    fn lowered(&self, [from, to]: [BufferId; 2], channels: usize, _: bool) -> Operation {
        Operation::Scale { from, factors: spread(&self.0, channels), to }
    }
}
