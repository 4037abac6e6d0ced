//! CubaLI: leaky integrator with an exponential synapse.

use nirkit_numerics::Tensor;

use crate::field::primitive;

primitive! {
    /// Leaky integrator with an exponential synapse: `tau_syn i' = -i + w_in x`,
    /// `tau_mem v' = (v_leak - v) + r i`. It puts out `v`.
    CubaLi = "CubaLI" {
        /// Time constant of the synapse, above 0.
        tau_syn: Tensor [Second, Neuron, Positive, Required],
        /// Time constant of the membrane, above 0.
        tau_mem: Tensor [Second, Neuron, Positive, Required],
        /// Gain from the current to the voltage.
        r: Tensor [Ohm, Neuron, Any, Required],
        /// Value at rest.
        v_leak: Tensor [Volt, Neuron, Any, Required],
        /// Gain from the input to the current.
        w_in: Option<Tensor> [One, Neuron, Any, Optional("1")],
    }
}
