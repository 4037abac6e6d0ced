//! Code that `nir codegen` writes is built and replayed by its own Makefile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::{Command, Output};

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn graph() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/small.nir");
    path.display().to_string()
}

#[test]
fn the_code_of_a_simulator_and_of_a_chip_passes_its_own_check() {
    let folder = tempfile::tempdir().unwrap();
    for platform in ["norse", "spyx@1.0.0", "loihi2", "spinnaker2"] {
        let output = folder.path().join(platform.replace('@', "-")).display().to_string();
        let args = ["codegen", &graph(), "--target", "c99", "--platform", platform, "--dt", "1ms"];
        let done = nir(&[&args[..], &["--output", &output, "--name", "small"]].concat());
        assert_eq!(done.status.code(), Some(0), "{platform}: {done:?}");
        let check = Command::new("make").args(["-s", "-C", &output, "check"]).output().unwrap();
        let said = String::from_utf8_lossy(&check.stdout).into_owned();
        assert!(check.status.success(), "{platform}: {said}{check:?}");
        assert!(said.contains("are equal in 100 steps"), "{said}");
        // What is there is not overwritten.
        let again = nir(&[&args[..], &["--output", &output, "--name", "small"]].concat());
        assert_eq!(again.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    }
}

#[test]
fn the_crate_of_a_simulator_and_of_a_chip_passes_its_own_test() {
    let folder = tempfile::tempdir().unwrap();
    for platform in ["norse", "loihi2", "spinnaker2"] {
        let output = folder.path().join(platform);
        let place = output.display().to_string();
        let args = ["codegen", &graph(), "--target", "rust", "--platform", platform, "--dt", "1ms"];
        let done = nir(&[&args[..], &["--output", &place, "--name", "small"]].concat());
        assert_eq!(done.status.code(), Some(0), "{platform}: {done:?}");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(said.contains("/Cargo.toml` replays 100 steps"), "{said}");
        let check = Command::new(env!("CARGO"))
            .args(["test", "--offline", "--manifest-path"])
            .arg(output.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", folder.path().join("target"))
            .env("RUSTFLAGS", "-D warnings")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&check.stdout).into_owned();
        assert!(check.status.success(), "{platform}: {said}{check:?}");
        assert!(said.contains("4 passed"), "{said}");
        let again = nir(&[&args[..], &["--output", &place, "--name", "small"]].concat());
        assert_eq!(again.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    }
}

#[test]
fn what_has_no_code_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out").display().to_string();
    let base = ["codegen", &graph(), "--output", &output];
    let c99 = ["--target", "c99"];
    for (more, expected) in [
        (&["--platform", "norse", "--name", "a b"][..], "cannot begin the names of C"),
        (
            &["--platform", "norse", "--target", "rust", "--name", "fn"][..],
            "cannot begin the names of Rust",
        ),
        (&["--platform", "snntorch@0.8.1"][..], "not supported"),
        (&["--platform", "nrose"][..], "did you mean `norse`"),
        (&["--platform", "norse", "--target", "ada"][..], "[possible values: c99, rust, verilog]"),
    ] {
        let target = if more.contains(&"--target") { &[][..] } else { &c99[..] };
        let done = nir(&[&base[..], target, more].concat());
        assert_eq!(done.status.code(), Some(2), "{more:?}");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains(expected), "{more:?}: {said}");
        assert!(!Path::new(&output).join("net.c").exists());
    }
}

#[test]
fn what_a_missing_tool_would_measure_is_null_and_the_tool_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (target, tools) in [("c99", ["ARM_CC", "QEMU"]), ("verilog", ["IVERILOG", "VERILATOR"])] {
        let output = folder.path().join(target).display().to_string();
        let args = ["codegen", &graph(), "--target", target, "--platform", "loihi2", "--dt", "1ms"];
        let done = nir(&[&args[..], &["--output", &output]].concat());
        assert_eq!(done.status.code(), Some(0), "{target}: {done:?}");
        let mut make = Command::new("make");
        make.args(["-s", "-C", &output, "measure"]);
        for tool in tools {
            // What the Makefile names is given there, the rest in the environment.
            make.arg(format!("{tool}=no-such-tool")).env(tool, "no-such-tool");
        }
        let done = make.output().unwrap();
        assert!(done.status.success(), "{target}: {done:?}");
        let text = std::fs::read_to_string(Path::new(&output).join("measured.json")).unwrap();
        let measured: serde_json::Value = serde_json::from_str(&text).unwrap();
        let absent = measured["absent"].as_array().unwrap();
        assert!(absent.iter().any(|tool| tool == "no-such-tool"), "{text}");
        let number = match target {
            "c99" => &measured["processors"][0]["frames"]["mean_instructions"],
            _ => &measured["icarus"]["most_cycles"],
        };
        assert!(number.is_null(), "{text}");
        // The report is a file as well.
        let text = std::fs::read_to_string(Path::new(&output).join("report.json")).unwrap();
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["check"], "make -C . check");
        let layers = report["layers"].as_array().unwrap();
        let total: u64 =
            layers.iter().map(|layer| layer["most_operations"].as_u64().unwrap()).sum();
        assert_eq!(report["most_operations"], total);
    }
}
