//! I: integrator.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Integrator: `v' = r x`. It puts out `v`.
    I = "I" {
        /// Gain `r`.
        r: Tensor [Ohm, Neuron, Any, Required],
    }
}
