//! `nir view` of labelled sets and of sweeps: what is in the page is what `nir eval` and `nir sweep` say, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// Runs the program in the folder of the examples.
fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).current_dir(examples()).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn place(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// What is embedded in a page.
fn data(page: &str) -> Value {
    let page = fs::read_to_string(page).unwrap();
    let json = page.split_once("application/json\">").unwrap().1.split_once("</script>").unwrap().0;
    serde_json::from_str(json).unwrap()
}

const SET: [&str; 5] =
    ["snntorch/net.nir", "--input", "snntorch/samples.npy", "--labels", "snntorch/labels.npy"];
const PLATFORMS: [&str; 10] = [
    "--platform",
    "snntorch",
    "--platform",
    "spyx",
    "--platform",
    "rockpool",
    "--platform",
    "clocked",
    "--dt",
    "0.5ms",
];

#[test]
fn a_page_of_a_labelled_set_counts_as_eval_does() {
    let folder = tempfile::tempdir().unwrap();
    let page = place(&folder, "page.html");
    let output =
        nir(&[&["view"], &SET[..], &PLATFORMS, &["--output", &page, "--threads", "2"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("spyx@1.0.0: warning[N704]"), "{}", said(&output));
    let eval = nir(&[&["eval"], &SET[..], &PLATFORMS, &["--format", "json"]].concat());
    let eval: Value = serde_json::from_slice(&eval.stdout).unwrap();
    let data = data(&page);
    let (rows, found) =
        (data["evaluation"]["rows"].as_array().unwrap(), eval["platforms"].as_array().unwrap());
    assert_eq!(rows.len(), 4);
    for (row, found) in rows.iter().zip(found) {
        assert_eq!(row["name"], found["platform"]);
        assert_eq!(row["score"]["correct"], found["correct"], "{row}");
        assert_eq!(row["score"]["silent"], found["silent"]);
        assert_eq!(row["reasons"][0][0], found["errors"][0]["message"]);
    }
    assert_eq!(data["evaluation"]["samples"], 100);
    // Verdicts are those of platforms; the graph on a time grid has none.
    let verdicts: Vec<&Value> =
        data["platforms"].as_array().unwrap().iter().map(|platform| &platform["name"]).collect();
    assert_eq!(verdicts, ["snntorch@1.0.0", "spyx@1.0.0", "rockpool@3.1.0"]);
    assert_eq!(data["runs"], Value::Null);
}

#[test]
fn samples_that_state_their_classes_need_no_labels() {
    let folder = tempfile::tempdir().unwrap();
    let page = place(&folder, "page.html");
    let args = [
        "view",
        "shd.nirt",
        "--input",
        "shd.h5",
        "--eval",
        "--platform",
        "ideal",
        "--format",
        "json",
    ];
    let output = nir(&[&args[..], &["--output", &page]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["evaluations"][0].as_str().unwrap().starts_with("ideal "), "{report}");
    assert!(data(&page)["evaluation"]["samples"].as_u64().unwrap() > 1);
    // Without the classes there is nothing to hold the samples against.
    let output = nir(&[
        "view",
        "snntorch/net.nir",
        "--input",
        "snntorch/samples.npy",
        "--eval",
        "--platform",
        "norse",
        "--output",
        &page,
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("nothing says the classes of the samples"), "{}", said(&output));
}

#[test]
fn samples_of_a_folder_have_names_and_no_page_is_written_among_them() {
    let folder = tempfile::tempdir().unwrap();
    for class in ["0", "1"] {
        fs::create_dir_all(folder.path().join("set").join(class)).unwrap();
        let sample = folder.path().join("set").join(class).join("s<1>.npy");
        fs::copy(examples().join("snntorch/one.npy"), sample).unwrap();
    }
    let set = place(&folder, "set");
    let args = [
        "view",
        "snntorch/net.nir",
        "--input",
        &set,
        "--eval",
        "--platform",
        "snntorch",
        "--output",
    ];
    let page = place(&folder, "page.html");
    let output = nir(&[&args[..], &[&page]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(data(&page)["evaluation"]["names"], json!(["0/s<1>.npy", "1/s<1>.npy"]));
    assert!(!fs::read_to_string(&page).unwrap().contains("s<1>"));
    let inside = place(&folder, "set/page.html");
    let output = nir(&[&args[..], &[&inside]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("lies among the samples"), "{}", said(&output));
    assert!(!Path::new(&inside).exists());
}

#[test]
fn options_without_effect_on_a_set_or_on_runs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let page = place(&folder, "page.html");
    let run = [
        "view",
        "small.nir",
        "--input",
        "small_input.npy",
        "--platform",
        "ideal",
        "--platform",
        "spyx",
    ];
    let set = [&["view"], &SET[..], &["--platform", "norse"]].concat();
    let cases: [(&[&str], &[&str], &str); 3] = [
        (&run, &["--readout", "count"], "--readout has no effect on runs side by side"),
        (&run, &["--threads", "2"], "--threads has no effect on runs side by side"),
        (&set, &["--no-cause"], "--no-cause has no effect on the classes of samples"),
    ];
    for (args, more, expected) in cases {
        let output = nir(&[args, more, &["--output", &page]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    assert!(!Path::new(&page).exists());
    let output =
        nir(&[&["view"], &SET[..], &["--platform", "norse", "--output", &place(&folder, "a.svg")]]
            .concat());
    assert!(said(&output).contains("has no effect on a picture"), "{}", said(&output));
}

#[test]
fn a_page_of_a_sweep_has_the_lines_of_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let (out, page) = (place(&folder, "out"), place(&folder, "page.html"));
    assert_eq!(nir(&["sweep", "sweep.toml", "--output", &out]).status.code(), Some(0));
    let output = nir(&["view", &out, "--output", &page]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let table: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out/table.json")).unwrap()).unwrap();
    let (data, entries) = (data(&page), table["entries"].as_array().unwrap());
    let lines = data["lines"].as_array().unwrap();
    assert_eq!(lines.len(), entries.len());
    assert_eq!(data["columns"], json!(["dt 0.1ms", "dt 0.2ms", "dt 0.5ms"]));
    for (line, entry) in lines.iter().zip(entries) {
        assert_eq!(data["texts"][line["platform"].as_u64().unwrap() as usize], entry["platform"]);
        assert_eq!((&line["status"], &line["values"][0]), (&entry["status"], &entry["accuracy"]));
        let columns = line["columns"].as_array().unwrap().len();
        assert_eq!(columns, if entry["choices"]["dt"].is_null() { 3 } else { 1 }, "{entry}");
    }
    for option in [["--input", "small_input.npy"], ["--dt", "1ms"]] {
        let with_platform = ["view", &out, "--platform", "norse", "--output", &page];
        let output = nir(&[&with_platform[..], &option].concat());
        assert!(
            said(&output).contains("has no effect on the drawing of a sweep"),
            "{}",
            said(&output)
        );
    }
    assert!(
        said(&nir(&["view", &out, "--output", "-"])).contains("as a page, HTML, or as maps, SVG")
    );
}
