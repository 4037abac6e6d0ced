//! Which order is expected of each primitive, and why.
//!
//! Numbers are chosen so that no decision is close: currents lie well above thresholds, and impulses
//! exceed or miss what is lacking by far.

use nirkit_run::Reset;

use super::case::GridInput::{Steps, Swings, Train};
use super::case::Order::{Exact, One, Spikes};
use super::case::{Case, hold};

const PIECES: &str =
    "the input is constant within each step; only the leak is left to forward Euler";
const PERFECT: &str = "the input is constant within each step, and there is no leak";
const JUMPS: &str = "impulses act at the start of a step; only the decay is left to forward Euler";
const GRID: &str = "a spike and its reset stand at the end of a step";
const ARRIVAL: &str = "what happens at the start of a step is told at its end";

/// The body of a graph of one node.
fn alone(node: &str) -> String {
    format!("n = {node}\n  input -> n -> output")
}

const LI: &str = "LI { tau: f64[8] [8e-3, 9e-3, 1.1e-2, 1.3e-2, 1.6e-2, 2e-2, 2.5e-2, 3e-2]
    r: f64 1.5 v_leak: f64[8] [0.2, 0.1, 0, -0.1, 0.2, 0.1, 0, -0.1] }";
const I: &str = "I { r: f64[8] [20, 30, -40, 50, 60, -70, 80, 90] }";
/// The third channel has equal time constants.
const CUBA_LI: &str = "CubaLI { r: f64 1.5 v_leak: f64 0.2 w_in: f64 0.8
    tau_syn: f64[8] [5e-3, 7e-3, 1.1e-2, 1.3e-2, 1.5e-2, 2e-2, 2.5e-2, 3e-2]
    tau_mem: f64[8] [2e-2, 1.2e-2, 1.1e-2, 2e-2, 3e-2, 8e-3, 1.5e-2, 9e-3] }";

#[test]
fn integrators_under_currents() {
    hold(&[
        Case::new("LI", Steps, &alone(LI), "n.v", [One, Exact], PIECES),
        Case::new("I", Steps, &alone(I), "n.v", [Exact, Exact], PERFECT),
        Case::new("CubaLI", Steps, &alone(CUBA_LI), "n.v", [One, Exact], PIECES),
        Case::new("CubaLI, isyn", Steps, &alone(CUBA_LI), "n.isyn", [One, Exact], PIECES),
    ]);
}

/// The same with gains for impulses, whose area of 1 is divided by a time constant.
fn for_impulses(node: &str) -> String {
    alone(
        &node
            .replace("r: f64 1.5 v_leak: f64[8]", "r: f64 4e-3 v_leak: f64[8]")
            .replace("0.8", "4e-3"),
    )
}

#[test]
fn integrators_under_impulses() {
    let perfect = "I { r: f64[8] [0.2, 0.3, -0.4, 0.5, 0.6, -0.7, 0.8, 0.9] }";
    hold(&[
        Case::new("LI, impulses", Train, &for_impulses(LI), "n.v", [One, Exact], JUMPS),
        Case::new("I, impulses", Train, &alone(perfect), "n.v", [Exact, Exact], PERFECT),
        Case::new("CubaLI, impulses", Train, &for_impulses(CUBA_LI), "n.v", [One, Exact], JUMPS),
    ]);
}

/// A neuron with the equation of an integrator and a threshold that it does not reach.
fn quiet(integrator: &str, neuron: &str) -> String {
    let (primitive, fields) = integrator.split_once(" {").unwrap();
    let fields = fields.strip_suffix('}').unwrap();
    alone(&format!(
        "{} {{{fields} v_threshold: f64 20 v_reset: f64 0 }}",
        primitive.replace(primitive, neuron)
    ))
}

#[test]
fn neurons_below_their_threshold() {
    let (lif, r#if, cuba) = (quiet(LI, "LIF"), quiet(I, "IF"), quiet(CUBA_LI, "CubaLIF"));
    hold(&[
        Case::new("LIF, quiet", Steps, &lif, "n.v", [One, Exact], PIECES),
        Case::new("IF, quiet", Steps, &r#if, "n.v", [Exact, Exact], PERFECT),
        Case::new("CubaLIF, quiet", Steps, &cuba, "n.v", [One, Exact], PIECES),
        Case::new("CubaLIF, isyn", Steps, &cuba, "n.isyn", [One, Exact], PIECES),
    ]);
}

/// `v_leak` is not 0, and `v_reset` is not `v_leak`.
const LIF: &str = "LIF { tau: f64[8] [8e-3, 9e-3, 1.1e-2, 1.3e-2, 1.6e-2, 2e-2, 2.5e-2, 3e-2]
    r: f64 0.9 v_leak: f64 0.1 v_threshold: f64 1 v_reset: f64 -0.2 }";
const IF: &str =
    "IF { r: f64[8] [40, 45, 53, 61, 72, 83, 90, 97] v_threshold: f64 1.03 v_reset: f64 -0.2 }";
const CUBA_LIF: &str =
    "CubaLIF { r: f64 0.9 v_leak: f64 0.1 v_threshold: f64 1 v_reset: f64 -0.2 w_in: f64 1.1
    tau_syn: f64[8] [5e-3, 7e-3, 1.1e-2, 1.3e-2, 1.5e-2, 5e-3, 8e-3, 3e-3]
    tau_mem: f64[8] [2e-2, 1.2e-2, 1.1e-2, 2e-2, 3e-2, 8e-3, 1.5e-2, 9e-3] }";

#[test]
fn neurons_that_spike() {
    let rows =
        [("LIF", LIF), ("IF", IF), ("CubaLIF", CUBA_LIF)].into_iter().flat_map(|(name, node)| {
            let row = Case::new(name, Steps, &alone(node), "n.spikes", [Spikes, Spikes], GRID);
            [Reset::VReset, Reset::Zero, Reset::Subtract].map(|reset| row.clone().reset(reset))
        });
    hold(&rows.collect::<Vec<_>>());
}

#[test]
fn neurons_that_spike_under_impulses() {
    let lif = alone(&LIF.replace("r: f64 0.9", "r: f64 7e-3"));
    let r#if = "IF { r: f64[8] [0.4, 0.6, 0.7, 0.8, 0.5, 0.45, 0.65, 0.75] v_threshold: f64 1.03 v_reset: f64 -0.2 }";
    let cuba = alone(&CUBA_LIF.replace("w_in: f64 1.1", "w_in: f64 9e-3"));
    hold(&[
        Case::new("LIF, impulses", Train, &lif, "n.spikes", [One, One], ARRIVAL),
        Case::new("IF, impulses", Train, &alone(r#if), "n.spikes", [One, One], ARRIVAL),
        Case::new("CubaLIF, impulses", Train, &cuba, "n.spikes", [Spikes, Spikes], GRID),
    ]);
}

/// A Threshold behind another node.
fn above(node: &str, level: &str) -> String {
    format!("n = {node}\n  t = Threshold {{ threshold: f64 {level} }}\n  input -> n -> t -> output")
}

#[test]
fn thresholds() {
    let plain = "t = Threshold { threshold: f64 2.2 }\n  input -> t -> output";
    let perfect = above("I { r: f64[8] [200, 230, 270, 310, 350, 380, 420, 450] }", "0.31");
    let leaky = above(
        "LI { tau: f64[8] [3e-3, 3.3e-3, 3.6e-3, 4e-3, 4.3e-3, 4.6e-3, 5e-3, 5.3e-3] r: f64 1
    v_leak: f64 0 }",
        "0.15",
    );
    let cuba = above(
        "CubaLI { tau_syn: f64[3] [2e-3, 1e-3, 3e-3] tau_mem: f64[3] [1e-3, 2e-3, 3e-3] r: f64 1
    v_leak: f64 0 w_in: f64 1 }",
        "0.15",
    );
    hold(&[
        Case::new("Threshold", Steps, plain, "t.spikes", [One, One], ARRIVAL),
        Case::new("I into Threshold", Swings, &perfect, "t.spikes", [Spikes, Spikes], GRID),
        Case::new("LI into Threshold", Swings, &leaky, "t.spikes", [Spikes, Spikes], GRID),
        Case::new("CubaLI into Threshold", Swings, &cuba, "t.spikes", [Spikes, Spikes], GRID)
            .shaped(&[3], 3),
    ]);
}
