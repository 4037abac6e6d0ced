//! The orders hold for random parameters, not only for those of the tables.
//!
//! Conditions are kept good: currents of 2 to 4 times what holds a neuron at its threshold, so that
//! it crosses steeply, some five times, and weights of impulses well below what currents do. The grid
//! is fitted to the time constants. The cases are the same in every run.

use nirkit_engine::clocked::Integrator;
use nirkit_run::{Reset, Signal, Stimulus};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::case::Order;
use super::measure::Task;

/// Channels of every signal.
const WIDTH: usize = 6;
/// Pieces of a current.
const PIECES: usize = 8;
/// Steps of the coarsest grid for each piece.
const STEPS: usize = 128;

fn config(cases: u32) -> ProptestConfig {
    let (rng_seed, failure_persistence) = (RngSeed::Fixed(0x6e69_726b), None);
    ProptestConfig { cases, rng_seed, failure_persistence, ..ProptestConfig::default() }
}

/// `nodes` stands for nodes and edges between `input` and `output`; the run takes about four times
/// `tau` seconds under currents whose pieces are given.
fn task(nodes: &str, tau: f64, currents: &[f64], watch: &str) -> Task {
    let text = format!(
        "nirt 1\ngraph {{\n  input = Input {{ shape: i64[1] [{WIDTH}] }}
  output = Output {{ shape: i64[1] [{WIDTH}] }}\n  {nodes}\n}}"
    );
    // The power of two below tau / 200.
    let coarse = (0..60).map(|k| 0.5_f64.powi(k)).find(|&step| step < tau / 200.0).unwrap();
    let breakpoints = (0..PIECES).map(|k| (k * STEPS) as f64 * coarse).collect();
    let signal = Signal::Current { channels: WIDTH, breakpoints, values: currents.to_vec() };
    let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
    Task { coarse, steps: PIECES * STEPS, ..Task::new(&text, stimulus, watch) }
}

/// Fails if a task does not have these orders under forward Euler and the exponential integrator.
fn check(task: &Task, orders: [Order; 2]) -> Result<(), TestCaseError> {
    let ideal = task.ideal();
    prop_assert!(ideal.len() >= 3 * WIDTH, "too little to compare: {ideal:?}");
    for (integrator, order) in [Integrator::Euler, Integrator::Exponential].into_iter().zip(orders)
    {
        let (holds, found) = order.judge(&task.errors(&ideal, integrator, 0));
        prop_assert!(holds, "{integrator}: {found}, expected {order:?}");
    }
    Ok(())
}

fn list(values: &[f64]) -> String {
    format!("f64[{}] {values:?}", values.len())
}

fn currents() -> impl Strategy<Value = Vec<f64>> {
    vec(2.0..4.0, PIECES * WIDTH)
}

/// A factor on a time constant, one for each channel.
fn spread() -> impl Strategy<Value = Vec<f64>> {
    vec(0.8..1.6, WIDTH)
}

fn times(factors: &[f64], tau: f64) -> String {
    list(&factors.iter().map(|factor| factor * tau).collect::<Vec<_>>())
}

/// A node that puts out its voltage.
fn integrator(tau: f64) -> impl Strategy<Value = String> {
    let li = (spread(), 0.5..1.5, -0.3..0.3).prop_map(move |(taus, r, leak)| {
        format!("LI {{ tau: {} r: f64 {r:?} v_leak: f64 {leak:?} }}", times(&taus, tau))
    });
    let i = (0.3..1.0).prop_map(move |r: f64| format!("I {{ r: f64 {:?} }}", r / tau));
    let cuba = (spread(), spread(), 0.5..1.5, -0.3..0.3).prop_map(move |(syn, mem, r, leak)| {
        let (syn, mem) = (times(&syn, tau), times(&mem, tau));
        format!(
            "CubaLI {{ tau_syn: {syn} tau_mem: {mem} r: f64 {r:?} v_leak: f64 {leak:?} w_in: f64 1 }}"
        )
    });
    prop_oneof![2 => li, 1 => i, 2 => cuba]
}

/// A neuron whose threshold a current of 1 would just hold it at.
fn neuron(tau: f64) -> impl Strategy<Value = String> {
    let levels = |leak: f64, reset: f64| {
        format!("v_leak: f64 {leak:?} v_threshold: f64 1 v_reset: f64 {reset:?}")
    };
    let lif = (spread(), -0.1..0.1, -0.3..0.2).prop_map(move |(taus, leak, reset)| {
        format!("LIF {{ tau: {} r: f64 1 {} }}", times(&taus, tau), levels(leak, reset))
    });
    let perfect = (spread(), -0.3..0.2).prop_map(move |(gains, reset)| {
        let r = list(&gains.iter().map(|gain| 0.6 * gain / tau).collect::<Vec<_>>());
        format!("IF {{ r: {r} v_threshold: f64 1 v_reset: f64 {reset:?} }}")
    });
    prop_oneof![2 => lif, 1 => perfect, 2 => smooth_neuron(tau)]
}

/// A neuron whose voltage does not jump when a spike arrives.
fn smooth_neuron(tau: f64) -> impl Strategy<Value = String> {
    (spread(), spread(), -0.1..0.1, -0.3..0.2).prop_map(move |(syn, mem, leak, reset)| {
        let (syn, mem) = (times(&syn, 0.4 * tau), times(&mem, tau));
        format!(
            "CubaLIF {{ tau_syn: {syn} tau_mem: {mem} r: f64 1 v_leak: f64 {leak:?}
    v_threshold: f64 1 v_reset: f64 {reset:?} w_in: f64 1 }}"
        )
    })
}

fn taus() -> impl Strategy<Value = f64> {
    5e-3..5e-2
}

fn resets() -> impl Strategy<Value = Reset> {
    prop_oneof![Just(Reset::VReset), Just(Reset::Zero), Just(Reset::Subtract)]
}

/// Weights of impulses, so that a spike at each time constant is a current of at most 0.06.
fn weights(tau: f64) -> impl Strategy<Value = String> {
    vec(vec(-0.06 * tau..0.06 * tau, WIDTH), WIDTH)
        .prop_map(|rows| format!("Linear {{ weight: f64[{WIDTH}, {WIDTH}] {rows:?} }}"))
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn one_integrator(
        (tau, node) in taus().prop_flat_map(|tau| (Just(tau), integrator(tau))),
        currents in currents(),
    ) {
        let task = task(&format!("n = {node}\n  input -> n -> output"), tau, &currents, "n.v");
        let euler = if node.starts_with("I ") { Order::Exact } else { Order::One };
        check(&task, [euler, Order::Exact])?;
    }

    #[test]
    fn a_chain_of_integrators(
        (tau, nodes) in taus().prop_flat_map(|tau| (Just(tau), vec(integrator(tau), 2..5))),
        currents in currents(),
    ) {
        let mut body = String::new();
        let mut path = "input".to_owned();
        for (number, node) in nodes.iter().enumerate() {
            body += &format!("n{number} = {node}\n  ");
            path += &format!(" -> n{number}");
        }
        let last = format!("n{}.v", nodes.len() - 1);
        check(&task(&format!("{body}{path} -> output"), tau, &currents, &last), [Order::One; 2])?;
    }

    #[test]
    fn one_neuron(
        (tau, node) in taus().prop_flat_map(|tau| (Just(tau), neuron(tau))),
        currents in currents(),
        reset in resets(),
    ) {
        let body = format!("n = {node}\n  input -> n -> output");
        let task = Task { reset, ..task(&body, tau, &currents, "n.spikes") };
        check(&task, [Order::Spikes; 2])?;
    }

    #[test]
    fn two_layers(
        (tau, first, weight, second) in taus()
            .prop_flat_map(|tau| (Just(tau), neuron(tau), weights(tau), smooth_neuron(tau))),
        currents in currents(),
    ) {
        let body = format!(
            "a = {first}\n  w = {weight}\n  b = {second}\n  input -> a -> w -> b -> output\n  input -> b"
        );
        check(&task(&body, tau, &currents, "b.spikes"), [Order::Spikes; 2])?;
    }

    #[test]
    fn a_recurrent_layer(
        (tau, node, weight) in taus()
            .prop_flat_map(|tau| (Just(tau), smooth_neuron(tau), weights(tau))),
        delay in prop::option::of(1..9_u8),
        currents in currents(),
    ) {
        let (mut delays, mut way) = (String::new(), "w");
        let plain = task("input -> output", tau, &currents, "output.spikes");
        if let Some(steps) = delay {
            let seconds = f64::from(steps) * 4.0 * plain.coarse;
            delays = format!("d = Delay {{ delay: f64 {seconds:?} }}");
            way = "w -> d";
        }
        let body =
            format!("n = {node}\n  w = {weight}\n  {delays}\n  input -> n -> output\n  n -> {way} -> n");
        check(&task(&body, tau, &currents, "n.spikes"), [Order::Spikes; 2])?;
    }
}
