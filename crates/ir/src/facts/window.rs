//! How a window moves over an input: the geometry of convolutions and pools.

use nirkit_numerics::Tensor;

use super::count::{per_axis, single};
use super::size::elements;
use crate::field::Padding;
use crate::primitive::Primitive;

/// A window that moves over two axes. A convolution along one axis has height 1.
///
/// Output `(y, x)` sees input `(y * stride[0] - before[0] + i * dilation[0], ...)` for each kernel
/// row `i`; what lies outside the input is zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Channels that enter.
    pub channels_in: usize,
    /// Channels that leave.
    pub channels_out: usize,
    /// Groups of channels that do not see each other; for pools every channel is its own group.
    pub groups: usize,
    /// Height and width of the kernel, in elements.
    pub kernel: [usize; 2],
    /// Steps between two positions.
    pub stride: [usize; 2],
    /// Steps between two elements of the kernel.
    pub dilation: [usize; 2],
    /// Zeros before the first row and column.
    pub before: [usize; 2],
    /// Zeros after the last row and column.
    pub after: [usize; 2],
    /// Height and width of the input.
    pub input: [usize; 2],
    /// Height and width of the output.
    pub output: [usize; 2],
}

impl Window {
    /// Elements of the input with the zeros around it, at most [`u64::MAX`].
    #[must_use]
    pub fn padded(&self) -> u64 {
        let along = |axis: usize| {
            self.input[axis].saturating_add(self.before[axis]).saturating_add(self.after[axis])
        };
        elements(&[self.channels_in, along(0), along(1)])
    }

    /// Elements that one position of the kernel covers, at most [`u64::MAX`].
    #[must_use]
    pub fn covered(&self) -> u64 {
        let seen = self.channels_in / self.groups.max(1);
        elements(&[seen, self.kernel[0], self.kernel[1]])
    }

    /// Products of one step, at most [`u64::MAX`].
    #[must_use]
    pub fn products(&self) -> u64 {
        let leave = elements(&[self.channels_out, self.output[0], self.output[1]]);
        leave.saturating_mul(self.covered())
    }
}

/// A kernel with its steps, before the input is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kernel {
    channels_out: usize,
    /// Input channels that each output channel sees.
    channels_seen: usize,
    groups: usize,
    axes: [Axis; 2],
}

impl Kernel {
    /// The kernel of a convolution or a pool; `None` for other primitives and broken fields.
    pub(crate) fn of(primitive: &Primitive) -> Option<Self> {
        match primitive {
            Primitive::Conv1d(p) => {
                let axis = axes(p.weight.shape().get(2..)?, &p.stride, &p.padding, &p.dilation)?;
                let [axis]: [Axis; 1] = axis;
                Self::convolution(p.weight.shape(), &p.groups, [Axis::ONE, axis])
            }
            Primitive::Conv2d(p) => {
                let axes = axes(p.weight.shape().get(2..)?, &p.stride, &p.padding, &p.dilation)?;
                Self::convolution(p.weight.shape(), &p.groups, axes)
            }
            Primitive::SumPool2d(p) => Self::pool(&p.kernel_size, &p.stride, &p.padding),
            Primitive::AvgPool2d(p) => Self::pool(&p.kernel_size, &p.stride, &p.padding),
            _ => None,
        }
    }

    fn convolution(weight: &[usize], groups: &Tensor, axes: [Axis; 2]) -> Option<Self> {
        let groups = usize::try_from(single(groups)?).ok().filter(|&groups| groups > 0)?;
        let [channels_out, channels_seen] = *weight.first_chunk()?;
        channels_seen.checked_mul(groups)?;
        Some(Self { channels_out, channels_seen, groups, axes })
    }

    fn pool(kernel: &Tensor, stride: &Tensor, padding: &Tensor) -> Option<Self> {
        let kernel: [usize; 2] = per_axis(kernel)?;
        let padding = Padding::Amount(padding.clone());
        let axes = axes(&kernel, stride, &padding, &Tensor::scalar(1_i64))?;
        Some(Self { channels_out: 1, channels_seen: 1, groups: 1, axes })
    }

    /// The same kernel for each of so many channels by itself.
    pub(crate) fn over_channels(self, channels: usize) -> Self {
        Self { channels_out: channels, channels_seen: 1, groups: channels, ..self }
    }

    /// Channels that enter.
    pub(crate) fn channels_in(&self) -> usize {
        self.channels_seen * self.groups
    }

    /// Height and width that the kernel covers, dilation included.
    pub(crate) fn reach(&self) -> [usize; 2] {
        self.axes.map(|axis| axis.reach().map_or(usize::MAX, |reach| reach.saturating_add(1)))
    }

    /// Moves the kernel over an input; `None` when it does not fit.
    pub(crate) fn place(&self, input: [usize; 2]) -> Option<Window> {
        let (top, bottom, rows) = self.axes[0].place(input[0])?;
        let (left, right, columns) = self.axes[1].place(input[1])?;
        Some(Window {
            channels_in: self.channels_in(),
            channels_out: self.channels_out,
            groups: self.groups,
            kernel: self.axes.map(|axis| axis.kernel),
            stride: self.axes.map(|axis| axis.stride),
            dilation: self.axes.map(|axis| axis.dilation),
            before: [top, left],
            after: [bottom, right],
            input,
            output: [rows, columns],
        })
    }
}

/// The steps along each axis of a kernel.
fn axes<const AXES: usize>(
    kernel: &[usize],
    stride: &Tensor,
    padding: &Padding,
    dilation: &Tensor,
) -> Option<[Axis; AXES]> {
    let kernel: [usize; AXES] = kernel.try_into().ok()?;
    let (stride, dilation): ([usize; AXES], [usize; AXES]) =
        (per_axis(stride)?, per_axis(dilation)?);
    let padding: [AxisPadding; AXES] = match padding {
        Padding::Amount(zeros) => per_axis::<AXES>(zeros)?.map(AxisPadding::Each),
        Padding::Rule(rule) if rule.as_str() == Some("same") => [AxisPadding::Same; AXES],
        Padding::Rule(_) => [AxisPadding::Each(0); AXES],
    };
    let axis = |k: usize| Axis {
        kernel: kernel[k],
        stride: stride[k].max(1),
        dilation: dilation[k],
        padding: padding[k],
    };
    Some(std::array::from_fn(axis))
}

/// Steps and padding of a window along one axis, before the input is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
    pub(crate) padding: AxisPadding,
}

/// Zeros along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AxisPadding {
    /// As many on each side.
    Each(usize),
    /// As many in all as keep the length with stride 1; an odd one goes to the end, as in PyTorch.
    Same,
}

impl Axis {
    /// The axis along which nothing happens: Conv1d's height.
    pub(crate) const ONE: Self =
        Self { kernel: 1, stride: 1, dilation: 1, padding: AxisPadding::Each(0) };

    /// Distance from the first to the last element of the kernel; `None` beyond `usize`.
    fn reach(self) -> Option<usize> {
        self.dilation.checked_mul(self.kernel.checked_sub(1)?)
    }

    /// Zeros before and after, and length of the output; `None` when the kernel does not fit.
    pub(crate) fn place(self, input: usize) -> Option<(usize, usize, usize)> {
        let reach = self.reach()?;
        let (before, after) = match self.padding {
            AxisPadding::Each(zeros) => (zeros, zeros),
            AxisPadding::Same => (reach / 2, reach - reach / 2),
        };
        let room = input.checked_add(before)?.checked_add(after)?.checked_sub(reach + 1)?;
        Some((before, after, room / self.stride + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_torch() {
        // torch.nn.Conv1d(1, 1, 3, stride=2, padding=1, dilation=2) maps length 10 to 4.
        let axis = Axis { kernel: 3, stride: 2, dilation: 2, padding: AxisPadding::Each(1) };
        assert_eq!(axis.place(10), Some((1, 1, 4)));
        // torch.nn.Conv1d(1, 1, 4, padding="same") pads 1 before and 2 after.
        let same = Axis { kernel: 4, padding: AxisPadding::Same, ..Axis::ONE };
        assert_eq!(same.place(7), Some((1, 2, 7)));
        assert_eq!(Axis { kernel: 5, ..Axis::ONE }.place(3), None);
    }
}
