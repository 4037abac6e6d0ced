//! NIRData as its users meet it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn says(code: i32, args: &[&str]) -> String {
    let output = nir(args);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    said
}

fn info(file: &str) -> Vec<Value> {
    let output = nir(&["info", file, "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["observables"].as_array().unwrap().clone()
}

/// NIRData that the reference wrote: events of two samples, and grids.
fn written_by_the_reference() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../io/tests/files/data_gzip.nir");
    path.display().to_string()
}

#[test]
fn data_are_described_and_converted() {
    let file = written_by_the_reference();
    let found = info(&file);
    let events = found.iter().find(|one| one["class"] == "EventData").unwrap();
    assert_eq!((&events["node"], &events["observable"]), (&"a".into(), &"ev".into()));
    assert_eq!((&events["samples"], &events["neurons"]), (&2.into(), &4.into()));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (grid, back, again) = (path("grid.h5"), path("back.h5"), path("again.h5"));
    says(0, &["convert", &file, &grid, "--grid", "1us"]);
    let on_grid = info(&grid);
    assert!(on_grid.iter().all(|one| one["class"] == "TimeGriddedData"), "{on_grid:?}");
    let same = on_grid.iter().find(|one| one["observable"] == "ev").unwrap();
    assert_eq!(same["events"], events["events"]);
    says(0, &["convert", &grid, &back, "--events"]);
    assert!(info(&back).iter().all(|one| one["class"] != "TimeGriddedData"));
    says(0, &["convert", &back, &again, "--compression", "none"]);
    assert_eq!(info(&again), info(&back));
    let said = says(1, &["convert", &file, &path("coarse.h5"), "--grid", "1s"]);
    assert!(said.contains("lost"), "{said}");
}

#[test]
fn what_data_have_no_use_for_is_refused() {
    let file = written_by_the_reference();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.h5").display().to_string();
    let said = says(2, &["convert", &file, &out, "--repair"]);
    assert!(said.contains("no effect on NIRData: --repair"), "{said}");
    let said = says(2, &["convert", &file, &folder.path().join("out.nirt").display().to_string()]);
    assert!(said.contains(".h5"), "{said}");
    let graph = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/small.nir");
    let said = says(2, &["convert", &graph.display().to_string(), &out, "--grid", "1ms"]);
    assert!(said.contains("NIRData"), "{said}");
}

#[test]
fn data_with_a_damaged_attribute_are_no_graph_of_which_something_is_missing() {
    let mut bytes = std::fs::read(written_by_the_reference()).unwrap();
    let dt = 0.001_f64.to_le_bytes();
    let at = bytes.windows(8).position(|window| window == dt).unwrap();
    bytes[at..at + 8].fill(0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("damaged.h5").display().to_string();
    std::fs::write(&file, bytes).unwrap();
    let said = says(2, &["info", &file]);
    assert!(said.contains("`dt`") && said.contains("/nodes/a/observables/spikes"), "{said}");
}
