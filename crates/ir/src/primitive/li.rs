//! LI: leaky integrator.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Leaky integrator: `tau v' = (v_leak - v) + r x`. It puts out `v`.
    Li = "LI" {
        /// Time constant, above 0.
        tau: Tensor [Second, Neuron, Positive, Required],
        /// Gain `r`.
        r: Tensor [Ohm, Neuron, Any, Required],
        /// Value at rest.
        v_leak: Tensor [Volt, Neuron, Any, Required],
    }
}
