//! Linear: a matrix.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// A linear map: `y = W x`.
    Linear = "Linear" {
        /// The matrix `W`.
        weight: Tensor [One, Matrix, Any, Required],
    }
}
