//! Affine: a matrix and a bias.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// A linear map with a bias: `y = W x + b`. In continuous time the bias is a constant current.
    Affine = "Affine" {
        /// The matrix `W`.
        weight: Tensor [One, Matrix, Any, Required],
        /// The bias `b`.
        bias: Tensor [One, OutputChannel, Any, Required],
    }
}
