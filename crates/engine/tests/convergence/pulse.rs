//! Pulses of one step: no question of order, the engines agree at every step.

use nirkit_engine::clocked::Integrator;
use nirkit_run::{SpikeReading, Stimulus};

use super::case::{GridInput, ROUNDING};
use super::measure::Task;

/// A graph of one node of four channels.
fn task(node: &str, dt: f64) -> Task {
    let text = format!(
        "nirt 1\ngraph {{\n  input = Input {{ shape: i64[1] [4] }}
  output = Output {{ shape: i64[1] [4] }}\n  n = {node}\n  input -> n -> output\n}}"
    );
    let stimulus = Stimulus { signals: [("input".to_owned(), GridInput::Train.signal(4))].into() };
    let steps = (256.0 * Task::COARSE / dt) as usize;
    let reading = SpikeReading::Pulse { width: dt };
    Task { reading, coarse: dt, steps, ..Task::new(&text, stimulus, "n.v") }
}

#[test]
fn a_pulse_as_wide_as_the_step_is_integrated_exactly_at_every_step() {
    // A perfect integrator is exact under forward Euler, too.
    let nodes = [
        ("LI { tau: f64 1.1e-2 r: f64 5 v_leak: f64 0.1 }", Integrator::Exponential),
        ("I { r: f64[4] [70, 90, -80, 60] }", Integrator::Exponential),
        ("I { r: f64[4] [70, 90, -80, 60] }", Integrator::Euler),
        (
            "CubaLI { tau_syn: f64 5e-3 tau_mem: f64 9e-3 r: f64 2 v_leak: f64 0.1 w_in: f64 3 }",
            Integrator::Exponential,
        ),
    ];
    for (node, integrator) in nodes {
        for level in 0..4 {
            let task = task(node, Task::COARSE * 0.5_f64.powi(level));
            let error = task.ideal().distance(&task.on_grid(integrator, 0));
            assert!(error <= ROUNDING, "{node}, {integrator}, dt {}: {error:e}", task.coarse);
        }
    }
}
