//! Chips as the users of the program meet them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Two layers that Xylo takes, with a stimulus of (6, 2).
const NET: &str = "nirt 1\nversion \"1.0.8\"\n\ngraph {\n  \
    input = Input { shape: i64[1] [2] }\n  \
    w = Linear { weight: f64[3, 2] [[1, -0.5], [0.25, 2], [1.5, 0.003]] }\n  \
    hidden = CubaLIF { tau_syn: f64[3] 0.002 tau_mem: f64[3] 0.004 r: f64[3] 4 \
    v_leak: f64[3] 0 v_threshold: f64[3] 1 v_reset: f64[3] 0 w_in: f64[3] 2 }\n  \
    u = Linear { weight: f64[2, 3] [[1, 0.5, -1], [-1, 1, 0.5]] }\n  \
    out = CubaLIF { tau_syn: f64[2] 0.002 tau_mem: f64[2] 0.008 r: f64[2] 8 \
    v_leak: f64[2] 0 v_threshold: f64[2] 1 v_reset: f64[2] 0 w_in: f64[2] 2 }\n  \
    output = Output { shape: i64[1] [2] }\n\n  \
    input -> w -> hidden -> u -> out -> output\n}\n";

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A folder with a graph and a stimulus, and paths in it.
struct Bench(TempDir);

impl Bench {
    fn new(net: &str) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        fs::write(bench.0.path().join("net.nirt"), net).unwrap();
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 2), }";
        let mut npy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        npy.extend(format!("{header:<117}\n").as_bytes());
        npy.extend([1, 0, 2, 1, 0, 3, 1, 1, 0, 0, 4, 0]);
        fs::write(bench.0.path().join("x.npy"), npy).unwrap();
        bench
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(Path::new(&self.path(name))).unwrap()
    }
}

#[test]
fn what_is_handed_over_runs_as_the_graph_does() {
    let bench = Bench::new(NET);
    let [net, config, x] = ["net.nirt", "net.json", "x.npy"].map(|name| bench.path(name));
    let lowered = nir(&[
        "lower",
        &net,
        "--platform",
        "xylo",
        "--dt",
        "1e-3",
        "--output",
        &config,
        "--format",
        "json",
    ]);
    assert_eq!(lowered.status.code(), Some(0), "{}", stderr(&lowered));
    let report = json(&lowered);
    // 0.003 of 1.5 is less than half a step of 127.
    let rounded = &report["design"]["quantization_errors"][0];
    assert_eq!(
        (rounded["what"].as_str(), rounded["zeroed"].as_u64()),
        (Some("weights_in"), Some(1))
    );
    let runs = [vec![net.as_str(), "--dt", "1e-3"], vec!["--config", config.as_str()]];
    for (subject, folder) in runs.iter().zip(["graph", "config"]) {
        let folder = bench.path(folder);
        let rest = ["--platform", "xylo", "--input", &x, "--record", "all", "--output", &folder];
        let output = nir(&[&["run"], subject.as_slice(), &rest].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    for name in ["hidden.spikes", "hidden.v", "hidden.isyn", "output.spikes", "output.v"] {
        let of = |folder: &str| bench.bytes(&format!("{folder}/{name}.npy"));
        assert_eq!(of("graph"), of("config"), "{name}");
    }
    let spikes = bench.bytes("graph/hidden.spikes.npy");
    assert!(spikes[spikes.len() - 18..].iter().any(|&count| count > 0), "no spike at all");
}

#[test]
fn a_graph_that_does_not_fit_gets_all_reasons_and_no_file() {
    let net = NET
        .replace("hidden = CubaLIF", "hidden = LIF")
        .replace("tau_syn: f64[3] 0.002 tau_mem: f64[3] 0.004", "tau: f64[3] 0.004")
        .replace(" w_in: f64[3] 2", "")
        .replace("tau_mem: f64[2] 0.008", "tau_mem: f64[2] 0.0005");
    let bench = Bench::new(&net);
    let [net, file] = ["net.nirt", "net.json"].map(|name| bench.path(name));
    let lower = ["lower", &net, "--platform", "xylo", "--dt", "1e-3", "--output", &file];
    let output = nir(&[lower.as_slice(), &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report = json(&output);
    let messages: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["message"].as_str().unwrap())
        .collect();
    for part in ["'LIF' object has no attribute 'tau_mem'", "time constants <= `dt` (tau_mem)"] {
        assert!(messages.iter().any(|message| message.contains(part)), "{part}: {messages:?}");
    }
    assert!(!Path::new(&file).exists());
}

#[test]
fn wrong_documents_and_wrong_names_are_answered() {
    let bench = Bench::new(NET);
    let [net, file, x] = ["net.nirt", "bad.json", "x.npy"].map(|name| bench.path(name));
    let weights = r#""weights_in": [[1], [2]], "weights_out": [[3, 400]], "threshold": [5, -1]"#;
    fs::write(&file, format!("{{{weights}, \"weight_shift_in\": 99}}")).unwrap();
    let output = nir(&["run", "--config", &file, "--platform", "xylo", "--input", &x]);
    assert_eq!(output.status.code(), Some(2));
    for part in ["`weights_out` holds 400", "`threshold` has 2 numbers for 1", "holds 99"] {
        assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
    }
    let output = nir(&["run", &net, "--platform", "xylo", "--quantize", "odd", "--input", &x]);
    assert!(stderr(&output).contains("choose one of channel, global"), "{}", stderr(&output));
    let output = nir(&["lower", &net, "--platform", "norse"]);
    assert!(stderr(&output).contains("`norse` is no chip"), "{}", stderr(&output));
    let output = nir(&["run", "--platform", "xylo", "--input", &x]);
    assert_eq!(output.status.code(), Some(2));
}

/// A layer that says it has no bias, and gives one.
#[test]
fn a_document_that_contradicts_itself_is_refused() {
    let bench = Bench::new(NET);
    let [file, x] = ["bad.json", "x.npy"].map(|name| bench.path(name));
    let layer = r#""layer": "conv", "neuron": "lif", "weight_shape": [1, 1, 1, 1], "weight": [100], "bias": [50],
        "has_bias": false, "stride": [1, 1], "padding": [0, 0], "dilation": [1, 1], "groups": 1, "threshold": 127,
        "min_v_mem": -1000, "scale": 1.0, "pool": [1, 1], "core": 0"#;
    let document = format!(
        r#"{{"platform": "speck", "version": 1, "input": {{"name": "input", "shape": [1, 1, 2], "pool": [1, 1]}},
        "layers": [{{{layer}}}]}}"#
    );
    fs::write(&file, &document).unwrap();
    let output = nir(&["run", "--config", &file, "--platform", "speck", "--input", &x]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("`has_bias` is false"), "{}", stderr(&output));
    let pooled = document
        .replace("false", "true")
        .replace(r#""pool": [1, 1], "core""#, r#""pool": [2, 1], "core""#);
    fs::write(&file, pooled).unwrap();
    let output = nir(&["run", "--config", &file, "--platform", "speck", "--input", &x]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("leaves nothing"), "{}", stderr(&output));
}

#[test]
fn chips_are_listed_with_their_quantisations() {
    let listed = json(&nir(&["platforms", "--platform", "xylo", "--format", "json"]));
    assert_eq!(listed["platforms"][0]["quantisations"][0]["name"], "channel");
    let all = nir(&["platforms"]);
    let text = String::from_utf8(all.stdout).unwrap();
    assert!(text.contains("speck") && text.contains("xylo"), "{text}");
}

#[test]
fn a_stimulus_is_counted_and_its_cost_estimated_with_sources() {
    let bench = Bench::new(NET);
    let [net, x] = ["net.nirt", "x.npy"].map(|name| bench.path(name));
    for chip in ["xylo", "loihi2", "spinnaker2"] {
        let lower = ["lower", &net, "--platform", chip, "--dt", "1e-3", "--input", &x];
        let output = nir(&[lower.as_slice(), &["--format", "json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let cost = &json(&output)["cost"];
        let layers = cost["activity"]["layers"].as_array().unwrap();
        // The stimulus holds 13 spikes in 7 of its numbers.
        assert_eq!(
            (layers[0]["spikes"].as_u64(), layers[0]["events"].as_u64()),
            (Some(13), Some(7))
        );
        assert_eq!(cost["activity"]["steps"], 6);
        let traffic = cost["activity"]["traffic"].as_array().unwrap();
        assert!(traffic[0]["synaptic_operations"].as_u64().unwrap() > 13, "{chip}");
        assert_eq!(cost["dense"]["macs"], 6 * (2 * 3 + 3 * 2 + if chip == "xylo" { 9 } else { 0 }));
        for part in cost["estimate"]["time"].as_array().unwrap() {
            assert!(
                part["range"][1].as_f64().unwrap() > 0.0 && !part["source"].is_null(),
                "{part}"
            );
        }
        for part in cost["estimate"]["energy"].as_array().unwrap() {
            let [least, most] = [0, 1].map(|end| part["range"][end].as_f64().unwrap());
            assert!(0.0 < least && least <= most && !part["source"].is_null(), "{part}");
        }
        let text = String::from_utf8(nir(&lower).stdout).unwrap();
        let remark = if chip == "spinnaker2" { "left out" } else { "published for" };
        for part in ["synaptic operations", "figures from", remark, "dense MACs"] {
            assert!(text.contains(part), "{chip}: {part}: {text}");
        }
    }
}

#[test]
fn chips_stand_beside_platforms_in_a_comparison() {
    let bench = Bench::new(NET);
    let [net, x, folder] = ["net.nirt", "x.npy", "run"].map(|name| bench.path(name));
    let compare = |platforms: [&str; 2]| {
        let [a, b] = platforms;
        let compare = ["compare", &net, "--input", &x, "--dt", "1e-3", "--format", "json"];
        nir(&[compare.as_slice(), &["--platform", a, "--platform", b]].concat())
    };
    let same = compare(["xylo", "xylo"]);
    assert_eq!(same.status.code(), Some(0), "{}", stderr(&same));
    let output = compare(["ideal", "xylo"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report = json(&output);
    // The nodes of the graph, with the spikes that the chip's populations have in a run.
    let run = ["run", &net, "--platform", "xylo", "--dt", "1e-3", "--input", &x];
    let run = nir(&[run.as_slice(), &["--output", &folder, "--format", "json"]].concat());
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    let nodes = report["nodes"].as_array().unwrap();
    let names: Vec<&str> = nodes.iter().map(|node| node["node"].as_str().unwrap()).collect();
    assert_eq!(names, ["hidden", "out"]);
    for (node, population) in nodes.iter().zip(["hidden", "output"]) {
        let counts = bench.bytes(&format!("run/{population}.spikes.npy"));
        let neurons = if population == "hidden" { 3 } else { 2 };
        let sum: u64 = counts[counts.len() - 6 * neurons..].iter().map(|&n| u64::from(n)).sum();
        assert_eq!(node["spikes"][1].as_f64().unwrap() as u64, sum, "{population}");
    }
    let pair = &report["pairs"][0];
    let moment = &pair["first"]["moments"][1];
    let [spikes, v, threshold] =
        ["spikes", "v", "threshold"].map(|key| moment[key].as_f64().unwrap());
    // Integers: what was held against the threshold, of which each spike takes one off.
    assert_eq!([v.fract(), threshold.fract()], [0.0, 0.0]);
    assert_eq!(spikes > 0.0, v >= threshold, "{moment}");
    let words: Vec<&str> = pair["departures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|words| words.as_str().unwrap())
        .collect();
    assert!(words.iter().any(|words| words.contains("states are integers")), "{words:?}");
    assert!(words.iter().any(|words| words.contains("weights_in: off by up to")), "{words:?}");
    assert!(pair["cause"].is_null() && pair["no_cause"].is_null());
}
