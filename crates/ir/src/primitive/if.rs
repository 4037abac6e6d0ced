//! IF: integrate and fire.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Integrate and fire: `v' = r x`; a spike and a reset when `v > v_threshold`.
    If = "IF" {
        /// Gain `r`.
        r: Tensor [Ohm, Neuron, Any, Required],
        /// Level above which the neuron spikes.
        v_threshold: Tensor [Volt, Neuron, Any, Required],
        /// Value after a spike.
        v_reset: Option<Tensor> [Volt, Neuron, Any, Optional("0")],
    }
}
