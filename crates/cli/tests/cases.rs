//! Files as exporters write them, as the program meets them: what runs, what a repair leaves, units of times.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn case(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../passes/tests/cases");
    folder.join(name).display().to_string()
}

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What each node puts out in all.
fn sums(args: &[&str]) -> BTreeMap<String, f64> {
    let output = nir(&[&["run"], args, &["--format", "json"]].concat());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{error}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = report["nodes"].as_array().unwrap().iter();
    let sum =
        |node: &Value| (node["node"].as_str().unwrap().to_owned(), node["sum"].as_f64().unwrap());
    nodes.map(sum).collect()
}

/// A case after a repair that leaves nothing.
fn repaired(folder: &Path, name: &str) -> String {
    let path = folder.join("repaired.nir").display().to_string();
    let output = nir(&["convert", &case(name), &path, "--repair"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    path
}

#[test]
fn a_repaired_network_has_the_spikes_of_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    // The right network was run on the released packages: hidden.lif 84, lif2 56.
    let x = case("nested_input_width/x.npy");
    let how = ["--clocked", "--dt", "1e-4", "--input", &x];
    for file in [
        case("nested_input_width/net.nirt"),
        repaired(folder.path(), "nested_input_width/net.nirt"),
        case("nested_input_width/right.nirt"),
    ] {
        let found = sums(&[&[file.as_str()], &how[..]].concat());
        assert_eq!((found["hidden.lif"], found["lif2"]), (84.0, 56.0), "{file}");
    }
    for name in ["batch_axis", "flatten_batch_axis"] {
        let x = case(&format!("{name}/x.npy"));
        let how = ["--clocked", "--dt", "1e-3", "--spike", "impulse:1", "--input", &x];
        let mended = repaired(folder.path(), &format!("{name}/net.nirt"));
        let right = case(&format!("{name}/right.nirt"));
        let found = sums(&[&[mended.as_str()], &how[..]].concat());
        assert_eq!(found, sums(&[&[right.as_str()], &how[..]].concat()));
        assert!(found["output"] > 0.0, "{name}: {found:?}");
    }
}

#[test]
fn a_flattened_recurrent_network_runs_when_it_is_nested_again() {
    let folder = tempfile::tempdir().unwrap();
    let (file, x) = (repaired(folder.path(), "dotted_ports/net.nirt"), case("dotted_ports/x.npy"));
    let found = sums(&[&file, "--clocked", "--dt", "1e-4", "--input", &x]);
    assert!(found["lif1.lif"] > 0.0 && found["output"] > 0.0, "{found:?}");
}

#[test]
fn a_bias_that_is_one_number_runs_as_if_it_were_written_out() {
    let folder = tempfile::tempdir().unwrap();
    let (plain, x) = (case("scalar_bias/r.nirt"), case("scalar_bias/x.npy"));
    let written = repaired(folder.path(), "scalar_bias/r.nirt");
    for engine in
        [&["--clocked"][..], &["--exact", "--spike", "pulse:1e-3"], &["--platform", "norse"]]
    {
        let how = [engine, &["--dt", "1e-3", "--input", &x, "--reset", "v_reset"]].concat();
        let of = |file: &str| sums(&[&[file], &how[..]].concat());
        assert_eq!(of(&plain), of(&written), "{engine:?}");
    }
    // snnTorch 1.0.0 and SpikingJelly 2.0.0 stop with a TypeError.
    for platform in ["snntorch", "spikingjelly"] {
        let report = stdout(&nir(&["check", &plain, "--platform", platform]));
        assert!(report.contains("TypeError") && report.contains("got numpy.float64"), "{report}");
    }
}

#[test]
fn what_a_repair_leaves_is_told_and_the_exit_code_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nir").display().to_string();
    let output = nir(&["convert", &case("transposed_weights/net.nirt"), &path, "--repair"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stdout(&output);
    assert!(
        said.contains("repaired[N311]: ") && said.contains("left: error[N204]: /LIF/tau[2]"),
        "{said}"
    );
    assert!(fs::metadata(&path).is_ok(), "what could be mended is written");
    let report =
        nir(&["convert", &case("dropped_pool/net.nirt"), &path, "--repair", "--format", "json"]);
    assert_eq!(report.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["left"][0]["code"], "N312");
    assert_eq!(report["changes"].as_array().unwrap().len(), 0);
}

#[test]
fn a_step_that_no_time_constant_speaks_for_is_asked_for() {
    let (file, x) = (case("biophysical_units/net.nirt"), case("biophysical_units/x.npy"));
    assert_eq!(nir(&["check", &file]).status.code(), Some(0));
    assert_eq!(nir(&["check", &case("biophysical_units/tonic.nirt")]).status.code(), Some(1));
    let asked = nir(&["run", &file, "--clocked", "--input", &x]);
    assert_eq!(asked.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&asked.stderr).contains("give `--dt`"));
    let found = sums(&[&file, "--clocked", "--dt", "1e-3", "--input", &x]);
    assert!(found["lif"] - 12.0 == 0.0, "{found:?}");
}

const MILLISECONDS: &str = "nirt 1\ngraph {\n  input = Input { shape: i64[1] [1] }\n  \
    lif = LIF { tau: f64[1] [20] r: f64[1] [20] v_leak: f64[1] [0] v_threshold: f64[1] [1] v_reset: f64[1] [0] }\n  \
    output = Output { shape: i64[1] [1] }\n  input -> lif -> output\n}\n";

#[test]
fn times_in_milliseconds_are_told_read_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (ms, s, back) = (path("ms.nirt"), path("s.nirt"), path("back.nirt"));
    fs::write(&ms, MILLISECONDS).unwrap();
    let check = nir(&["check", &ms]);
    assert_eq!(check.status.code(), Some(0), "a note is no finding");
    assert!(stdout(&check).contains("note[N405]") && stdout(&check).contains("--time-unit ms"));
    assert!(stdout(&nir(&["info", &ms])).contains("unit of times"));
    for verb in [&["show", &ms, "--time-unit", "ms"][..], &["info", &ms, "--time-unit", "ms"]] {
        assert!(stdout(&nir(verb)).contains("0.02"), "{verb:?}");
    }
    // r = tau / dt with 1 ms.
    let info = stdout(&nir(&["info", &ms, "--time-unit", "ms"]));
    assert!(
        info.contains("0.001 s (dt = tau/r in `lif`)") && !info.contains("unit of times"),
        "{info}"
    );
    let told = "/lif: `tau` times 0.001\n/: metadata `time_unit` = s\n";
    assert_eq!(stdout(&nir(&["convert", &ms, &s, "--time-unit", "ms"])), told);
    let told = "time_unit: /lif: `tau` times 0.001\ntime_unit: /: metadata `time_unit` = s\n";
    assert_eq!(stdout(&nir(&["opt", &ms, &s, "--time-unit", "ms"])), told);
    assert_eq!(stdout(&nir(&["opt", &s, &back])), "nothing to rewrite\n");
    let written = fs::read_to_string(&s).unwrap();
    assert!(
        written.contains("tau: f64[1] [0.02]") && written.contains("time_unit: \"s\""),
        "{written}"
    );
    let told = nir(&["convert", &s, &back, "--output-time-unit", "ms"]);
    assert!(stdout(&told).contains("/lif: `tau` times 1000"), "{told:?}");
    let written = fs::read_to_string(&back).unwrap();
    assert!(
        written.contains("tau: f64[1] [20]") && written.contains("time_unit: \"ms\""),
        "{written}"
    );
    assert!(
        stdout(&nir(&["check", &back])).contains("the metadata say that times are in milliseconds")
    );
}

#[test]
fn a_scaled_network_does_in_the_steps_of_a_package_what_it_did_in_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scaled.nir").display().to_string();
    let (net, x) = (case("time_rescaling/net.nirt"), case("time_rescaling/x.npy"));
    // snnTorch runs with 0.1 ms and has no gain for another step.
    let refused = nir(&["run", &net, "--platform", "snntorch", "--input", &x]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let scaled = nir(&["opt", &net, &path, "--time-scale", "0.1"]);
    let told = "time_scale: /lif: `tau_syn`, `tau_mem` times 0.1\ntime_scale: /: metadata `time_scale` = 0.1\n";
    assert_eq!(stdout(&scaled), told);
    // What numpy computes with steps of 1 ms, in `want_zero.npy`: seven spikes, as on snnTorch 1.0.0.
    let spikes = sums(&[&path, "--platform", "snntorch", "--input", &x])["lif"];
    assert!(spikes - 7.0 == 0.0, "{spikes}");
    assert_eq!(nir(&["opt", &net, &path, "--time-scale", "-1"]).status.code(), Some(2));
}

#[test]
fn files_that_are_no_graphs_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.nir").display().to_string();
    fs::write(&path, "version https://git-lfs.github.com/spec/v1\n").unwrap();
    let output = nir(&["info", &path]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("a Git LFS pointer") && said.contains("git lfs pull"), "{said}");
}
