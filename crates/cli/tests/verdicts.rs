//! Verdicts on graphs that packages take otherwise than NIR means them, and every way where chance decides,
//! as users meet them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use nirkit::io::array::write_array;
use nirkit::numerics::Tensor;
use serde_json::Value;
use tempfile::TempDir;

/// Two Inputs that meet: Norse and Sinabs begin at either of them.
const TWO_INPUTS: &str = "\
  a = Input { shape: i64[1] [2] }
  b = Input { shape: i64[1] [2] }
  fa = Affine { weight: f32[2, 2] [[2, 0], [0, 2]], bias: f32[2] [0, 0] }
  fb = Affine { weight: f32[2, 2] [[0, 9], [9, 0]], bias: f32[2] [0, 0] }
  lif = LIF { tau: f32[2] [0.005, 0.005], r: f32[2] [1, 1], v_leak: f32[2] [0, 0], v_threshold: f32[2] [1, 1], v_reset: f32[2] [0, 0] }
  output = Output { shape: i64[1] [2] }
  a -> fa
  b -> fb
  fa -> lif
  fb -> lif
  lif -> output
";

/// A neuron that Sinabs does not know.
const CURRENT: &str = "\
  input = Input { shape: i64[1] [2] }
  fc = Affine { weight: f32[2, 2] [[1, 0], [0, 1]], bias: f32[2] [0, 0] }
  lif = CubaLIF { tau_syn: f32[2] [0.005, 0.005], tau_mem: f32[2] [0.005, 0.005], r: f32[2] [1, 1], v_leak: f32[2] [0, 0], v_threshold: f32[2] [1, 1], v_reset: f32[2] [0, 0], w_in: f32[2] [40, 40] }
  output = Output { shape: i64[1] [2] }
  input -> fc
  fc -> lif
  lif -> output
";

/// A map that feeds itself, which NIR calls invalid.
const SELF_EDGE: &str = "\
  input = Input { shape: i64[1] [2] }
  fc = Affine { weight: f32[2, 2] [[0.5, 0], [0, 0.5]], bias: f32[2] [0, 0] }
  lif = LIF { tau: f32[2] [0.005, 0.005], r: f32[2] [1, 1], v_leak: f32[2] [0, 0], v_threshold: f32[2] [1, 1], v_reset: f32[2] [0, 0] }
  output = Output { shape: i64[1] [2] }
  input -> fc
  fc -> fc
  fc -> lif
  lif -> output
";

/// A graph whose Input the reader adds.
const NO_INPUT: &str = "\
  fc = Affine { weight: f32[2, 2] [[9, 0], [0, 9]], bias: f32[2] [0, 0] }
  lif = LIF { tau: f32[2] [0.005, 0.005], r: f32[2] [1, 1], v_leak: f32[2] [0, 0], v_threshold: f32[2] [1, 1], v_reset: f32[2] [0, 0] }
  output = Output { shape: i64[1] [2] }
  fc -> lif
  lif -> output
";

struct Bench {
    folder: TempDir,
}

impl Bench {
    /// A folder with a graph, a set of two samples, its first sample, and labels.
    fn new(graph: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("nirt 1\nversion \"1.0.8\"\n\ngraph {{\n{graph}}}\n");
        fs::write(folder.path().join("net.nirt"), text).unwrap();
        let bench = Self { folder };
        let ones = [[1.0_f32, 0.0]; 20].concat();
        let zeros = vec![0.0_f32; 40];
        bench.array("x.npy", &Tensor::new(&[20, 2], ones.clone()).unwrap());
        bench.array("set.npy", &Tensor::new(&[2, 20, 2], [ones, zeros].concat()).unwrap());
        bench.array("labels.npy", &Tensor::vector(vec![0_i64, 1]));
        bench
    }

    fn array(&self, name: &str, array: &Tensor) {
        write_array(self.folder.path().join(name), array).unwrap();
    }

    fn nir(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nir"));
        command.current_dir(self.folder.path()).args(args).output().unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.nir(&[args, &["--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        Path::new(self.folder.path()).join(name)
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_finding_says_in_which_way_it_holds() {
    let bench = Bench::new(TWO_INPUTS);
    let report = bench.json(&["check", "net.nirt", "--platform", "norse", "--dt", "1e-3"]);
    let platform = &report["platforms"][0];
    assert_eq!(platform["outcome"], "depends on chance");
    let messages: Vec<&str> = platform["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["message"].as_str())
        .collect();
    for (way, node) in [(1, "/fb"), (2, "/fa")] {
        let told = platform["findings"].as_array().unwrap().iter().any(|finding| {
            finding["place"] == node
                && finding["message"].as_str().unwrap().starts_with(&format!("in way {way}: "))
        });
        assert!(told, "way {way}: {messages:?}");
    }
    let verdict = |name: &str| {
        let nodes = platform["nodes"].as_array().unwrap();
        nodes.iter().find(|node| node["node"] == name).unwrap()["verdict"].clone()
    };
    assert_eq!((verdict("fa"), verdict("fb")), ("chance".into(), "chance".into()));
}

#[test]
fn a_set_and_a_comparison_take_every_way() {
    let bench = Bench::new(TWO_INPUTS);
    let choose = ["--platform", "norse", "--dt", "1e-3"];
    let set = [
        "eval",
        "net.nirt",
        "--input",
        "a=set.npy",
        "--input",
        "b=set.npy",
        "--labels",
        "labels.npy",
        "--output",
        "out",
    ];
    let scores = bench.json(&[&set[..], &choose].concat());
    let ways = scores["platforms"][0]["ways"].as_array().unwrap();
    assert_eq!(ways.iter().map(|way| way["way"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    assert_ne!(ways[0]["correct"], ways[1]["correct"], "{scores}");
    assert!(bench.path("out/way-2.counts.npy").exists());
    let pair =
        ["compare", "net.nirt", "--input", "a=x.npy", "--input", "b=x.npy", "--platform", "sinabs"];
    let report = bench.json(&[&pair[..], &choose].concat());
    assert_eq!(report["ways"].as_array().unwrap().len(), 4, "{report}");
    assert_eq!(report["variants"][1], "sinabs@2.0.3, way 2");
    assert_eq!(report["pairs"].as_array().unwrap().len(), 3);
    // The ideal does not take part, and nothing is said of it.
    assert!(!report["choices"].to_string().contains("ideal"), "{report}");
}

#[test]
fn nothing_is_equal_where_nothing_runs() {
    let bench = Bench::new(CURRENT);
    let output = bench.nir(&[
        "compare",
        "net.nirt",
        "--input",
        "x.npy",
        "--platform",
        "norse",
        "--platform",
        "sinabs",
        "--dt",
        "1e-3",
    ]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("nothing to compare") && text.contains("only one of them runs lif"),
        "{text}"
    );
    assert!(text.contains("does not run"), "{text}");
}

#[test]
fn silent_samples_are_told_and_labels_are_classes() {
    let bench = Bench::new(CURRENT);
    let set = ["eval", "net.nirt", "--input", "set.npy", "--platform", "norse", "--dt", "1e-3"];
    let output = bench.nir(&[&set[..], &["--labels", "labels.npy"]].concat());
    assert!(stderr(&output).contains("no output spikes in 1 of 2 samples"), "{}", stderr(&output));
    bench.array("wrong.npy", &Tensor::vector(vec![0_i64, 2]));
    let output = bench.nir(&[&set[..], &["--labels", "wrong.npy"]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("label 2 of sample 1"), "{}", stderr(&output));
}

#[test]
fn a_graph_without_a_meaning_has_a_verdict_or_a_reason() {
    let bench = Bench::new(SELF_EDGE);
    let report = bench.json(&[
        "check",
        "net.nirt",
        "--platform",
        "norse",
        "--platform",
        "spyx",
        "--platform",
        "xylo",
        "--dt",
        "1e-3",
    ]);
    let outcome = |at: usize| report["platforms"][at]["outcome"].as_str().unwrap();
    assert_eq!(report["errors"], 1);
    assert_eq!([outcome(0), outcome(1), outcome(2)], ["runs", "never ends", "no verdict"]);
    assert!(report["platforms"][2]["no_verdict"].as_str().unwrap().contains("N107"), "{report}");
    let run =
        bench.nir(&["run", "net.nirt", "--platform", "norse", "--dt", "1e-3", "--input", "x.npy"]);
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    assert!(stderr(&run).contains("the packages do not look at it"), "{}", stderr(&run));
    let ideal = bench.nir(&["run", "net.nirt", "--exact", "--input", "x.npy", "--dt", "1e-3"]);
    assert_ne!(ideal.status.code(), Some(0));
}

#[test]
fn a_graph_without_an_input_takes_the_stimulus_where_the_reader_adds_one() {
    let bench = Bench::new(NO_INPUT);
    let run =
        ["run", "net.nirt", "--platform", "norse", "--dt", "1e-3", "--input", "input_fc=x.npy"];
    let report = bench.json(&run);
    assert!(report["nodes"][0]["sum"].as_f64().unwrap() > 0.0, "{report}");
    assert!(report["notes"].to_string().contains("adds `input_fc` before `fc`"), "{report}");
}

#[test]
fn what_cannot_be_done_is_told_before_it_is_tried() {
    let bench = Bench::new(&CURRENT.replace("lif", &"n".repeat(260)));
    let run = ["run", "net.nirt", "--platform", "norse", "--input", "x.npy"];
    let output = bench.nir(&[&run[..], &["--dt", "1e-3", "--output", "out"]].concat());
    assert!(stderr(&output).contains("give `--output FILE.h5`"), "{}", stderr(&output));
    let output = bench.nir(&[&run[..], &["--dt", "0"]].concat());
    assert!(stderr(&output).contains("`--dt 0` is no time step"), "{}", stderr(&output));
}
