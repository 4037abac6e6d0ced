//! Flatten: joins axes.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Joins the axes from `start_dim` to `end_dim` into one; the elements stay in C order.
    Flatten = "Flatten" {
        /// Lengths of the axes of the input.
        input_type: Option<Tensor> [Count, Shape, Positive, Optional("taken from what arrives")],
        /// First axis that is joined; a negative number counts from the last.
        start_dim: Tensor [Count, Scalar, Any, Required],
        /// Last axis that is joined; a negative number counts from the last.
        end_dim: Tensor [Count, Scalar, Any, Required],
    }
}
