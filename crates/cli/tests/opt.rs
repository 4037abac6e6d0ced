//! `nir opt` as its users meet it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::{Command, Output};

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    folder.join(name).display().to_string()
}

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

/// How norse counts the input of the neurons.
fn losses(file: &str) -> String {
    let output = nir(&["check", file, "--platform", "norse", "--dt", "1e-4"]);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn gains_that_a_platform_ignores_go_into_the_weights_and_the_loss_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("folded.nir").display().to_string();
    let small = example("small.nir");
    assert!(losses(&small).contains("ignores r = 20"), "{}", losses(&small));
    let output = nir(&["opt", &small, &path, "--pass", "unnest", "--pass", "fold_gain"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("fold_gain: /lif1: its gains"));
    assert!(!losses(&path).contains("ignores r"), "{}", losses(&path));
}

#[test]
fn every_pass_that_is_listed_runs_and_an_unknown_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nir").display().to_string();
    let list: serde_json::Value =
        serde_json::from_slice(&nir(&["opt", "--list", "--format", "json"]).stdout).unwrap();
    for pass in list["passes"].as_array().unwrap() {
        let name = pass["name"].as_str().unwrap();
        let output = nir(&["opt", &example("small.nir"), &path, "--pass", name]);
        // The file says a reset by subtraction, with which a voltage that is counted from elsewhere does something else.
        let code = if name == "center_leak" { 2 } else { 0 };
        assert_eq!(output.status.code(), Some(code), "{name}: {output:?}");
    }
    let wrong = nir(&["opt", &example("small.nir"), &path, "--pass", "x", "--pass", "y"]);
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("no pass `x`") && said.contains("no pass `y`"), "{said}");
}

#[test]
fn a_platform_that_refuses_the_form_too_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nir").display().to_string();
    // A network with a leak, which Speck does not have.
    let output = nir(&["opt", &example("small.nir"), &path, "--for", "speck"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("speck still refuses it: "), "{said}");
    assert!(Path::new(&path).exists());
    let output = nir(&["opt", &example("small.nir"), &path, "--for", "speck", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!report["refused"].as_array().unwrap().is_empty(), "{report}");
}

#[test]
fn other_times_are_not_those_of_a_reference_that_has_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let (graph, path) = (folder.path().join("in.nirt"), folder.path().join("out.nirt"));
    let graph = graph.display().to_string();
    for (reference, is_kept) in [("snntorch@1.0.0 dt=1e-4", false), ("norse@1.1.0 dt=1e-4", true)] {
        nir(&["convert", &example("small.nir"), &graph]);
        let text = std::fs::read_to_string(&graph).unwrap();
        let noted = format!("  metadata {{\n    nirkit.reference: \"{reference}\"\n");
        let text = text.replacen("  metadata {\n", &noted, 1);
        assert!(text.contains("nirkit.reference"), "{text}");
        std::fs::write(&graph, text).unwrap();
        let path = path.display().to_string();
        let output = nir(&["opt", &graph, &path, "--time-scale", "10"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let made = std::fs::read_to_string(&path).unwrap();
        assert_eq!(made.contains("nirkit.reference"), is_kept, "{made}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.contains("has no step but"), !is_kept, "{said}");
    }
}
