//! Windows that move over an input: convolutions and pools, from the side of the source.

use nirkit_ir::facts::{Leaf, Window};
use nirkit_numerics::Tensor;

use super::error::PrepareError;
use super::matrix::finite;
use nirkit_ir::facts::WiringError;

/// A window with the weights of its kernel.
#[derive(Clone, Debug)]
pub(super) struct Windowed {
    window: Window,
    /// Weights by output channel, input channel within the group, row and column; a single one if
    /// all are equal.
    weights: Vec<f64>,
}

impl Windowed {
    /// The convolution of a node.
    pub(super) fn convolution(leaf: &Leaf, weight: &Tensor) -> Result<Self, Vec<PrepareError>> {
        let window = window_of(leaf)?;
        let [height, width] = window.kernel;
        let len = window.channels_out * (window.channels_in / window.groups) * height * width;
        let weights = weight.to_f64().filter(|weights| weights.len() == len);
        let weights = weights.ok_or_else(|| {
            let (found, shape) = (weight.shape().to_vec(), leaf.input.clone());
            vec![
                WiringError::Parameter { node: leaf.name.clone(), field: "weight", found, shape }
                    .into(),
            ]
        })?;
        finite(leaf, "weight", &weights)?;
        Ok(Self { window, weights: weights.into_owned() })
    }

    /// The pool of a node: the sum over its window, or the mean, in which zeros around the input
    /// count too.
    pub(super) fn pool(leaf: &Leaf, mean: bool) -> Result<Self, Vec<PrepareError>> {
        let window = window_of(leaf)?;
        let area = (window.kernel[0] * window.kernel[1]) as f64;
        Ok(Self { window, weights: vec![if mean { 1.0 / area } else { 1.0 }] })
    }

    /// Calls `visit` with each target that sees a source, and the weight with which it does.
    pub(super) fn each(&self, source: u32, mut visit: impl FnMut(u32, f64)) {
        let w = &self.window;
        let (row, column) = (source as usize / w.input[1], source as usize % w.input[1]);
        let (channel, row) = (row / w.input[0], row % w.input[0]);
        let (seen, fed) = (w.channels_in / w.groups, w.channels_out / w.groups);
        let (group, within) = (channel / seen, channel % seen);
        let (rows, columns) = (self.seeing(0, row), self.seeing(1, column));
        for out in group * fed..(group + 1) * fed {
            for (y, i) in rows.clone() {
                let first = (out * w.output[0] + y) * w.output[1];
                let kernel = ((out * seen + within) * w.kernel[0] + i) * w.kernel[1];
                for (x, j) in columns.clone() {
                    let at = if self.weights.len() == 1 { 0 } else { kernel + j };
                    visit((first + x) as u32, self.weights[at]);
                }
            }
        }
    }

    /// Positions along an axis whose window sees `source`, ascending, with the element that does:
    /// those with `position * stride + element * dilation = source + before`.
    fn seeing(
        &self,
        axis: usize,
        source: usize,
    ) -> impl Iterator<Item = (usize, usize)> + Clone + use<> {
        let w = &self.window;
        let (stride, dilation) = (w.stride[axis], w.dilation[axis]);
        let at = source + w.before[axis];
        let reach = (w.kernel[axis] - 1) * dilation;
        let first = at.saturating_sub(reach).div_ceil(stride);
        let end = w.output[axis].min(at / stride + 1);
        (first..end).filter_map(move |position| {
            let rest = at - position * stride;
            // Most are not dilated, and a division takes longer than everything else here.
            match dilation {
                1 => Some((position, rest)),
                _ => rest.is_multiple_of(dilation).then(|| (position, rest / dilation)),
            }
        })
    }
}

/// The geometry that the facts hold for the node.
fn window_of(leaf: &Leaf) -> Result<Window, Vec<PrepareError>> {
    let foreign = || vec![WiringError::foreign(leaf).into()];
    leaf.window.clone().ok_or_else(foreign)
}
