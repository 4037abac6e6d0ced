//! The ideal, held against solutions that were computed with 50 digits and confirmed by an
//! independent solver of differential equations.
//!
//! A few cases stand in `tests/exact`; all of them lie in `../shared`, and are run if they are asked for (`-- --ignored`).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use nirkit::{Choices, Instants, Model, Observable, Record, Reset, Run, SpikeReading, Stimulus};
use serde_json::Value;

/// A spike time may be off by this many seconds; the aim is a thousandth of it.
const TIME: f64 = 1e-9;
/// A value may be off by this much of the largest value of its node.
const VALUE: f64 = 1e-9;

#[test]
fn the_cases_of_this_folder_are_met() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exact");
    check_all(&folder);
}

#[test]
#[ignore = "needs the material in ../shared"]
fn all_solutions_are_met() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/goldens/exact");
    check_all(&folder);
}

fn check_all(folder: &Path) {
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in &cases {
        check(case);
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The choices that a case was computed under.
fn choices(meta: &Value) -> Choices {
    let reading = &meta["reading"];
    let spike = match reading["kind"].as_str() {
        Some("impulse") => SpikeReading::Impulse { area: reading["area"].as_f64().unwrap() },
        _ => SpikeReading::Pulse { width: reading["width"].as_f64().unwrap() },
    };
    let reset: Reset = meta["reset"].as_str().unwrap().parse().unwrap();
    Choices::new().spike(spike).reset(reset)
}

fn check(case: &Path) {
    let (meta, expected) = (json(&case.join("meta.json")), json(&case.join("expected.json")));
    let graph = nirkit::read(case.join("graph.nir")).unwrap();
    let model = Model::exact(&graph, &choices(&meta)).unwrap();
    let stimulus = Stimulus::read(case.join("input.json")).unwrap();
    let run = Run::new().duration(meta["T"].as_f64());
    let recording = model.run_with(&stimulus, &run).unwrap();
    for (node, spikes) in expected["spikes"].as_object().unwrap() {
        let [train] = recording.trains(node).unwrap() else { panic!("one sample") };
        let channels = train.channels.iter().map(|&channel| channel as usize);
        let found: Vec<(f64, usize)> = train.times.iter().copied().zip(channels).collect();
        compare_spikes(case, node, &found, &pairs(spikes), meta["tolerance_s"].as_f64());
    }
    for kind in ["continuous", "membrane"] {
        for (node, values) in expected[kind].as_object().into_iter().flatten() {
            let record = Record::Some(vec![(node.clone(), Some("v".to_owned()))]);
            let run = run.clone().record(record).sample(Instants::At(numbers(&values["times"])));
            let found = model.run_with(&stimulus, &run).unwrap();
            let found = found.get(node, Observable::V).unwrap().to_f64().unwrap();
            compare_values(case, node, &found, &numbers(&values["values"]));
        }
    }
}

/// Times and channels as a case lists them.
fn pairs(spikes: &Value) -> Vec<(f64, usize)> {
    let pair = |pair: &Value| (pair[0].as_f64().unwrap(), pair[1].as_u64().unwrap() as usize);
    spikes.as_array().unwrap().iter().map(pair).collect()
}

/// Compares channel by channel, as spikes of different channels may be closer than rounding.
fn compare_spikes(
    case: &Path,
    node: &str,
    found: &[(f64, usize)],
    expected: &[(f64, usize)],
    tolerance: Option<f64>,
) {
    assert_eq!(found.len(), expected.len(), "{}: spikes of {node}", case.display());
    let sorted = |spikes: &[(f64, usize)]| {
        let mut spikes = spikes.to_vec();
        spikes.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.total_cmp(&b.0)));
        spikes
    };
    for (found, expected) in sorted(found).iter().zip(sorted(expected)) {
        let near = (found.0 - expected.0).abs() <= tolerance.unwrap_or(TIME);
        assert!(
            near && found.1 == expected.1,
            "{}: {node}: {found:?} {expected:?}",
            case.display()
        );
    }
}

/// Compares voltages, up to a share of the largest one.
fn compare_values(case: &Path, node: &str, found: &[f64], expected: &[f64]) {
    let scale = expected.iter().fold(1.0_f64, |scale, value| scale.max(value.abs()));
    assert_eq!(found.len(), expected.len(), "{}: {node}", case.display());
    for (found, expected) in found.iter().zip(expected) {
        let near = (found - expected).abs() <= VALUE * scale;
        assert!(near, "{}: {node}: {found} and {expected}", case.display());
    }
}

/// All numbers of a nested list, in order.
fn numbers(value: &Value) -> Vec<f64> {
    match value.as_array() {
        Some(list) => list.iter().flat_map(numbers).collect(),
        None => value.as_f64().into_iter().collect(),
    }
}
