//! `nir conform` and `nir vectors` as their users meet them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const NIR: &str = env!("CARGO_BIN_EXE_nir");

fn nir(folder: &Path, args: &[&str]) -> Output {
    Command::new(NIR).current_dir(folder).args(args).output().unwrap()
}

/// A command that starts nir as a driver.
fn driver(platform: &str) -> String {
    format!("'{NIR}' conform serve --platform {platform}")
}

#[test]
fn a_platform_is_scored_through_the_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(
        nir(folder, &["conform", "write", "--output", "suite", "--case", "lif_"]).status.success()
    );
    let driver = driver("norse");
    let run = ["conform", "run", "suite", "--driver", &driver, "--format", "json"];
    let files = ["--html", "s.html", "--junit", "s.xml", "--badge", "s.svg"];
    let output = nir(folder, &[&run[..], &files].concat());
    assert_eq!(output.status.code(), Some(1));
    let score: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(score["driver"]["name"], "norse");
    // Norse does not read r, and says nothing of it.
    let verdicts = score["verdicts"].as_array().unwrap();
    let silent = verdicts.iter().find(|verdict| verdict["class"] == "silently_wrong").unwrap();
    assert!(silent["first"]["step"].is_u64(), "{silent}");
    let of_r = |verdict: &&Value| verdict["causes"].to_string().contains("`r` is not read");
    assert!(verdicts.iter().any(|verdict| of_r(&verdict)), "{score}");
    for (file, begins) in [("s.html", "<!doctype html>"), ("s.xml", "<?xml"), ("s.svg", "<svg")] {
        assert!(fs::read_to_string(folder.join(file)).unwrap().starts_with(begins), "{file}");
    }
    // A waiver excuses with a reason.
    let waivers =
        "format = 1\n\n[[waivers]]\ncase = \"*\"\nreason = \"r is folded into the weights\"\n";
    fs::write(folder.join("waivers.toml"), waivers).unwrap();
    let output = nir(folder, &[&run[..], &["--waivers", "waivers.toml"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let score: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(score["totals"]["waived"].as_u64().unwrap() > 0);
}

#[test]
fn a_driver_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["conform", "run", "--case", "lif_normal_1", "--driver", "/no/driver"];
    let output = nir(folder.path(), &args);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("does not start"));
}

#[test]
fn answers_of_an_importer_are_judged() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/small.nir");
    let write =
        ["vectors", example.to_str().unwrap(), "--dt", "0.1ms", "--steps", "20", "--output", "v"];
    assert!(nir(folder, &write).status.success());
    let verify = || {
        let output = nir(folder, &["vectors", "verify", "v", "--format", "json"]);
        let score: Value = serde_json::from_slice(&output.stdout).unwrap();
        let classes: Vec<String> = score["verdicts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|verdict| verdict["class"].as_str().unwrap().to_owned())
            .collect();
        (output.status.code().unwrap(), classes)
    };
    assert_eq!(verify(), (1, vec!["failed".to_owned(); 4]));
    for number in 1..=4 {
        let case = folder.join(format!("v/small_{number}"));
        fs::copy(case.join("exact.0.npy"), case.join("answer.0.npy")).unwrap();
    }
    assert_eq!(verify(), (0, vec!["equal".to_owned(); 4]));
    fs::write(folder.join("v/small_1/refused.txt"), "no").unwrap();
    assert_eq!(verify().1[0], "refused");
}

#[test]
fn a_black_box_becomes_a_platform() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let driver = driver("norse");
    let args =
        ["conform", "identify", "--driver", &driver, "--probes", "40", "--output", "found.toml"];
    let output = nir(folder, &args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let small = example.join("small.nir");
    let input = example.join("small_input.npy");
    let compare = [
        "compare",
        small.to_str().unwrap(),
        "--input",
        input.to_str().unwrap(),
        "--dt",
        "0.1ms",
        "--platform",
        "norse",
        "--platform",
        "found.toml",
    ];
    let output = nir(folder, &compare);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
