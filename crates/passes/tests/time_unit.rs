//! Times are multiplied, and nothing else.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_ir::Document;
use nirkit_ir::open::open;
use nirkit_ir::text::{PrintOptions, parse, print};
use nirkit_passes::time_unit::{TimeUnit, convert, rescale};

const NET: &str = "nirt 1
graph {
  metadata { dt: f64 1 }
  input = Input { shape: i64[1] [1] }
  d = Delay { delay: f64[1] [2] }
  inner = graph {
    i = Input { shape: i64[1] [1] }
    lif = CubaLIF { tau_syn: f32[1] [5] tau_mem: f64[1] [20] r: f64[1] [20] v_leak: f64[1] [0] v_threshold: f64[1] [1] v_reset: f64[1] [0] w_in: f64[1] [5] }
    o = Output { shape: i64[1] [1] }
    i -> lif -> o
  }
  output = Output { shape: i64[1] [1] }
  input -> d -> inner -> output
}";

fn text(document: &Document) -> String {
    print(document, &PrintOptions { units: false, ..PrintOptions::complete() }).text
}

#[test]
fn milliseconds_become_seconds_and_back() {
    let mut document = parse(NET, &()).unwrap();
    assert_eq!(open(&document).time_unit.len(), 2);
    let told: Vec<String> = convert(&mut document, TimeUnit::Millisecond, TimeUnit::Second)
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = [
        "/: metadata `dt` times 0.001",
        "/d: `delay` times 0.001",
        "/inner/lif: `tau_syn`, `tau_mem` times 0.001",
        "/: metadata `time_unit` = s",
    ];
    assert_eq!(told, expected);
    let text = text(&document);
    for part in [
        "delay: f64[1] [0.002]",
        "tau_syn: f32[1] [0.005]",
        "tau_mem: f64[1] [0.02]",
        "r: f64[1] [20]",
        "w_in: f64[1] [5]",
        "dt: f64 0.001",
        "time_unit: \"s\"",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(open(&document).time_unit.is_empty(), "the metadata say it");
    convert(&mut document, TimeUnit::Second, TimeUnit::Millisecond).unwrap();
    assert!(
        self::text(&document).contains("time_unit: \"ms\"")
            && self::text(&document).contains("tau_mem: f64[1] [20]")
    );
}

#[test]
fn a_scale_is_noted_and_scales_multiply() {
    let mut document = parse(NET, &()).unwrap();
    rescale(&mut document, 0.5).unwrap();
    rescale(&mut document, 0.25).unwrap();
    let text = text(&document);
    assert!(
        text.contains("tau_mem: f64[1] [2.5]") && text.contains("time_scale: f64 0.125"),
        "{text}"
    );
}

#[test]
fn times_that_would_leave_the_range_of_numbers_stay() {
    for (factor, places) in [(1e45, "/inner/lif/tau_syn"), (1e-60, "/inner/lif/tau_syn")] {
        let mut document = parse(NET, &()).unwrap();
        let error = rescale(&mut document, factor).unwrap_err();
        let told: Vec<String> = error.places.iter().map(ToString::to_string).collect();
        assert_eq!(told, [places]);
        assert_eq!(text(&document), text(&parse(NET, &()).unwrap()));
    }
}

/// Neurons without a time constant, and metadata that say what a spike is.
const RATES: &str = "nirt 1
graph {
  metadata { dt: f32 0.001 spike: \"impulse:0.002\" reset: \"zero\" }
  input = Input { shape: i64[1] [1] }
  f = IF { r: f32[1] [400] v_threshold: f32[1] [1] v_reset: f32[1] [0] }
  s = I { r: f64[1] [3] }
  inner = graph {
    metadata { dt: f64 0.5 spike: \"pulse:0.25\" }
    i = Input { shape: i64[1] [1] }
    o = Output { shape: i64[1] [1] }
    i -> o
  }
  output = Output { shape: i64[1] [1] }
  input -> f -> s -> inner -> output
}";

#[test]
fn rates_are_divided_and_all_times_of_metadata_are_multiplied() {
    let mut document = parse(RATES, &()).unwrap();
    let told: Vec<String> =
        rescale(&mut document, 0.5).unwrap().iter().map(ToString::to_string).collect();
    let expected = [
        "/: metadata `dt` times 0.5",
        "/: metadata `spike` times 0.5",
        "/f: `r` times 2",
        "/s: `r` times 2",
        "/inner: metadata `dt` times 0.5",
        "/inner: metadata `spike` times 0.5",
        "/: metadata `time_scale` = 0.5",
    ];
    assert_eq!(told, expected);
    let text = text(&document);
    for part in [
        "r: f32[1] [800]",
        "r: f64[1] [6]",
        "v_threshold: f32[1] [1]",
        "dt: f32 0.0005",
        "spike: \"impulse:0.001\"",
        "reset: \"zero\"",
        "dt: f64 0.25",
        "spike: \"pulse:0.125\"",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn times_of_metadata_that_would_leave_the_range_of_numbers_are_told() {
    let mut document = parse(RATES, &()).unwrap();
    let error = rescale(&mut document, 1e-44).unwrap_err();
    let told: Vec<String> = error.places.iter().map(ToString::to_string).collect();
    // In single precision, the step is too small and the rate too large.
    assert_eq!(told, ["/dt", "/f/r"]);
}

#[test]
fn a_scale_of_a_network_without_times_is_told_as_well() {
    let text = "nirt 1\ngraph {\n  i = Input { shape: i64[1] [1] }\n  o = Output { shape: i64[1] [1] }\n  i -> o\n}";
    let mut document = parse(text, &()).unwrap();
    assert_eq!(rescale(&mut document, 0.1).unwrap().len(), 1);
    assert_eq!(convert(&mut document, TimeUnit::Second, TimeUnit::Second).unwrap().len(), 1);
    assert_eq!(convert(&mut document, TimeUnit::Second, TimeUnit::Second).unwrap(), []);
}

#[test]
fn the_step_of_the_reference_is_rescaled_with_the_times() {
    let text = "nirt 1\ngraph {\n  metadata { nirkit.reference: \"norse@1.1.0 dt=1e-3 reset=zero\" }\n  \
                input = Input { shape: i64[1] [1] }\n  output = Output { shape: i64[1] [1] }\n  input -> output\n}\n";
    let mut document = parse(text, &()).unwrap();
    rescale(&mut document, 0.1).unwrap();
    let Some(nirkit_ir::Value::Text(said)) = document.root.metadata.get("nirkit.reference") else {
        panic!("{:?}", document.root.metadata);
    };
    assert_eq!(said.as_str(), Some("norse@1.1.0 dt=0.0001 reset=zero"));
}
