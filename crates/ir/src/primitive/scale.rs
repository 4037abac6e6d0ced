//! Scale: a factor for each channel.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// A factor for each channel: `y = s x`.
    Scale = "Scale" {
        /// The factor `s`.
        scale: Tensor [One, Neuron, Any, Required],
    }
}
