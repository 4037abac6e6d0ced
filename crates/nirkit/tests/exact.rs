//! The ideal, held against solutions that were computed with 50 digits and confirmed by an
//! independent solver of differential equations.
//!
//! A few cases stand in `tests/exact`; all of them are run where `../shared` is present.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use nirkit::exact::{Job, requests, run};
use nirkit::io::Limits;
use nirkit::ir::validate;
use nirkit::sim::exact::{Event, Options, Probe, Recorder, prepare};
use nirkit::sim::{Observable, SpikeReading};
use nirkit::stimulus::{Frames, Source};
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
fn all_solutions_are_met() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/goldens/exact");
    if folder.exists() {
        check_all(&folder);
    } else {
        println!("skipped: {} is absent", folder.display());
    }
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
fn options(meta: &Value) -> Options {
    let reading = &meta["reading"];
    let spike = match reading["kind"].as_str() {
        Some("impulse") => SpikeReading::Impulse { area: reading["area"].as_f64().unwrap() },
        _ => SpikeReading::Pulse { width: reading["width"].as_f64().unwrap() },
    };
    let reset = meta["reset"].as_str().unwrap().parse().unwrap();
    Options { spike, reset, ..Options::default() }
}

fn check(case: &Path) {
    let (meta, expected) = (json(&case.join("meta.json")), json(&case.join("expected.json")));
    let limits = Limits::default();
    let document = nirkit::document::read(&case.join("graph.nir"), &limits).unwrap();
    let graph = document.graph().unwrap();
    let facts = validate(graph).facts.unwrap();
    let source = [Source { node: None, path: case.join("input.json") }];
    let loaded =
        nirkit::stimulus::read(&source, graph, &facts, Frames::Auto, false, &limits).unwrap();
    let program = prepare(graph, &facts, &options(&meta)).unwrap();
    let all = requests(&program, &facts);
    let job = Job {
        program: &program,
        facts: &facts,
        stimulus: &loaded.samples[0],
        duration: meta["T"].as_f64().unwrap(),
        requests: &all,
        times: Vec::new(),
        folder: None,
        keep: true,
        limits: Limits::default(),
    };
    let outcome = run(&job, &|_| ()).unwrap();
    for (node, spikes) in expected["spikes"].as_object().unwrap() {
        let (_, found) = outcome.spikes.iter().find(|(name, _)| name == node).unwrap();
        let found: Vec<(f64, usize)> = found.iter().map(|s| (s.time, s.neuron)).collect();
        compare_spikes(case, node, &found, &pairs(spikes), meta["tolerance_s"].as_f64());
    }
    for kind in ["continuous", "membrane"] {
        for (node, values) in expected[kind].as_object().into_iter().flatten() {
            let mut run = program.start(&loaded.samples[0]).unwrap();
            let mut looking = Looking::new(program.find(node).unwrap(), values);
            run.advance(job.duration, &mut looking).unwrap();
            looking.compare(case, node, values);
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

/// Looks at the voltage of one node at the times of a case.
struct Looking {
    node: usize,
    times: Vec<f64>,
    taken: usize,
    values: Vec<f64>,
}

impl Looking {
    fn new(node: usize, expected: &Value) -> Self {
        Self { node, times: numbers(&expected["times"]), taken: 0, values: Vec::new() }
    }

    fn compare(&self, case: &Path, node: &str, expected: &Value) {
        let expected: Vec<f64> = numbers(&expected["values"]);
        let scale = expected.iter().fold(1.0_f64, |scale, value| scale.max(value.abs()));
        assert_eq!(self.values.len(), expected.len(), "{}: {node}", case.display());
        for (found, expected) in self.values.iter().zip(&expected) {
            let near = (found - expected).abs() <= VALUE * scale;
            assert!(near, "{}: {node}: {found} and {expected}", case.display());
        }
    }
}

impl Recorder for Looking {
    fn spike(&mut self, _: Event) -> std::io::Result<()> {
        Ok(())
    }

    fn next_sample(&self) -> Option<f64> {
        self.times.get(self.taken).copied()
    }

    fn sample(&mut self, probe: &Probe<'_>) -> std::io::Result<()> {
        self.taken += 1;
        assert!(probe.append(self.node, Observable::V, &mut self.values));
        Ok(())
    }
}

/// All numbers of a nested list, in order.
fn numbers(value: &Value) -> Vec<f64> {
    match value.as_array() {
        Some(list) => list.iter().flat_map(numbers).collect(),
        None => value.as_f64().into_iter().collect(),
    }
}
