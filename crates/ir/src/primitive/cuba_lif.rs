//! CubaLIF: leaky integrate and fire with an exponential synapse.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Leaky integrate and fire with an exponential synapse: `tau_syn i' = -i + w_in x`,
    /// `tau_mem v' = (v_leak - v) + r i`; a spike and a reset of `v` when `v > v_threshold`.
    CubaLif = "CubaLIF" {
        /// Time constant of the synapse, above 0.
        tau_syn: Tensor [Second, Neuron, Positive, Required],
        /// Time constant of the membrane, above 0.
        tau_mem: Tensor [Second, Neuron, Positive, Required],
        /// Gain from the current to the voltage.
        r: Tensor [Ohm, Neuron, Any, Required],
        /// Value at rest.
        v_leak: Tensor [Volt, Neuron, Any, Required],
        /// Level above which the neuron spikes.
        v_threshold: Tensor [Volt, Neuron, Any, Required],
        /// Value after a spike.
        v_reset: Option<Tensor> [Volt, Neuron, Any, Optional("0")],
        /// Gain from the input to the current.
        w_in: Option<Tensor> [One, Neuron, Any, Optional("1")],
    }
}
