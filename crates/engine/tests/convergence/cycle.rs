//! Which order is expected of recurrent graphs, and why.

use super::case::GridInput::Steps;
use super::case::Order::{One, Spikes};
use super::case::{Case, hold};

const BACK: &str = "feedback takes a step, which vanishes, and arrives when its spike stands";
const DELAYED: &str = "the Delay ends on the grid, the spike that goes through it stands there";
const HELD: &str = "each voltage is held for a step, the one that closes the cycle for two";

/// A neuron of three channels under currents, with nodes on its way back to itself.
fn recurrent(neuron: &str, back: &str, way: &str) -> String {
    format!("n = {neuron}\n  {back}\n  input -> n -> output\n  n -> {way} -> n")
}

const LIF: &str =
    "LIF { tau: f64[3] [1.6e-2, 2e-2, 2.7e-2] r: f64 0.9 v_leak: f64 0.1 v_threshold: f64 1
    v_reset: f64 -0.2 }";
const CUBA_LIF: &str =
    "CubaLIF { tau_syn: f64[3] [5e-3, 7e-3, 4e-3] tau_mem: f64[3] [1.6e-2, 2e-2, 2.7e-2] r: f64 1.4
    v_leak: f64 0.1 v_threshold: f64 1 v_reset: f64 -0.2 w_in: f64 1 }";
const IF: &str = "IF { r: f64[3] [40, 53, 67] v_threshold: f64 1 v_reset: f64 -0.2 }";

#[test]
fn feedback_without_delay() {
    let own = "w = Linear { weight: f64[3, 3] [[-5e-3, 0, 0], [0, 4e-3, 0], [0, 0, -8e-3]] }";
    let all = "w = Linear { weight: f64[3, 3] [[-2e-3, 1e-3, 2e-3], [3e-3, -3e-3, -2e-3], [-2e-3, 3e-3, -1e-3]] }";
    let biased = "w = Affine { weight: f64[3, 3] [[-2e-3, 1e-3, 2e-3], [3e-3, -3e-3, -2e-3], [-2e-3, 3e-3, -1e-3]] bias: f64[3] [0.3, -0.2, 0.5] }";
    let case = |name, neuron, back| {
        Case::new(name, Steps, &recurrent(neuron, back, "w"), "n.spikes", [Spikes, Spikes], BACK)
            .shaped(&[3], 3)
    };
    hold(&[
        case("LIF onto itself", LIF, own),
        case("IF onto itself", IF, own),
        case("CubaLIF onto itself", CUBA_LIF, own),
        case("CubaLIF onto all", CUBA_LIF, all),
        case("CubaLIF onto all, biased", CUBA_LIF, biased),
    ]);
}

#[test]
fn feedback_with_a_delay() {
    let delay = "d = Delay { delay: f64[3] [0.0009765625, 0.0029296875, 0.009765625] }";
    let own = format!("{delay}\n  w = Scale {{ scale: f64[3] [-5e-3, 4e-3, -8e-3] }}");
    let all = format!(
        "{delay}\n  w = Linear {{ weight: f64[3, 3] [[-2e-3, 1e-3, 2e-3], [3e-3, -3e-3, -2e-3], [-2e-3, 3e-3, -1e-3]] }}"
    );
    let case = |name, neuron, back: &str| {
        Case::new(
            name,
            Steps,
            &recurrent(neuron, back, "d -> w"),
            "n.spikes",
            [Spikes, Spikes],
            DELAYED,
        )
        .shaped(&[3], 3)
    };
    hold(&[
        case("LIF, delayed", LIF, &own),
        case("IF, delayed", IF, &own),
        case("CubaLIF, delayed", CUBA_LIF, &all),
    ]);
}

#[test]
fn a_threshold_that_pulls_its_integrator_back() {
    // As a LIF whose reset takes a fixed amount off.
    let body = "n = LI { tau: f64[3] [1.6e-2, 2e-2, 2.7e-2] r: f64 1 v_leak: f64 0 }
  t = Threshold { threshold: f64 1.03 }\n  w = Scale { scale: f64[3] [-9e-3, -1.3e-2, -1.9e-2] }
  input -> n -> t -> output\n  t -> w -> n";
    hold(&[Case::new("LI and Threshold", Steps, body, "t.spikes", [Spikes, Spikes], BACK)
        .shaped(&[3], 3)]);
}

#[test]
fn integrators_in_a_cycle() {
    let li = "LI { tau: f64[3] [8e-3, 1.2e-2, 3e-2] r: f64 0.9 v_leak: f64[3] [0.2, 0, -0.1] }";
    let w =
        "w = Linear { weight: f64[3, 3] [[-0.8, 0.3, 0.2], [0.3, -0.6, -0.2], [-0.5, 0.3, 0.4]] }";
    let delay = "d = Delay { delay: f64[3] [0.0009765625, 0.0029296875, 0.009765625] }";
    let at_once = recurrent(li, w, "w");
    let later = recurrent(li, &format!("{w}\n  {delay}"), "d -> w");
    hold(&[
        Case::new("LI in a cycle", Steps, &at_once, "n.v", [One, One], HELD).shaped(&[3], 3),
        Case::new("LI in a cycle, delayed", Steps, &later, "n.v", [One, One], HELD).shaped(&[3], 3),
    ]);
}
