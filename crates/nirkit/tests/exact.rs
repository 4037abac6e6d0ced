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

/// A graph with these nodes and edges between `input` and `output`, which have one channel.
fn graph(body: &str) -> nirkit::ir::Document {
    let text = format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{\n  input = Input {{ shape: i64[1] [1] }}\n  output = Output {{ shape: i64[1] [1] }}\n{body}}}\n"
    );
    let limits = nirkit::io::Limits::default();
    nirkit::document::load_bytes(text.into(), "net.nirt".as_ref(), &limits).unwrap().document
}

/// The spikes of `lif` under these frames of 1 ms.
fn spikes(graph: &nirkit::ir::Document, frames: Vec<f64>) -> Vec<f64> {
    let frames = nirkit::numerics::Tensor::new(&[frames.len(), 1], frames).unwrap();
    let stimulus = Stimulus::of_frames(frames).numbers(nirkit::Frames::Current);
    let model = Model::exact(graph, &Choices::new().dt(1e-3)).unwrap();
    let run = Run::new().record(Record::parse("lif"));
    let recording = model.run_with(&stimulus, &run).unwrap();
    recording.trains("lif").unwrap()[0].times.clone()
}

const LIF: &str = "  lif = LIF { tau: f64[1] 0.01 r: f64[1] 100 v_leak: f64[1] 0 v_threshold: f64[1] 1 v_reset: f64[1] 0 }\n";

/// The ways through 40 layers of two maps each are 2^40.
#[test]
fn the_time_grows_with_the_edges_and_not_with_the_ways_through_them() {
    const LAYERS: usize = 40;
    let half = "Scale { scale: f64[1] 0.5 }";
    let mut body = LIF.to_owned();
    for layer in 0..LAYERS {
        body += &format!("  a{layer} = {half}\n  b{layer} = {half}\n");
        let sources = match layer {
            0 => vec!["input".to_owned()],
            _ => vec![format!("a{}", layer - 1), format!("b{}", layer - 1)],
        };
        for source in sources {
            body += &format!("  {source} -> a{layer}\n  {source} -> b{layer}\n");
        }
    }
    let last = LAYERS - 1;
    body += &format!("  a{last} -> lif\n  b{last} -> lif\n  lif -> output\n");
    let direct = format!("{LIF}  input -> lif\n  lif -> output\n");
    // Halves of what is doubled: each step of the sums is exact.
    let found = spikes(&graph(&body), vec![1.0; 20]);
    assert!(!found.is_empty());
    assert_eq!(found, spikes(&graph(&direct), vec![1.0; 20]));
}

/// The current of the neuron rises at first, and then falls for ever: nothing bounds it from above.
#[test]
fn a_crossing_is_looked_for_no_further_than_the_run_goes() {
    let body = format!(
        "  li = LI {{ tau: f64[1] 0.01 r: f64[1] 10 v_leak: f64[1] 0.1 }}\n  i = I {{ r: f64[1] 500 }}\n{LIF}  \
         input -> li\n  li -> i\n  i -> lif\n  lif -> output\n"
    );
    let graph = graph(&body);
    assert_eq!(spikes(&graph, vec![-1.0; 200]), Vec::<f64>::new());
    // A run that goes on finds the same crossings as one that stops in between.
    let frames: Vec<f64> = (0..60).map(|at| if at % 20 < 10 { -1.0 } else { 2.0 }).collect();
    let whole = spikes(&graph, frames.clone());
    assert!(!whole.is_empty());
    let first: Vec<f64> = whole.iter().copied().filter(|time| *time <= 0.04).collect();
    assert_eq!(spikes(&graph, frames[..40].to_vec()), first);
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
