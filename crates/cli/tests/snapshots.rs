//! The output of every verb, as text and as JSON, and the words of every finding.
//!
//! What changes on purpose is taken over with `INSTA_UPDATE=always cargo test -p nirkit-cli --test integration snapshots`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::{Command, Output};

use nirkit::io::array::write_array;
use nirkit::ir::diag::CODES;
use nirkit::numerics::Tensor;
use serde_json::Value;
use tempfile::TempDir;

/// A network with a neuron that no platform takes as it is, a stimulus for it, and labels.
const NET: &str = "nirt 1
version \"1.0.8\"
graph {
  fc = Linear { weight: f32[2, 3] [[0.5, -0.25, 1.5], [0.75, 0.5, -0.5]] }
  input = Input { shape: i64[1] [3] }
  lif = LIF { tau: f32[2] [0.01, 0.02] r: f32[2] [10, 20] v_leak: f32[2] [0, 0] v_threshold: f32[2] [1, 0.5] v_reset: f32[2] [0, 0] }
  output = Output { shape: i64[1] [2] }
  input -> fc -> lif -> output
}
";

/// A network that goes to a chip.
const CHIP: &str = "nirt 1
version \"1.0.8\"
graph {
  w1 = Linear { weight: f32[3, 2] [[0.5, -0.25], [0.75, 0.5], [1, 1]] }
  h = CubaLIF { tau_syn: f32[3] 0.004 tau_mem: f32[3] 0.008 r: f32[3] 8 v_leak: f32[3] 0 v_threshold: f32[3] 1 v_reset: f32[3] 0 w_in: f32[3] 4 }
  w2 = Linear { weight: f32[2, 3] [[0.5, -0.25, 0.5], [0.75, 0.5, -1]] }
  o = CubaLIF { tau_syn: f32[2] 0.004 tau_mem: f32[2] 0.016 r: f32[2] 16 v_leak: f32[2] 0 v_threshold: f32[2] 1 v_reset: f32[2] 0 w_in: f32[2] 4 }
  input = Input { shape: i64[1] [2] }
  output = Output { shape: i64[1] [2] }
  input -> w1 -> h -> w2 -> o -> output
}
";

/// A network with faults of several kinds.
const FAULTY: &str = "nirt 1
version \"1.0.8\"
graph {
  a = Input { shape: i64[1] [3] }
  fc = Linear { weight: f32[2, 4] 0.5 }
  lif = LIF { tau: f32[2] [0.01, -0.02] r: f32[2] 1 v_leak: f32[2] 0 v_threshold: f32[2] 1 v_rest: f32[2] 0 }
  a -> fc -> lif -> nowhere
}
";

/// Spikes with times.
const SPIKES: &str = r#"{"T": 0.02, "inputs": {"input": {"shape": [3], "kind": "spikes", "spikes": [[0.001, 0], [0.002, 2], [0.003, 2], [0.004, 1], [0.005, 2], [0.006, 2]]}}}"#;

/// Runs the program in a folder with the files of these tests.
fn nir(args: &[&str]) -> (Output, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("net.nirt", NET);
    write("net2.nirt", &NET.replace("1.5", "1.25"));
    write("chip.nirt", CHIP);
    write("faulty.nirt", FAULTY);
    write("spikes.json", SPIKES);
    // Three samples of ten steps, of two kinds.
    let (low, high) = ([0_u8, 1, 0], [1_u8, 0, 1]);
    let samples = [high, low, low].map(|frame| frame.repeat(10)).concat();
    write_array(folder.path().join("set.npy"), &Tensor::new(&[3, 10, 3], samples).unwrap())
        .unwrap();
    write_array(folder.path().join("labels.npy"), &Tensor::vector(vec![0_i64, 1, 0])).unwrap();
    let events = "x,t\n0,1000\n1,2000\n1,3000\n0,5000\n1,6000\n0,9000\n";
    write("events.csv", events);
    let plan = "format = 1\ngraphs = [\"net.nirt\"]\nplatforms = [\"clocked\", \"norse\", \"nengo\"]\ndt = \
                [\"1ms\"]\nreference = \"clocked\"\n\n[[sets]]\ninput = \"set.npy\"\nlabels = \"labels.npy\"\n";
    write("plan.toml", plan);
    let output = Command::new(env!("CARGO_BIN_EXE_nir"))
        .current_dir(folder.path())
        .args(args)
        .output()
        .unwrap();
    (output, folder)
}

/// What the program prints in a folder with the files of these tests, and how it ends. What differs from machine to machine
/// is left out.
fn run(args: &[&str]) -> String {
    let (output, _folder) = nir(args);
    let text =
        |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    format!(
        "$ nir {}\n{}\n-- stderr\n{}\n-- exit {}\n",
        args.join(" "),
        text(&output.stdout).trim_end(),
        text(&output.stderr).trim_end(),
        output.status.code().unwrap()
    )
}

/// A command as text and as JSON.
fn both(args: &[&str]) -> String {
    [run(args), run(&[args, &["--format", "json"]].concat())].join("\n")
}

/// An evaluation without its platforms.
const EVAL: [&str; 8] =
    ["eval", "net.nirt", "--input", "set.npy", "--labels", "labels.npy", "--dt", "1e-3"];

/// A command for each verb that prints JSON, and some that fail.
const JSON: [&[&str]; 24] = [
    &["info", "net.nirt"],
    &["info", "net.nirt", "chip.nirt"],
    &["check", "net.nirt"],
    &["check", "net.nirt", "none.nirt"],
    &["explain", "N204"],
    &["explain"],
    &["convert", "net.nirt", "out.nir"],
    &["diff", "net.nirt", "net2.nirt"],
    &["opt", "net.nirt", "out.nirt"],
    &["opt", "--list"],
    &["run", "net.nirt", "--clocked", "--dt", "1ms", "--input", "spikes.json"],
    &["run", "faulty.nirt", "--clocked", "--input", "spikes.json"],
    &["compare", "net.nirt", "--platform", "norse", "--dt", "1e-3", "--input", "spikes.json"],
    &[
        "eval",
        "net.nirt",
        "--input",
        "set.npy",
        "--labels",
        "labels.npy",
        "--dt",
        "1e-3",
        "--clocked",
    ],
    &["lower", "chip.nirt", "--platform", "xylo", "--dt", "1e-3"],
    &["platforms"],
    &["adapt", "net.nirt", "adapted.nirt", "--for", "norse", "--like", "snntorch", "--dt", "1e-3"],
    &["events", "info", "events.csv"],
    &["events", "convert", "events.csv", "events.npy"],
    &[
        "codegen",
        "net.nirt",
        "--target",
        "c99",
        "--platform",
        "norse",
        "--dt",
        "1e-3",
        "--output",
        "code",
    ],
    &["view", "net.nirt"],
    &["sweep", "plan.toml", "--output", "swept"],
    &["conform", "write", "--output", "suite", "--case", "lif_normal_1"],
    &["vectors", "net.nirt", "--dt", "1e-3", "--steps", "10", "--output", "vectors"],
];

#[test]
fn every_json_has_the_version_of_its_form() {
    for args in JSON {
        let (output, folder) = nir(&[args, &["--format", "json"]].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["schema"], 1, "{args:?}: {report}");
        drop(folder);
    }
    let run = [JSON[10], &["--output", "out"]].concat();
    let (_, folder) = nir(&run);
    let report = fs::read_to_string(folder.path().join("out/run.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&report).unwrap()["schema"], 1, "{report}");
    // A verb with another form than text stands in the list above.
    let text = |args: &[&str]| String::from_utf8(nir(args).0.stdout).unwrap();
    let help = text(&["--help"]);
    let verbs = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    for line in verbs.take_while(|line| !line.is_empty()) {
        let Some(verb) = line.split_whitespace().next().filter(|verb| *verb != "help") else {
            continue;
        };
        let has_json = text(&[verb, "--help"]).contains("--format");
        assert_eq!(has_json, JSON.iter().any(|args| args[0] == verb), "{verb}");
    }
}

macro_rules! snapshots {
    ($($name:ident: $printed:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), $printed);
        }
    )*};
}

snapshots! {
    help: run(&["--help"]);
    info: both(&["info", "net.nirt"]);
    info_of_several: run(&["info", "net.nirt", "chip.nirt"]);
    show: run(&["show", "net.nirt"]);
    show_step: run(&["show", "net.nirt", "--step", "--platform", "norse", "--dt", "1ms"]);
    show_step_of_a_chip: run(&["show", "chip.nirt", "--step", "--platform", "xylo", "--dt", "1ms", "--inline", "4"]);
    view: both(&["view", "net.nirt"]);
    view_of_faults: run(&["view", "faulty.nirt"]);
    codegen: run(&["codegen", "net.nirt", "--target", "c99", "--platform", "norse", "--dt", "1e-3", "--output", "code"]);
    check: both(&["check", "faulty.nirt"]);
    check_of_platforms: both(&["check", "net.nirt", "--platform", "norse", "--platform", "sinabs", "--dt", "1e-3"]);
    check_of_a_chip: both(&["check", "chip.nirt", "--platform", "xylo", "--dt", "1e-3"]);
    explain: both(&["explain", "N204"]);
    convert: both(&["convert", "faulty.nirt", "out.nirt", "--repair"]);
    diff: both(&["diff", "net.nirt", "net2.nirt"]);
    opt: both(&["opt", "net.nirt", "out.nirt", "--pass", "fold_gain"]);
    opt_list: both(&["opt", "--list"]);
    run_exact: both(&["run", "net.nirt", "--exact", "--input", "spikes.json"]);
    run_clocked: both(&["run", "net.nirt", "--clocked", "--dt", "1ms", "--input", "spikes.json"]);
    run_platform: both(&["run", "net.nirt", "--platform", "norse", "--dt", "1e-3", "--input", "spikes.json"]);
    run_chip: both(&["run", "chip.nirt", "--platform", "xylo", "--dt", "1e-3", "--input", "events.csv"]);
    run_operations: both(&["run", "chip.nirt", "--clocked", "--input", "events.csv", "--operations"]);
    run_refused: both(&["run", "faulty.nirt", "--clocked", "--input", "spikes.json"]);
    compare: both(&["compare", "net.nirt", "--platform", "ideal", "--platform", "norse", "--dt", "1e-3", "--input", "spikes.json"]);
    eval: both(&[&EVAL[..], &["--clocked", "--platform", "norse", "--platform", "xylo", "--per-class"]].concat());
    sweep: both(&["sweep", "plan.toml", "--output", "swept"]);
    lower: both(&["lower", "chip.nirt", "--platform", "xylo", "--dt", "1e-3", "--input", "events.csv"]);
    conform_write: both(&["conform", "write", "--output", "suite", "--case", "lif_normal"]);
    vectors: both(&["vectors", "net.nirt", "--dt", "1e-3", "--steps", "10", "--output", "vectors"]);
    platforms: both(&["platforms"]);
    platform: both(&["platforms", "--platform", "norse"]);
}

#[test]
fn a_picture_of_a_graph() {
    let (_, folder) = nir(&["view", "faulty.nirt", "--output", "net.svg"]);
    insta::assert_snapshot!("picture", fs::read_to_string(folder.path().join("net.svg")).unwrap());
}

#[test]
fn every_finding_has_a_page() {
    let pages: Vec<String> = CODES
        .iter()
        .map(|code| {
            let page = code.page();
            format!("{code} {}: {}\n{}\n", page.severity, page.title, page.text)
        })
        .collect();
    insta::assert_snapshot!("findings", pages.join("\n"));
}
