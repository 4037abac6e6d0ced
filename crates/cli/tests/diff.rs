//! `nir diff` as its users meet it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const NET: &str = "nirt 1\ngraph {\n  input = Input { shape: i64[1] [3] }\n  \
    l = Threshold { threshold: f64[3] [0.01, 0.02, 0.03] }\n  output = Output { shape: i64[1] [3] }\n  \
    input -> l -> output\n}\n";

fn diff(folder: &Path, changed: &str, args: &[&str]) -> Output {
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("a.nirt"), NET).unwrap();
    fs::write(path("b.nirt"), changed).unwrap();
    let files = [path("a.nirt"), path("b.nirt")];
    let mut command = Command::new(env!("CARGO_BIN_EXE_nir"));
    command.arg("diff").args(files).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn numbers_within_the_tolerance_are_counted_and_the_files_do_not_hold_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let near = NET.replace("0.02", "0.02000000001");
    let output = diff(folder.path(), &near, &["--tolerance", "1e-6"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        said.contains("1 of 3 numbers differ") && said.contains("within the tolerance"),
        "{said}"
    );
    let verdict =
        "the graphs mean the same; 1 number differs by no more than the tolerance of 1e-6\n";
    assert!(said.ends_with(verdict), "{said}");
    let output = diff(folder.path(), &near, &["--tolerance", "1e-6", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["within_tolerance"], &json["same"]), (&1.into(), &true.into()));
    assert_eq!(diff(folder.path(), &near, &[]).status.code(), Some(1));
    assert_eq!(stdout(&diff(folder.path(), NET, &[])), "the files hold the same\n");
}

#[test]
fn a_tolerance_is_a_share() {
    let folder = tempfile::tempdir().unwrap();
    for tolerance in ["2", "1.0001", "-1", "nan", "inf"] {
        let output = diff(folder.path(), NET, &[&format!("--tolerance={tolerance}")]);
        assert_eq!(output.status.code(), Some(2), "{tolerance}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("is no share") && said.contains("from 0 to 1"), "{said}");
    }
    assert_eq!(diff(folder.path(), NET, &["--tolerance", "1"]).status.code(), Some(0));
}

#[test]
fn numbers_in_another_order_of_bytes_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let big = NET.replace("threshold: f64[3]", "threshold: f64be[3]");
    let output = diff(folder.path(), &big, &[]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(said.contains("big-endian") && said.ends_with("the graphs mean the same\n"), "{said}");
}
