//! Small networks made after public bug reports and users' files: each gives the answer that was wanted.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn case(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).display().to_string()
}

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = nir(&[args, &["--format", "json"]].concat());
    assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a node puts out in all.
fn sum(report: &Value, node: &str) -> f64 {
    let nodes = report["nodes"].as_array().unwrap();
    nodes.iter().find(|found| found["node"] == node).unwrap()["sum"].as_f64().unwrap()
}

#[test]
fn a_synapse_that_never_reaches_its_membrane_is_told_before_deployment() {
    let net = case("xylo_dead_synapse/net.nirt");
    let report = json(&["check", &net, "--platform", "xylo", "--dt", "0.05"]);
    let findings = report["platforms"][0]["findings"].as_array().unwrap();
    let dead: Vec<&Value> = findings.iter().filter(|found| found["code"] == "N716").collect();
    let places: Vec<&str> = dead.iter().map(|found| found["place"].as_str().unwrap()).collect();
    assert_eq!(places, ["/h/tau_syn", "/o/tau_syn"]);
    assert!(dead[0]["help"].to_string().contains("0.0707 s"), "{}", dead[0]);
    // XyloSim has all states 0 on it, and so has the emulation.
    let x = case("xylo_dead_synapse/x.npy");
    let run = json(&["run", &net, "--platform", "xylo", "--dt", "0.05", "--input", &x]);
    assert!(sum(&run, "hidden") + sum(&run, "output") < 0.5, "{run}");
    // At the bound, 1.400 steps are dead and 1.416 alive.
    for (dt, is_dead) in [("0.0464285714", true), ("0.0459039548", false)] {
        let report = json(&["check", &net, "--platform", "xylo", "--dt", dt]).to_string();
        assert_eq!(report.contains("N716"), is_dead, "{dt}");
    }
}

#[test]
fn an_average_between_a_convolution_and_neurons_goes_into_the_weights() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.nirt").display().to_string();
    let (net, x) = (case("conv_avgpool_fold/net.nirt"), case("conv_avgpool_fold/x.npy"));
    let passes = ["--pass", "average_to_sum", "--pass", "fold_scale", "--pass", "fold_gain"];
    let done = nir(&[&["opt", &net, &out], &passes[..]].concat());
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let check = nir(&["check", &out, "--platform", "norse"]);
    assert_eq!(check.status.code(), Some(0), "{}", stdout(&check));
    // The time step and the size of a spike, which the gains said, stand in the metadata from then on.
    let run = |file: &str| json(&["run", file, "--clocked", "--reset", "subtract", "--input", &x]);
    let (before, after) = (run(&net), run(&out));
    for node in ["2", "5", "8"] {
        assert!(sum(&before, node) - sum(&after, node) == 0.0, "{node}: {before} {after}");
    }
    assert!((sum(&before, "8") - 108.0).abs() < 0.5);
    let choice = |report: &Value, name: &str| {
        let choices = report["choices"].as_array().unwrap().clone();
        choices.into_iter().find(|choice| choice["name"] == name).unwrap()["value"].clone()
    };
    for name in ["dt", "spike"] {
        assert_eq!(choice(&before, name), choice(&after, name));
    }
}

#[test]
fn a_scale_that_goes_into_the_gain_does_not_change_the_time_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    // No map can carry the Scale, so that it goes into `r`, which says the time step.
    let text = "nirt 1\nversion \"1.0.8\"\ngraph {\n  input = Input { shape: i64[1] [2] }\n  \
        s = Scale { scale: f32[2] 0.5 }\n  \
        lif = LIF { tau: f32[2] 0.02 r: f32[2] 20 v_leak: f32[2] 0 v_threshold: f32[2] 1 v_reset: f32[2] 0 }\n  \
        output = Output { shape: i64[1] [2] }\n  input -> s -> lif -> output\n}\n";
    fs::write(path("net.nirt"), text).unwrap();
    let done = stdout(&nir(&["opt", &path("net.nirt"), &path("out.nirt"), "--pass", "fold_scale"]));
    assert!(
        done.contains("multiplied into `r` of `lif`") && done.contains("`dt` = 0.001"),
        "{done}"
    );
    let info = stdout(&nir(&["info", &path("out.nirt")]));
    assert!(info.contains("0.001 s (metadata `dt`)"), "{info}");
}

#[test]
fn integers_of_quantisation_aware_training_stay_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.json").display().to_string();
    let net = case("quantised_weights_in_metadata/net.nirt");
    let lower = |platform: &str, more: &[&str]| -> Value {
        let args = ["lower", &net, "--platform", platform, "--dt", "1e-3", "--output", &out];
        let done = nir(&[&args, more].concat());
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap()
    };
    let document = lower("spinnaker2", &[]);
    let first = &document["projections"][0]["connections"];
    // The integers that were trained: 90, -75, -58 lead to the first neuron.
    let to_first: Vec<i64> = first
        .as_array()
        .unwrap()
        .iter()
        .filter(|synapse| synapse[1] == 0)
        .map(|synapse| synapse[2].as_i64().unwrap())
        .collect();
    assert_eq!(to_first, [90, -75, -58, -48]);
    // Weights of both signs are even on Loihi 2.
    let row = |document: &Value| document["layers"][0]["weights"][0].clone();
    assert_eq!(row(&lower("loihi2", &[])), serde_json::json!([180, -150, -116, -96]));
    assert_eq!(
        row(&lower("loihi2", &["--weight-scale", "own"])),
        serde_json::json!([254, -212, -164, -136])
    );
    let of_two = ["--weight-scale", "fc1=0.062"];
    assert_eq!(row(&lower("loihi2", &of_two)), serde_json::json!([90, -76, -58, -48]));
    let wrong = nir(&["check", &net, "--platform", "loihi2", "--weight-scale", "fc1"]);
    assert_eq!(wrong.status.code(), Some(2));
    let no_node =
        nir(&["lower", &net, "--platform", "loihi2", "--dt", "1e-3", "--weight-scale", "fc11=0.1"]);
    assert_eq!(no_node.status.code(), Some(2));
    let said = String::from_utf8_lossy(&no_node.stderr).into_owned();
    assert!(
        said.contains("`fc11`, which is no node") && said.contains("did you mean `fc1`?"),
        "{said}"
    );
    // The metadata are told, and follow the weights.
    assert!(stdout(&nir(&["info", &net])).contains("quant_weight_scale f32[] = 0.031"));
    let scaled = folder.path().join("out.nirt").display().to_string();
    let done = stdout(&nir(&["opt", &net, &scaled, "--pass", "fold_gain"]));
    assert!(done.contains("metadata `quant_weight_scale` times 10"), "{done}");
    assert!(stdout(&nir(&["info", &scaled])).contains("quant_weight_scale f32[] = 0.31"));
}

#[test]
fn xylo_and_speck_keep_the_integers_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let net = |text: String| {
        let path = folder.path().join("net.nirt");
        fs::write(&path, format!("nirt 1\nversion \"1.0.8\"\ngraph {{\n{text}}}\n")).unwrap();
        path.display().to_string()
    };
    let lower = |net: &str, more: &[&str]| -> (Value, String) {
        let out = folder.path().join("out.json").display().to_string();
        let done = nir(&[&["lower", net, "--dt", "1e-3", "--output", &out], more].concat());
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        (serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap(), stdout(&done))
    };
    let not_kept = "does not keep the integers";
    // 0.031 times 90, -75, -58, 22; 0.017 times 77, -11.
    let metadata = |scale: f64| format!("metadata {{ quant_weight_scale: f32 {scale} }}");
    let cuba = |n: usize| {
        let field = |name: &str, value: f64| format!("{name}: f64[{n}] {value}");
        let fields = [("tau_syn", 0.016), ("tau_mem", 0.032), ("r", 32.0), ("w_in", 16.0)];
        let fields =
            fields.into_iter().chain([("v_leak", 0.0), ("v_reset", 0.0), ("v_threshold", 1.0)]);
        let fields: Vec<String> = fields.map(|(name, value)| field(name, value)).collect();
        format!("CubaLIF {{ {} }}", fields.join(", "))
    };
    let xylo = net(format!(
        "input = Input {{ shape: i64[1] [2] }}\n\
         fc1 = Linear {{ weight: f32[2, 2] [[2.79, -2.325], [-1.798, 0.682]], {} }}\n\
         lif1 = {}\nfc2 = Linear {{ weight: f32[1, 2] [[1.309, -0.187]], {} }}\nlif2 = {}\n\
         output = Output {{ shape: i64[1] [1] }}\ninput -> fc1 -> lif1 -> fc2 -> lif2 -> output\n",
        metadata(0.031),
        cuba(2),
        metadata(0.017),
        cuba(1)
    ));
    for method in ["channel", "global"] {
        let (document, said) = lower(&xylo, &["--platform", "xylo", "--quantize", method]);
        assert_eq!(
            numbers(&document["specification"]["weights_in"]),
            [90, -58, -75, 22],
            "{method}"
        );
        assert_eq!(numbers(&document["specification"]["weights_out"]), [77, -11], "{method}");
        assert!(!said.contains(not_kept), "{said}");
    }
    let (document, said) = lower(&xylo, &["--platform", "xylo", "--weight-scale", "own"]);
    assert_eq!(numbers(&document["specification"]["weights_in"])[0], 127);
    assert!(!said.contains(not_kept), "{said}");
    // A scale under which a weight has 9 bits is not kept, and that is said.
    let (_, said) = lower(&xylo, &["--platform", "xylo", "--weight-scale", "fc1=0.0155"]);
    assert!(said.contains(not_kept), "{said}");

    let speck = net(format!(
        "input = Input {{ shape: i64[3] [2, 1, 1] }}\n\
         fc = Linear {{ weight: f32[2, 2] [[2.79, -2.325], [-1.798, 0.682]], {} }}\n\
         flat = Flatten {{ start_dim: i64 0, end_dim: i64 -1, input_type: i64[3] [2, 1, 1] }}\n\
         if = IF {{ r: f64[2] 1, v_reset: f64[2] 0, v_threshold: f64[2] 1 }}\n\
         output = Output {{ shape: i64[1] [2] }}\ninput -> flat -> fc -> if -> output\n",
        metadata(0.031)
    ));
    let (document, said) = lower(&speck, &["--platform", "speck"]);
    assert_eq!(numbers(&document["layers"][0]["weight"]), [90, -75, -58, 22], "{document}");
    assert!(!said.contains(not_kept), "{said}");
}

/// All numbers of a tree, in order.
fn numbers(tree: &Value) -> Vec<i64> {
    match tree {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => other.as_i64().into_iter().collect(),
    }
}

#[test]
fn synaptic_operations_are_counted_on_a_grid() {
    let (net, x) = (case("synops_on_simulators/net.nirt"), case("synops_on_simulators/x.npy"));
    let how = ["--clocked", "--dt", "1e-3", "--spike", "impulse:1", "--operations"];
    let report = json(&[&["run", &net, "--input", &x], &how[..]].concat());
    let traffic = report["operations"]["traffic"].as_array().unwrap();
    let found: Vec<u64> =
        traffic.iter().map(|row| row["synaptic_operations"].as_u64().unwrap()).collect();
    // numpy, with borders, strides and groups, on the spikes of this run.
    assert_eq!(found, [8484, 1590, 1930]);
    let refused = nir(&[
        "run",
        &net,
        "--exact",
        "--spike",
        "impulse:1",
        "--dt",
        "1e-3",
        "--input",
        &x,
        "--operations",
    ]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn events_of_a_camera_are_a_stimulus() {
    let net = case("event_stimuli/net.nirt");
    let how = ["--clocked", "--dt", "1e-3", "--spike", "impulse:1"];
    let run = |input: &str| {
        json(
            &[&["run", &net, "--input", &case(&format!("event_stimuli/{input}"))], &how[..]]
                .concat(),
        )
    };
    // The frames were binned from the same events with numpy.
    for input in ["frames.npy", "events.npy", "events.csv"] {
        let report = run(input);
        let found = (sum(&report, "input"), sum(&report, "if"));
        assert_eq!(found, (200.0, 157.0), "{input}");
    }
    let notes = run("events.npy")["notes"].to_string();
    assert!(notes.contains("(p, y, x)") && notes.contains("taken as us"), "{notes}");
    let samples =
        nir(&[&["run", &net, "--input", &case("event_stimuli/ev2.h5")], &how[..]].concat());
    assert!(String::from_utf8_lossy(&samples.stderr).contains("say so with `--batch`"));
    let events = case("event_stimuli/events.csv");
    let longer =
        json(&[&["run", &net, "--input", &events, "--event-times", "ms"], &how[..]].concat());
    assert_eq!(longer["steps"], 19881);
}

#[test]
fn an_output_that_does_not_spike_is_read_by_its_voltage() {
    let (net, x) = (case("voltage_readout/net.nirt"), case("voltage_readout/X.npy"));
    let labels = case("voltage_readout/y.npy");
    let report =
        json(&["eval", &net, "--input", &x, "--labels", &labels, "--dt", "1e-3", "--clocked"]);
    // The labels are the classes of the largest voltage on this grid, by construction.
    let score = &report["platforms"][0];
    assert_eq!(score["accuracy"], 1.0, "{report}");
    assert_eq!(score["readout"], "max");
    // Norse leaves an LI out, and says nothing.
    let report = json(&[
        "eval",
        &net,
        "--input",
        &x,
        "--labels",
        &labels,
        "--dt",
        "1e-3",
        "--platform",
        "norse",
    ]);
    assert!(report.to_string().contains("puts out nothing there that can be read"), "{report}");
}

#[test]
fn a_network_file_of_lava_is_no_configuration() {
    let (net, x) = (case("config_is_net_file/net.net"), case("config_is_net_file/x.npy"));
    let refused = nir(&["run", "--config", &net, "--platform", "loihi2", "--input", &x]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("`.net` file is HDF5") && said.contains("--output NAME.json"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("net.json").display().to_string();
    let lowered = nir(&[
        "lower",
        &case("config_is_net_file/net.nirt"),
        "--platform",
        "loihi2",
        "--output",
        &document,
    ]);
    assert_eq!(lowered.status.code(), Some(0), "{lowered:?}");
    let run = json(&["run", "--config", &document, "--platform", "loihi2", "--input", &x]);
    assert!(run["nodes"].as_array().unwrap().iter().any(|node| node["sum"] == 1.0), "{run}");
}

#[test]
fn a_folder_holds_one_evaluation_with_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let (net, x) = (case("voltage_readout/net.nirt"), case("voltage_readout/X.npy"));
    let labels = case("voltage_readout/y.npy");
    let eval = |platforms: &[&str]| {
        let args = ["eval", &net, "--input", &x, "--labels", &labels, "--dt", "1e-3"];
        let done = nir(&[&args[..], &["--output", &out], platforms].concat());
        assert!(done.status.code() < Some(2), "{done:?}");
        let mut names: Vec<String> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let both = eval(&["--clocked", "--platform", "ideal"]);
    assert_eq!(both, ["clocked.max.npy", "eval.json", "ideal.max.npy"]);
    assert_eq!(eval(&["--clocked"]), ["eval.json", "max.npy"]);
    let text = fs::read_to_string(folder.path().join("out/eval.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["files"], serde_json::json!(["max.npy", "eval.json"]));
    assert_eq!(report["labels"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(report["platforms"][0]["platform"], "clocked");
}
