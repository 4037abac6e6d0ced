//! `opt --time-scale F`: the spikes of the scaled network on the stimulus that is F times as slow are its spikes at F times
//! their times. Both sides are computed by the exact engine.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use nirkit::ir::open::Entry;
use nirkit::ir::text::parse;
use nirkit::ir::{Document, validate};
use nirkit::passes::time_unit::{TimeUnit, convert, rescale};
use nirkit_exact::{Options, Recording, prepare};
use nirkit_run::stimulus::Spike;
use nirkit_run::{Reset, Signal, SpikeReading, Stimulus};

const SECONDS: f64 = 0.2;

/// Each kind of neuron in a row, behind each other, with spikes and currents between them.
const NEURONS: [&str; 4] = [
    "IF { r: f64[2] [413.7, 351.3] v_threshold: f64[2] [1, 0.9] v_reset: f64[2] [0, -0.1] }",
    "LIF { tau: f64[2] [0.01, 0.02] r: f64[2] [21.7, 33.1] v_leak: f64[2] [0, 0.1] v_threshold: f64[2] [1, 0.9] v_reset: f64[2] [0, 0] }",
    "CubaLIF { tau_syn: f64[2] [0.004, 0.005] tau_mem: f64[2] [0.01, 0.02] r: f64[2] [21.7, 33.1] v_leak: f64[2] [0, 0] v_threshold: \
     f64[2] [1, 0.9] v_reset: f64[2] [0, 0] w_in: f64[2] [5, 5] }",
    "IF { r: f64[2] [713.1, 607.7] v_threshold: f64[2] [1, 0.9] v_reset: f64[2] [0, 0] }",
];

fn network(first: &str, second: &str, spike: &str) -> Document {
    let text = format!(
        "nirt 1\ngraph {{\n  metadata {{ dt: f64 0.001 reset: \"v_reset\" spike: \"{spike}\" }}\n  input = Input {{ shape: i64[1] \
         [2] }}\n  a = {first}\n  d = Delay {{ delay: f64[2] [0.003, 0.0045] }}\n  b = {second}\n  output = Output {{ shape: \
         i64[1] [2] }}\n  input -> a -> d -> b -> output\n}}"
    );
    parse(&text, &()).unwrap()
}

/// Spikes that come every few milliseconds, with all times multiplied.
fn stimulus(factor: f64) -> Stimulus {
    let spike = |at: usize| Spike {
        time: factor * (0.001 + 0.0021 * at as f64 + 1e-4 * ((at * at) % 7) as f64),
        channel: (at * at / 3) % 2,
        value: 1.0,
    };
    let mut spikes: Vec<Spike> = (0..80).map(spike).collect();
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time));
    Stimulus {
        signals: BTreeMap::from([("input".to_owned(), Signal::Spikes { channels: 2, spikes })]),
    }
}

fn reading(document: &Document) -> SpikeReading {
    let entry = Entry::find("spike").unwrap();
    let said = entry.said_by(&document.root.metadata).unwrap();
    let size = said.number.unwrap();
    match said.word.as_str() {
        "impulse" => SpikeReading::Impulse { area: size },
        _ => SpikeReading::Pulse { width: size },
    }
}

/// What leaves through the Output: times, channels.
fn spikes(document: &Document, factor: f64) -> Vec<(f64, usize)> {
    let graph = document.graph().unwrap();
    let facts = validate(graph).facts.unwrap();
    let options = Options { spike: reading(document), reset: Reset::VReset, ..Options::default() };
    let program = prepare(graph, &facts, &options).unwrap();
    let mut found = Recording::default();
    program.start(&stimulus(factor)).unwrap().advance(factor * SECONDS, &mut found).unwrap();
    found.spikes(program.find("output").unwrap()).collect()
}

#[test]
fn a_scaled_network_on_a_scaled_stimulus_spikes_at_scaled_times() {
    let mut seen = 0;
    for factor in [0.1, 3.0] {
        for (at, first) in NEURONS.iter().enumerate() {
            for spike in ["impulse:0.002", "pulse:0.002"] {
                let document = network(first, NEURONS[(at + 1) % 4], spike);
                let expected = spikes(&document, 1.0);
                let mut scaled = document.clone();
                rescale(&mut scaled, factor).unwrap();
                let found = spikes(&scaled, factor);
                assert_eq!(found.len(), expected.len(), "{factor}, {spike}: {first}");
                for (found, expected) in found.iter().zip(&expected) {
                    assert_eq!(found.1, expected.1, "{factor}, {spike}: {first}");
                    let off = (found.0 - factor * expected.0).abs();
                    assert!(
                        off < 1e-9 * factor,
                        "{factor}, {spike}: {first}: {found:?} {expected:?}"
                    );
                }
                seen += found.len();
            }
        }
    }
    assert!(seen > 200, "too little to compare: {seen} spikes");
}

#[test]
fn a_network_in_milliseconds_does_what_it_does_in_seconds() {
    for first in NEURONS {
        let document = network(first, NEURONS[1], "pulse:0.002");
        let mut there_and_back = document.clone();
        convert(&mut there_and_back, TimeUnit::Second, TimeUnit::Millisecond).unwrap();
        let in_milliseconds = there_and_back.clone();
        convert(&mut there_and_back, TimeUnit::Millisecond, TimeUnit::Second).unwrap();
        let expected = spikes(&document, 1.0);
        for (document, factor) in [(there_and_back, 1.0), (in_milliseconds, 1e3)] {
            let found = spikes(&document, factor);
            assert_eq!(found.len(), expected.len(), "{first}");
            for (found, expected) in found.iter().zip(&expected) {
                assert!(
                    (found.0 - factor * expected.0).abs() < 1e-9 * factor,
                    "{found:?} {expected:?}"
                );
            }
        }
    }
}
