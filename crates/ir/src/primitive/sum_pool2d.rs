//! SumPool2d: sums over windows.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Sum over each window of each channel, with zeros around the input.
    SumPool2d = "SumPool2d" {
        /// Height and width of the window.
        kernel_size: Tensor [Count, Pair, Positive, Required],
        /// Step between two windows.
        stride: Tensor [Count, Pair, Positive, Required],
        /// Zeros on each side.
        padding: Tensor [Count, Pair, NotNegative, Required],
    }
}
