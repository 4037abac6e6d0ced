//! How a window moves over an input: the geometry of convolutions and pools.

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
