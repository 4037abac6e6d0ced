//! Delay: the input, later.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// The input, later: `y(t) = x(t - d)`, and 0 for `t < d`.
    Delay = "Delay" {
        /// The delay `d`, at least 0.
        delay: Tensor [Second, Neuron, NotNegative, Required],
    }
}
