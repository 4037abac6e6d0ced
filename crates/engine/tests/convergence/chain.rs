//! Which order is expected of nodes behind one another, with every map in between, and why.

use super::case::GridInput::{Steps, Swings, Train};
use super::case::Order::{Exact, One, Spikes};
use super::case::{Case, hold};

const HELD: &str = "the target holds the voltage of its source for a step";
const PASSED: &str = "a map of what is constant within each step is so, too";
const MOVED: &str = "spikes arrive where they stand, at the grid";

/// Two nodes behind one another.
fn two(first: &str, second: &str) -> String {
    format!("a = {first}\n  b = {second}\n  input -> a -> b -> output")
}

const LI: &str = "LI { tau: f64[8] [8e-3, 9e-3, 1.1e-2, 1.3e-2, 1.6e-2, 2e-2, 2.5e-2, 3e-2]
    r: f64 1.5 v_leak: f64 0.2 }";
/// Nearly the time constants of the former, and partly the same.
const LI_2: &str = "LI { tau: f64[8] [8e-3, 9e-3, 1.1e-2, 1.31e-2, 1.6e-2, 2.5e-2, 2e-2, 5e-3]
    r: f64 0.7 v_leak: f64 -0.1 }";
const I: &str = "I { r: f64[8] [20, 30, -40, 50, 60, -70, 80, 90] }";
const CUBA_LI: &str = "CubaLI { r: f64 1.5 v_leak: f64 0.2 w_in: f64 0.8
    tau_syn: f64[8] [5e-3, 7e-3, 1.1e-2, 1.3e-2, 1.5e-2, 2e-2, 2.5e-2, 3e-2]
    tau_mem: f64[8] [2e-2, 1.2e-2, 1.1e-2, 2e-2, 3e-2, 8e-3, 1.5e-2, 9e-3] }";
const LIF: &str = "LIF { tau: f64[8] [8e-3, 9e-3, 1.1e-2, 1.3e-2, 1.6e-2, 2e-2, 2.5e-2, 3e-2]
    r: f64 0.9 v_leak: f64 0.1 v_threshold: f64 1 v_reset: f64 -0.2 }";
const IF: &str =
    "IF { r: f64[8] [40, 45, 53, 61, 72, 83, 90, 97] v_threshold: f64 1.03 v_reset: f64 -0.2 }";
const CUBA_LIF: &str =
    "CubaLIF { r: f64 0.9 v_leak: f64 0.1 v_threshold: f64 1 v_reset: f64 -0.2 w_in: f64 1.1
    tau_syn: f64[8] [5e-3, 7e-3, 1.1e-2, 1.3e-2, 1.5e-2, 5e-3, 8e-3, 3e-3]
    tau_mem: f64[8] [2e-2, 1.2e-2, 1.1e-2, 2e-2, 3e-2, 8e-3, 1.5e-2, 9e-3] }";

#[test]
fn voltages_drive_integrators() {
    let case =
        |name, first, second| Case::new(name, Steps, &two(first, second), "b.v", [One, One], HELD);
    hold(&[
        case("LI into LI", LI, LI_2),
        case("LI into I", LI, I),
        case("I into LI", I, LI),
        case("I into I", I, I),
        case("CubaLI into LI", CUBA_LI, LI),
        case("LI into CubaLI", LI, CUBA_LI),
        case("CubaLI into CubaLI", CUBA_LI, CUBA_LI),
    ]);
}

#[test]
fn voltages_drive_neurons() {
    let case = |name, first, second| {
        Case::new(name, Steps, &two(first, second), "b.spikes", [Spikes, Spikes], HELD)
    };
    let li = &LI.replace("r: f64 1.5", "r: f64 0.8");
    let cuba_li = &CUBA_LI.replace("r: f64 1.5", "r: f64 1");
    hold(&[
        case("LI into LIF", li, LIF),
        case("LI into IF", li, IF),
        case("LI into CubaLIF", li, CUBA_LIF),
        case("CubaLI into LIF", cuba_li, LIF),
        case("CubaLI into CubaLIF", cuba_li, CUBA_LIF),
    ]);
}

/// A map: its name, the shape that enters, the number of channels that leave, and the node.
type Map = (&'static str, &'static [usize], usize, &'static str);

/// Delays are whole numbers of steps of every grid, such that impulses stay away from the instants
/// at which voltages are compared.
const MAPS: [Map; 9] = [
    ("Scale", &[8], 8, "Scale { scale: f64[8] [1, 0.5, -0.3, 0.8, 1.2, 0.9, -1, 0.4] }"),
    ("Linear", &[8], 2, "Linear { weight: f64[2, 8] [[1, 0.5, -0.3, 0.2, 0.6, 0.3, -0.8, 0.9], [0.4, -0.6, 0.7, 0.1, 0.5, 0.8, 0.2, -0.4]] }"),
    ("Affine", &[8], 2, "Affine { weight: f64[2, 8] [[1, 0.5, -0.3, 0.2, 0.6, 0.3, -0.8, 0.9], [0.4, -0.6, 0.7, 0.1, 0.5, 0.8, 0.2, -0.4]] bias: f64[2] [0.3, -0.2] }"),
    ("Conv1d", &[2, 5], 6, "Conv1d { weight: f64[2, 2, 3] [[[1, 0.5, -0.3], [0.2, 0.4, -0.6]], [[0.7, 0.1, 0.3], [-0.2, 0.6, 0.5]]]
    stride: i64 1 padding: i64 0 dilation: i64 1 groups: i64 1 bias: f64[2] [0.3, -0.2] }"),
    ("Conv2d", &[1, 3, 3], 18, "Conv2d { weight: f64[2, 1, 3, 3] [[[[1, 0.5, -0.3], [0.2, 0.4, -0.6], [0.1, 0, 0.7]]], [[[0.7, 0.1, 0.3], [-0.2, 0.6, 0.5], [0.4, 0, 0.2]]]]
    stride: i64[2] 1 padding: i64[2] 1 dilation: i64[2] 1 groups: i64 1 bias: f64[2] [0.3, -0.2] }"),
    ("SumPool2d", &[1, 4, 4], 4, "SumPool2d { kernel_size: i64[2] 2 stride: i64[2] 2 padding: i64[2] 0 }"),
    ("AvgPool2d", &[2, 2, 4], 4, "AvgPool2d { kernel_size: i64[2] 2 stride: i64[2] 2 padding: i64[2] 0 }"),
    ("Flatten", &[2, 4], 8, "Flatten { start_dim: i64 0 end_dim: i64 -1 }"),
    ("Delay", &[4], 4, "Delay { delay: f64[4] [0.0009765625, 0, 0.0029296875, 0.009765625] }"),
];

/// A map between two nodes, and a table with a row for each map.
fn between(first: &str, map: &str, second: &str) -> String {
    format!(
        "a = {first}\n  m = {map}\n  f = Flatten {{ start_dim: i64 0 end_dim: i64 -1 }}
  b = {second}\n  input -> a -> m -> f -> b -> output"
    )
}

#[test]
fn maps_carry_currents() {
    let li = "LI { tau: f64 1.1e-2 r: f64 1 v_leak: f64 0.1 }";
    hold(&MAPS.map(|(name, shape, ends, map)| {
        let body = between("Scale { scale: f64 0.9 }", map, li);
        Case::new(name, Steps, &body, "b.v", [One, Exact], PASSED).shaped(shape, ends)
    }));
}

#[test]
fn maps_carry_impulses() {
    let li = "LI { tau: f64 1.1e-2 r: f64 5e-3 v_leak: f64 0.1 }";
    hold(&MAPS.map(|(name, shape, ends, map)| {
        let body = between("Scale { scale: f64 0.9 }", map, li);
        Case::new(name, Train, &body, "b.v", [One, Exact], PASSED).shaped(shape, ends)
    }));
}

#[test]
fn maps_carry_voltages() {
    let first = "LI { tau: f64 1.3e-2 r: f64 1 v_leak: f64 0.1 }";
    let second = "LI { tau: f64 0.9e-2 r: f64 1 v_leak: f64 -0.1 }";
    hold(&MAPS.map(|(name, shape, ends, map)| {
        let body = between(first, map, second);
        Case::new(name, Steps, &body, "b.v", [One, One], HELD).shaped(shape, ends)
    }));
}

#[test]
fn maps_carry_spikes() {
    let first =
        "LIF { tau: f64 2.1e-2 r: f64 1.1 v_leak: f64 0.1 v_threshold: f64 1 v_reset: f64 -0.2 }";
    let second =
        "CubaLI { tau_syn: f64 5e-3 tau_mem: f64 9e-3 r: f64 1 v_leak: f64 0.1 w_in: f64 5e-3 }";
    hold(&MAPS.map(|(name, shape, ends, map)| {
        let body = between(first, map, second);
        Case::new(name, Steps, &body, "b.v", [Spikes, Spikes], MOVED).shaped(shape, ends)
    }));
}

#[test]
fn spikes_drive_neurons() {
    // Channel by channel: a second impulse exceeds the threshold by far, one alone misses it by far.
    let each = two(
        LIF,
        "Scale { scale: f64 1.3e-2 }\n  c = LIF { tau: f64 1.7e-2 r: f64 1 v_leak: f64 0.1
    v_threshold: f64 1 v_reset: f64 -0.2 }",
    )
    .replace("b -> output", "b -> c -> output");
    // All to all: what an impulse does to the voltage comes little by little.
    let all = format!(
        "a = {LIF}
  w = Affine {{ weight: f64[3, 8] [[2e-3, 1e-3, -1e-3, 2e-3, 1e-3, 3e-3, 2e-3, -1e-3],
    [1e-3, -2e-3, 3e-3, 2e-3, 1e-3, 2e-3, -1e-3, 2e-3],
    [3e-3, 2e-3, 1e-3, -2e-3, 2e-3, -1e-3, 2e-3, 1e-3]] bias: f64[3] [1.2, 1.5, 1.8] }}
  b = CubaLIF {{ tau_syn: f64 4e-3 tau_mem: f64 1.4e-2 r: f64 1 v_leak: f64 0.1 v_threshold: f64 1
    v_reset: f64 -0.2 w_in: f64 1 }}\n  input -> a -> w -> b -> output"
    );
    let threshold = format!(
        "n = {LI}\n  t = Threshold {{ threshold: f64 0.47 }}
  b = CubaLI {{ tau_syn: f64 5e-3 tau_mem: f64 9e-3 r: f64 1 v_leak: f64 0 w_in: f64 5e-3 }}
  input -> n -> t -> b -> output"
    );
    let orders = [Spikes, Spikes];
    hold(&[
        Case::new("LIF into LIF", Steps, &each, "c.spikes", orders, MOVED),
        Case::new("LIF into CubaLIF", Steps, &all, "b.spikes", orders, MOVED).shaped(&[8], 3),
        Case::new("Threshold into CubaLI", Swings, &threshold, "b.v", orders, MOVED),
    ]);
}
