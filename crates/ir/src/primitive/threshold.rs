//! Threshold: a spike when a continuous input rises above a level.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// A spike at each instant at which the continuous input rises above the level. No state, no
    /// reset.
    Threshold = "Threshold" {
        /// The level.
        threshold: Tensor [One, Neuron, Any, Required],
    }
}
