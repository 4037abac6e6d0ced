//! Networks without an ideal, and networks that run away, end with an error that names the place.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use nirkit_ir::{Primitive, validate};
use nirkit_sim::exact::{Options, Recording, RunError, prepare};
use nirkit_sim::stimulus::Spike;
use nirkit_sim::{Reset, Signal, SpikeReading, Stimulus};

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
