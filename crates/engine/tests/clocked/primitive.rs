//! Every primitive against numpy: the numbers are made by `scripts/make_clocked_expectations.py`,
//! which follows the equations in loops of its own.

use std::path::Path;

use nirkit_engine::clocked::{Options, Precision, run};
use nirkit_run::{Observable, Request, Stimulus};
use serde_json::Value;

use super::setup::{frames, program, request};

/// Rounding of sums of some ten terms of size 1, in units of the last place of 1.
const ROUNDING: f64 = 64.0 * f64::EPSILON;

fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/clocked.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn values(array: &Value) -> Vec<f64> {
    array.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

/// The options of a case, by the names under which a run reports them.
fn options(case: &Value) -> Options {
    let given = case["options"].as_object().unwrap();
    let mut options = Options::new(given["dt"].as_str().unwrap().parse().unwrap());
    for (name, value) in given.iter().filter(|(name, _)| *name != "dt") {
        let value = value.as_str().unwrap();
        options.set(name, value).unwrap();
        assert!(options.choices().contains(&(name.as_str(), value.to_owned())), "{name} {value}");
    }
    options
}

fn stimulus(case: &Value) -> Stimulus {
    let input = &case["input"];
    let channels = input["channels"].as_u64().unwrap() as usize;
    frames(channels, values(&input["values"]), input["counts"].as_bool().unwrap())
}

/// Runs a case and hands every observable to `compare`, with what is found and what is expected.
fn check(case: &Value, options: &Options, compare: impl Fn(&str, &[f64], &[f64])) {
    let name = case["name"].as_str().unwrap();
    let program = program(case["graph"].as_str().unwrap(), options);
    let expected = case["expect"].as_object().unwrap();
    // The expectations call spikes what any node puts out.
    let known = program.requests();
    let request = |name: &str| {
        let asked = request(name);
        let put_out = Request { observable: Observable::Output, ..asked.clone() };
        if known.contains(&asked) { asked } else { put_out }
    };
    let requests: Vec<Request> = expected.keys().map(|name| request(name)).collect();
    let steps = case["steps"].as_u64().unwrap() as usize;
    let recording = run(&program, &stimulus(case), steps, &requests).unwrap();
    for (observable, expected) in expected {
        let request = request(observable);
        let array = recording.get(&request.node, request.observable).unwrap();
        let shape: Vec<f64> = array.shape().iter().map(|&axis| axis as f64).collect();
        assert_eq!(shape, values(&expected["shape"]), "{name}: {observable}");
        let found = array.to_f64().unwrap().to_vec();
        compare(&format!("{name}: {observable}"), &found, &values(&expected["values"]));
    }
}

/// Whether a case goes through maps only, where all sums are exact.
fn is_exact(case: &Value) -> bool {
    case["expect"].as_object().unwrap().contains_key("output.spikes")
}

#[test]
fn maps_give_the_numbers_of_numpy_to_the_bit_in_both_formats() {
    let cases: Vec<Value> = cases().into_iter().filter(is_exact).collect();
    assert!(cases.len() > 12);
    for case in &cases {
        for precision in [Precision::F32, Precision::F64] {
            let options = Options { precision, ..options(case) };
            check(case, &options, |name, found, expected| assert_eq!(found, expected, "{name}"));
        }
    }
}

#[test]
fn neurons_give_the_spikes_of_numpy_and_its_voltages_to_rounding() {
    let cases: Vec<Value> = cases().into_iter().filter(|case| !is_exact(case)).collect();
    assert!(cases.len() > 70);
    for case in &cases {
        check(case, &options(case), |name, found, expected| {
            for (at, (&found, &expected)) in found.iter().zip(expected).enumerate() {
                // The file holds 13 digits.
                let tolerance = ROUNDING + 1e-12 * expected.abs();
                assert!((found - expected).abs() <= tolerance, "{name}[{at}]: {found} {expected}");
            }
        });
    }
}
