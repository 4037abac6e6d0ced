//! Files with a list of spikes for each of many samples, as their users meet them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A file of the examples.
fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    path.display().to_string()
}

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

/// What a command prints that ends with a code.
fn says(code: i32, args: &[&str]) -> String {
    let output = nir(args);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    said
}

fn json(args: &[&str]) -> Value {
    let output = nir(&[args, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{args:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Samples of the example.
const SAMPLES: usize = 12;

#[test]
fn a_set_is_described_sample_by_sample() {
    let shd = example("shd.h5");
    let said = says(0, &["events", "info", &shd]);
    for part in
        ["12\n", "s, from the format", "channels, no rows", "extra", "3, with their samples"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let all = &json(&["events", "info", &shd])["files"][0];
    assert_eq!(all["samples"], SAMPLES);
    let of_samples: u64 = (0..SAMPLES)
        .map(|sample| {
            let report = json(&["events", "info", &shd, "--samples", &sample.to_string()]);
            assert_eq!(report["files"][0]["classes"].as_array().unwrap().len(), 1);
            report["files"][0]["events"].as_u64().unwrap()
        })
        .sum();
    assert_eq!(all["events"].as_u64(), Some(of_samples));
    let said = says(2, &["events", "info", &shd, "--samples", "10:13"]);
    assert!(said.contains("there is no sample 12: the file holds 12"), "{said}");
    let said = says(2, &["events", "info", &example("events.raw"), "--samples", "0"]);
    assert!(said.contains("`--samples` has no effect"), "{said}");
}

#[test]
fn a_folder_of_converted_samples_is_the_same_set() {
    let (shd, net) = (example("shd.h5"), example("shd.nirt"));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("samples").display().to_string();
    says(0, &["events", "convert", &shd, &out]);
    let names = std::fs::read_dir(&out).unwrap().count();
    assert_eq!(names, SAMPLES + 1);
    let labels = format!("{out}/labels.csv");
    let run = ["--platform", "norse", "--dt", "1ms"];
    let of_file = json(&[&["eval", &net, "--input", &shd], &run[..]].concat());
    let of_folder =
        json(&[&["eval", &net, "--input", &out, "--labels", &labels], &run[..]].concat());
    let score = |report: &Value| {
        let found = &report["platforms"][0];
        (found["accuracy"].clone(), found["confusion"].clone())
    };
    assert_eq!(score(&of_file), score(&of_folder));
    // Microseconds round some times across the border of a step.
    let spikes =
        |report: &Value| report["platforms"][0]["output_spikes_per_sample"].as_f64().unwrap();
    let (one, other) = (spikes(&of_file), spikes(&of_folder));
    assert!((one - other).abs() < 0.01 * one, "{one}, {other}");
    assert_eq!(of_file["platforms"][0]["samples"], SAMPLES);
    assert!(score(&of_file).0.as_f64().unwrap() > 0.9, "{of_file}");
}

#[test]
fn one_file_takes_one_sample() {
    let shd = example("shd.h5");
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("one.csv").display().to_string();
    let said = says(2, &["events", "convert", &shd, &csv]);
    assert!(said.contains("12 samples do not go into one file"), "{said}");
    says(0, &["events", "convert", &shd, &csv, "--samples", "3"]);
    let rows = std::fs::read_to_string(&csv).unwrap().lines().count() - 1;
    let info = json(&["events", "info", &shd, "--samples", "3"]);
    assert_eq!(info["files"][0]["events"], rows);
}

#[test]
fn a_run_takes_one_sample_or_a_batch() {
    let (shd, net) = (example("shd.h5"), example("shd.nirt"));
    let run = ["run", &net, "--clocked", "--dt", "1ms", "--reset", "zero", "--input", &shd];
    let said = says(2, &run);
    assert!(said.contains("holds 12 samples") && said.contains("`--samples`"), "{said}");
    let total = |more: &[&str]| {
        let report = json(&[&run[..], more].concat());
        let totals = report["nodes"].as_array().unwrap().clone();
        let lif = totals.iter().find(|total| total["node"] == "lif").unwrap();
        lif["sum"].as_f64().unwrap()
    };
    let batch = total(&["--batch", "--samples", "2:4", "--duration", "0.3"]);
    let both = total(&["--samples", "2", "--duration", "0.3"])
        + total(&["--samples", "3", "--duration", "0.3"]);
    assert!(batch > 0.0);
    assert_eq!(batch.to_bits(), both.to_bits());
    let said = says(2, &[&run[..], &["--samples", "12"]].concat());
    assert!(said.contains("there is no sample 12"), "{said}");
}

#[test]
fn a_window_is_the_step_unless_one_is_given() {
    let (shd, net) = (example("shd.h5"), example("shd.nirt"));
    let run = ["run", &net, "--clocked", "--reset", "zero", "--input", &shd, "--samples", "0"];
    let report = json(&[&run[..], &["--window", "2ms", "--window-most", "1"]].concat());
    let choices = report["choices"].as_array().unwrap();
    let dt = choices.iter().find(|choice| choice["name"] == "dt").unwrap();
    assert_eq!((&dt["value"], &dt["source"]), (&"0.002".into(), &"the stimulus".into()));
    let notes = report["notes"].to_string();
    assert!(notes.contains("taken once for each channel and window of 0.002 s"), "{notes}");
    assert!(notes.contains("events are left out"), "{notes}");
    let said = says(2, &[&run[..], &["--window-most", "1"]].concat());
    assert!(said.contains("--window"), "{said}");
}

#[test]
fn what_windows_leave_out_of_all_samples_is_told_once() {
    let (shd, net) = (example("shd.h5"), example("shd.nirt"));
    let eval = ["eval", &net, "--input", &shd, "--clocked", "--reset", "zero", "--window", "4ms"];
    let left_out = |more: &[&str]| -> (usize, u64) {
        let report = json(&[&eval[..], &["--window-most", "1"], more].concat());
        let notes = report["platforms"][0]["notes"].as_array().unwrap().clone();
        let notes: Vec<String> =
            notes.iter().map(|note| note.as_str().unwrap().to_owned()).collect();
        let of_windows = notes.iter().filter(|note| note.contains("left out, as"));
        let counts = of_windows.map(|note| note.split(' ').next().unwrap().parse::<u64>().unwrap());
        (counts.clone().count(), counts.sum())
    };
    let each: u64 =
        (0..SAMPLES).map(|sample| left_out(&["--samples", &sample.to_string()]).1).sum();
    assert!(each > 1);
    assert_eq!(left_out(&[]), (1, each));
}

#[test]
fn samples_are_drawn_as_channels_in_time() {
    let (shd, folder) = (example("shd.h5"), tempfile::tempdir().unwrap());
    let svg = folder.path().join("some.svg").display().to_string();
    says(0, &["events", "info", &shd, "--samples", "2:5", "--svg", &svg]);
    let drawn = std::fs::read_to_string(&svg).unwrap();
    for sample in 2..5 {
        let report = &json(&["events", "info", &shd, "--samples", &sample.to_string()])["files"][0];
        let (class, events) = (&report["classes"][0]["label"], &report["events"]);
        assert!(
            drawn.contains(&format!("sample {sample}, class {class}, {events} spikes")),
            "{drawn}"
        );
    }
    assert!(drawn.contains("21 channels from bottom to top"), "{drawn}");
}
