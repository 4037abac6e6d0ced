//! LIF: leaky integrate and fire.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Leaky integrate and fire: `tau v' = (v_leak - v) + r x`; a spike and a reset when
    /// `v > v_threshold`.
    Lif = "LIF" {
        /// Time constant, above 0.
        tau: Tensor [Second, Neuron, Positive, Required],
        /// Gain `r`.
        r: Tensor [Ohm, Neuron, Any, Required],
        /// Value at rest.
        v_leak: Tensor [Volt, Neuron, Any, Required],
        /// Level above which the neuron spikes.
        v_threshold: Tensor [Volt, Neuron, Any, Required],
        /// Value after a spike.
        v_reset: Option<Tensor> [Volt, Neuron, Any, Optional("0")],
    }
}
