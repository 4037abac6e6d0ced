//! Conv2d: convolution along two axes.

use nirkit_numerics::Tensor;

use crate::field::{Padding, primitive};

primitive! {
    /// Cross-correlation along two axes, as in PyTorch: `y = w * x + b`.
    Conv2d = "Conv2d" {
        /// Height and width of the input, without the channels.
        input_shape: Option<Tensor> [Count, Shape, Positive, Optional("taken from what arrives")],
        /// The kernels `w`.
        weight: Tensor [One, Kernel2d, Any, Required],
        /// Step between two positions of the kernel.
        stride: Tensor [Count, Pair, Positive, Required],
        /// Zeros on each side, or `"same"` or `"valid"`.
        padding: Padding [Count, Pair, NotNegative, Required],
        /// Step between two elements of the kernel.
        dilation: Tensor [Count, Pair, Positive, Required],
        /// Groups of channels that do not see each other.
        groups: Tensor [Count, Scalar, Positive, Required],
        /// The bias `b`, one for each output channel.
        bias: Tensor [One, OutputChannel, Any, Required],
    }
}
