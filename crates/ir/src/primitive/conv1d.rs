//! Conv1d: convolution along one axis.

use nirkit_numerics::Tensor;

use crate::field::{Padding, primitive};

primitive! {
    /// Cross-correlation along one axis, as in PyTorch: `y = w * x + b`.
    Conv1d = "Conv1d" {
        /// Length of the axis of the input, without the channels.
        input_shape: Option<Tensor> [Count, Shape, Positive, Optional("taken from what arrives")],
        /// The kernels `w`.
        weight: Tensor [One, Kernel1d, Any, Required],
        /// Step between two positions of the kernel.
        stride: Tensor [Count, Scalar, Positive, Required],
        /// Zeros on each side, or `"same"` or `"valid"`.
        padding: Padding [Count, Scalar, NotNegative, Required],
        /// Step between two elements of the kernel.
        dilation: Tensor [Count, Scalar, Positive, Required],
        /// Groups of channels that do not see each other.
        groups: Tensor [Count, Scalar, Positive, Required],
        /// The bias `b`, one for each output channel.
        bias: Tensor [One, OutputChannel, Any, Required],
    }
}
