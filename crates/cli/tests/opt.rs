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
