//! Networks without an ideal, and networks that run away, end with an error that names the place.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use nirkit_exact::{Options, Recording, RunError, prepare};
use nirkit_ir::{Primitive, validate};
use nirkit_run::stimulus::Spike;
use nirkit_run::{Reset, Signal, SpikeReading, Stimulus};

/// Runs one spike through a graph of one channel for a second.
fn run(nodes: &str, options: &Options) -> Result<usize, RunError> {
    let text = format!(
        "nirt 1\ngraph {{\n  input = Input {{ shape: i64[1] [1] }}\n  output = Output {{ shape: i64[1] [1] }}\n{nodes}\n}}"
    );
    let document = nirkit_ir::text::parse(&text, &()).unwrap();
    let Primitive::Graph(graph) = document.root.primitive else { unreachable!() };
    let facts = validate(&graph).facts.unwrap();
    let program = prepare(&graph, &facts, options).unwrap();
    let spikes = vec![Spike { time: 0.1, channel: 0, value: 1.0 }];
    let signal = Signal::Spikes { channels: 1, spikes };
    let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
    let mut found = Recording::default();
    program.start(&stimulus).unwrap().advance(1.0, &mut found)?;
    Ok(found.events.len())
}

/// An IF that feeds itself through a weight, behind a delay if there is one.
fn loop_of(r: f64, weight: f64, delay: &str) -> String {
    let way = if delay.is_empty() { "lif -> w -> lif" } else { "lif -> w -> d -> lif" };
    format!(
        "  lif = IF {{ r: f64[1] [{r:?}] v_threshold: f64[1] [0.5] v_reset: f64[1] [0] }}
  w = Linear {{ weight: f64[1, 1] [[{weight:?}]] }}
{delay}  input -> lif -> output\n  {way}"
    )
}

#[test]
fn an_avalanche_in_zero_time_names_the_cycle_and_the_instant() {
    let error = run(&loop_of(1.0, 1.0, ""), &Options::default()).unwrap_err();
    let RunError::Avalanche { time, nodes, rounds } = error else { panic!("{error}") };
    assert_eq!((time, nodes, rounds), (0.1, vec!["lif".to_owned()], 10_000));
}

#[test]
fn a_weight_below_the_threshold_is_no_avalanche() {
    // The spike and its output; the feedback of 0.4 does not reach the threshold.
    assert_eq!(run(&loop_of(1.0, 0.4, ""), &Options::default()).unwrap(), 2);
}

#[test]
fn a_crossing_that_lies_beyond_all_time_is_found_at_once() {
    // The current would be above the threshold after some 1e299 s, where two instants are 1e283 s apart.
    let nodes = "  lif = CubaLIF { tau_syn: f64[1] [1e300] tau_mem: f64[1] [0.004] r: f64[1] [4] \
                 v_leak: f64[1] [0] v_threshold: f64[1] [1] v_reset: f64[1] [0] w_in: f64[1] [2] }
  input -> lif -> output";
    let options = Options { spike: SpikeReading::Pulse { width: 0.005 }, ..Options::default() };
    assert_eq!(run(nodes, &options).unwrap(), 0);
}

#[test]
fn excitation_that_feeds_itself_through_a_delay_ends_at_the_limit_of_pending_signals() {
    // A pulse of 5 ms brings 1 V, which is two spikes of 0.5 V, each of which brings 2 V 10 ms later.
    let delay = "  d = Delay { delay: f64[1] [0.01] }\n";
    let options = Options {
        spike: SpikeReading::Pulse { width: 0.005 },
        reset: Reset::Subtract,
        max_pending: 1000,
        ..Options::default()
    };
    let error = run(&loop_of(200.0, 2.0, delay), &options).unwrap_err();
    let RunError::Pending { time, pending, limit } = error else { panic!("{error}") };
    assert!(time > 0.1 && time < 1.0 && pending > limit && limit == 1000, "{time} {pending}");
}

/// Runs a graph with frames of 1 ms that all hold 1.
fn run_frames(nodes: &str, channels: usize, options: &Options) -> Result<Recording, RunError> {
    let text = format!("nirt 1\ngraph {{\n{nodes}\n}}");
    let document = nirkit_ir::text::parse(&text, &()).unwrap();
    let Primitive::Graph(graph) = document.root.primitive else { unreachable!() };
    let facts = validate(&graph).facts.unwrap();
    let program = prepare(&graph, &facts, options).unwrap();
    let values = vec![1.0; 30 * channels];
    let signal = Signal::Frames { channels, values, counts: true };
    let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
    let mut found = Recording::default();
    program.start(&stimulus).unwrap().advance(0.03, &mut found)?;
    Ok(found)
}

#[test]
fn excitation_without_delay_ends_as_soon_as_its_rate_has_no_meaning() {
    let nodes = "  input = Input { shape: i64[1] [2] }
  fc = Affine { weight: f32[2, 2] [[1.5, 0.5], [0.5, 1.5]] bias: f32[2] [0.1, 0] }
  n = CubaLIF { tau_mem: f64[2] 0.01 tau_syn: f64[2] 0.005 r: f64[2] 1 v_leak: f64[2] 0 v_threshold: f64[2] 1 v_reset: f64[2] 0 w_in: f64[2] 1 }
  rec = Linear { weight: f32[2, 2] [[0.5, 0.1], [0.2, 0.3]] }
  output = Output { shape: i64[1] [2] }
  input -> fc -> n -> output
  n -> rec -> n";
    let error = run_frames(nodes, 2, &Options::default()).unwrap_err();
    let RunError::Runaway { time, channels, .. } = error else { panic!("{error}") };
    assert!(time < 0.03 && channels == 2, "{time}");
}

#[test]
fn a_current_far_beyond_a_threshold_ends_as_well() {
    let nodes = "  input = Input { shape: i64[1] [2] }
  fc = Affine { weight: f32[2, 2] [[1.5, 0.5], [0.5, 1.5]] bias: f32[2] [0.1, 0] }
  n = IF { r: f64[2] 1e30 v_threshold: f64[2] 1 v_reset: f64[2] 0 }
  output = Output { shape: i64[1] [2] }
  input -> fc -> n -> output";
    let error = run_frames(nodes, 2, &Options::default()).unwrap_err();
    assert!(matches!(error, RunError::Runaway { .. } | RunError::Avalanche { .. }), "{error}");
}

#[test]
fn spikes_in_all_are_held_against_a_limit() {
    let nodes = "  input = Input { shape: i64[1] [1] }
  n = IF { r: f64[1] 1 v_threshold: f64[1] 0.5 v_reset: f64[1] 0 }
  output = Output { shape: i64[1] [1] }
  input -> n -> output";
    let options = |max_spikes| Options { max_spikes, ..Options::default() };
    // One spike a frame of 1 ms, from 0 s to 30 ms.
    assert_eq!(run_frames(nodes, 1, &options(30)).unwrap().events.len(), 60);
    let error = run_frames(nodes, 1, &options(9)).unwrap_err();
    let RunError::Spikes { time, spikes, limit } = error else { panic!("{error}") };
    assert!((time - 0.009).abs() < 1e-12 && spikes == 10 && limit == 9, "{time} {spikes}");
}

#[test]
fn an_integrator_in_a_cycle_of_gain_zero_is_solved_as_without_the_cycle() {
    let nodes = |cycle: &str| {
        format!(
            "  input = Input {{ shape: i64[1] [1] }}
  n = I {{ r: f64[1] 1 }}
  rec = Linear {{ weight: f32[1, 1] [[0]] }}
  post = IF {{ r: f64[1] 10000 v_threshold: f64[1] 0.5 v_reset: f64[1] 0 }}
  output = Output {{ shape: i64[1] [1] }}
  input -> n -> post -> output
{cycle}"
        )
    };
    let spike = SpikeReading::Pulse { width: 1e-3 };
    let times = |cycle: &str| -> Vec<f64> {
        let options = Options { spike, ..Options::default() };
        let found = run_frames(&nodes(cycle), 1, &options).unwrap();
        found.events.iter().map(|event| event.time).collect()
    };
    let (with, without) = (times("  n -> rec -> n"), times("  input -> rec"));
    assert!(without.len() > 10, "{without:?}");
    assert_eq!(with.len(), without.len());
    for (with, without) in with.iter().zip(&without) {
        assert!((with - without).abs() < 1e-9, "{with} {without}");
    }
}

#[test]
fn a_run_that_is_not_wanted_stops_and_says_where() {
    let nodes = "  input = Input { shape: i64[1] [1] }
  n = IF { r: f64[1] 1e5 v_threshold: f64[1] 0.5 v_reset: f64[1] 0 }
  fc = Affine { weight: f32[1, 1] [[1]] bias: f32[1] [100] }
  output = Output { shape: i64[1] [1] }
  input -> fc -> n -> output";
    let asks: nirkit_run::interrupt::Asks = std::sync::Arc::new(|| true);
    let run = || run_frames(nodes, 1, &Options::default());
    let error = nirkit_run::interrupt::until(Some(asks), run).unwrap_err();
    let RunError::Stopped { time } = error else { panic!("{error}") };
    assert!(time < 0.03, "{time}");
}

/// Each of 20 spikes arrives at 20 channels of the Output.
#[test]
fn what_one_instant_puts_out_is_held_while_it_is_put_out() {
    let row = vec!["1"; 20].join(", ");
    let rows = vec![format!("[{row}]"); 20].join(", ");
    let nodes = format!(
        "  input = Input {{ shape: i64[1] [20] }}\n  output = Output {{ shape: i64[1] [20] }}
  w = Linear {{ weight: f64[20, 20] [{rows}] }}\n  input -> w -> output"
    );
    let options = |max_spikes| Options { max_spikes, ..Options::default() };
    assert!(run_frames(&nodes, 20, &options(400)).is_ok());
    let error = run_frames(&nodes, 20, &options(150)).unwrap_err();
    let RunError::Spikes { time, spikes, limit } = error else { panic!("{error}") };
    assert_eq!((time, spikes, limit), (0.0, 160, 150));
}
