//! AvgPool2d: means over windows.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Mean over each window of each channel; the zeros around the input count as elements.
    AvgPool2d = "AvgPool2d" {
        /// Height and width of the window.
        kernel_size: Tensor [Count, Pair, Positive, Required],
        /// Step between two windows.
        stride: Tensor [Count, Pair, Positive, Required],
        /// Zeros on each side.
        padding: Tensor [Count, Pair, NotNegative, Required],
    }
}
