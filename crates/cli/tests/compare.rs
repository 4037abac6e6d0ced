//! `nir compare` as its users meet it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    folder.join(name).display().to_string()
}

/// Compares on the bundled example.
fn compare(more: &[&str]) -> Output {
    let (graph, input) = (example("small.nir"), example("small_input.npy"));
    let args = ["compare", graph.as_str(), "--input", input.as_str()];
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).args(more).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_platform_is_equal_to_itself() {
    let output = compare(&["--platform", "spyx", "--platform", "spyx", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report = json(&output);
    assert_eq!(report["equal"], true);
    assert_eq!(report["pairs"][0]["distance"], 0.0);
    assert!(report["pairs"][0]["first"].is_null() && report["pairs"][0]["cause"].is_null());
}

#[test]
fn a_difference_has_a_first_step_both_voltages_and_a_cause() {
    let output = compare(&["--platform", "norse", "--platform", "spyx", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report = json(&output);
    let pair = &report["pairs"][0];
    let first = &pair["first"];
    for side in 0..2 {
        let moment = &first["moments"][side];
        let above = moment["v"].as_f64().unwrap() > moment["threshold"].as_f64().unwrap();
        // Spyx holds the voltage of the step before against the threshold, so does this moment.
        assert_eq!(moment["spikes"].as_f64().unwrap() > 0.0, above, "{pair}");
    }
    let total = pair["cause"]["total"].as_array().unwrap();
    assert!((total.last().unwrap()["together"].as_f64().unwrap() - 1.0).abs() < 1e-12, "{pair}");
    let named = pair["cause"]["choices"].as_array().unwrap();
    let sets = pair["cause"]["first"].as_array().unwrap();
    assert!(!sets.is_empty(), "{pair}");
    for choice in sets.iter().flat_map(|set| set.as_array().unwrap()) {
        assert!(named.iter().any(|named| named["choice"] == *choice), "{pair}");
    }
}

#[test]
fn the_counts_are_those_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("norse");
    let (graph, input) = (example("small.nir"), example("small_input.npy"));
    let output = Command::new(env!("CARGO_BIN_EXE_nir"))
        .args(["run", &graph, "--input", &input, "--platform", "norse", "--dt", "1e-4"])
        .args(["--format", "json", "--output"])
        .arg(&out)
        .output()
        .unwrap();
    let run = json(&output);
    let report = json(&compare(&["--platform", "norse", "--format", "json", "--dt", "1e-4"]));
    assert_eq!(report["variants"][0], "ideal");
    for node in report["nodes"].as_array().unwrap() {
        let same = |other: &&Value| other["node"] == node["node"];
        let found = run["nodes"].as_array().unwrap().iter().find(same).unwrap();
        assert_eq!(found["sum"], node["spikes"][1], "{node}");
    }
}

#[test]
fn a_figure_is_drawn_with_a_panel_for_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("why.svg");
    let svg = path.display().to_string();
    let output = compare(&["--platform", "norse", "--platform", "ideal", "--svg", &svg]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let svg = fs::read_to_string(&path).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    for title in ["ideal", "norse@1.1.0", "time (ms)"] {
        assert!(svg.contains(title), "{title}");
    }
}

#[test]
fn what_cannot_be_compared_says_why() {
    // The one that is left is held against the ideal.
    let refused = compare(&["--platform", "snntorch", "--platform", "norse"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stdout).into_owned() + &stderr(&refused);
    assert!(said.contains("snntorch@1.0.0 refuses"), "{said}");
    assert!(stderr(&refused).contains("norse@1.1.0 is left alone"), "{}", stderr(&refused));
    let none = compare(&["--platform", "snntorch"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(stderr(&none).contains("snntorch@1.0.0 refuses"), "{}", stderr(&none));
    let alone = compare(&["--platform", "ideal"]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(stderr(&alone).contains("nothing to be compared with"), "{}", stderr(&alone));
    let tau = compare(&["--platform", "norse", "--tau", "0"]);
    assert_eq!(tau.status.code(), Some(2));
    let unknown = compare(&["--platform", "morse"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("norse"), "{}", stderr(&unknown));
}
