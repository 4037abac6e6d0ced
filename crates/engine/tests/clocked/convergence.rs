//! The engine comes to the equation as the step becomes small, with the order of its integrator.

use nirkit_engine::clocked::{Integrator, Options, run};
use nirkit_numerics::math;
use nirkit_run::{Signal, Stimulus};
use proptest::prelude::*;

use super::setup::{numbers, program, request};

/// A LIF that stays below its threshold.
fn text(tau: f64, r: f64, v_leak: f64) -> String {
    format!(
        "nirt 1\ngraph {{
  input = Input {{ shape: i64[1] [1] }}
  n = LIF {{ tau: f64[1] [{tau:?}] r: f64[1] [{r:?}] v_leak: f64[1] [{v_leak:?}]
    v_threshold: f64[1] [1e9] v_reset: f64[1] [0] }}
  output = Output {{ shape: i64[1] [1] }}
  input -> n -> output
}}"
    )
}

/// Voltage after `seconds` under a current of 1, on a grid of `steps` steps.
fn on_grid(text: &str, integrator: Integrator, seconds: f64, steps: usize) -> f64 {
    let program = program(text, &Options { integrator, ..Options::new(seconds / steps as f64) });
    let signal = Signal::Current { channels: 1, breakpoints: vec![0.0], values: vec![1.0] };
    let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
    let recording = run(&program, &stimulus, steps, &[request("n.v")]).unwrap();
    numbers(&recording, "n.v")[steps - 1]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn forward_euler_converges_with_order_one_and_the_exponential_at_once(
        tau in 5e-3..5e-2,
        r in 0.5..3.0,
        v_leak in -0.5..0.5,
    ) {
        let text = text(tau, r, v_leak);
        let seconds = 1e-2;
        let exact = v_leak + r * (1.0 - math::exp(-seconds / tau));
        let error = |steps| (on_grid(&text, Integrator::Euler, seconds, steps) - exact).abs();
        let errors = [64, 128, 256, 512, 1024].map(error);
        // The slope of the straight line through (log2 steps, log2 error), by least squares.
        let logs = errors.map(|error| math::ln(error) / math::ln(2.0));
        let slope = (2.0 * (logs[4] - logs[0]) + (logs[3] - logs[1])) / 10.0;
        prop_assert!((slope + 1.0).abs() < 0.05, "order {}", -slope);
        let exponential = on_grid(&text, Integrator::Exponential, seconds, 64);
        prop_assert!((exponential - exact).abs() < 1e-13);
    }
}
