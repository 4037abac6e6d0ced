//! Input: where a signal enters a graph.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// A point where a signal enters the graph: `y = x`.
    Input = "Input" {
        /// Lengths of the axes of the signal, without time and batch.
        shape: Tensor [Count, Shape, Positive, Required],
    }
}
