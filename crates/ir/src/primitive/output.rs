//! Output: where a signal leaves a graph.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// A point where a signal leaves the graph: `y = x`.
    Output = "Output" {
        /// Lengths of the axes of the signal, without time and batch.
        shape: Tensor [Count, Shape, Positive, Required],
    }
}
