//! `nir adapt` as its users meet it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::{Command, Output};

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    folder.join(name).display().to_string()
}

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn norse_spikes_as_spikingjelly_does_after_its_gain_went_into_the_weights() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("norse.nir").display().to_string();
    let small = example("small.nir");
    let like = ["--for", "norse", "--like", "spikingjelly", "--check", "bounded"];
    let output = nir(&[&["adapt", small.as_str(), path.as_str()], &like[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(output.stdout);
    assert!(said.contains("/lif1: r: 20 became 1"), "{said}");
    assert!(said.contains("/lif1: weights before it times 20"), "{said}");
    assert!(said.contains("norse@1.1.0 like spikingjelly: equal unless"), "{said}");
    let check = text(nir(&["check", &path, "--platform", "norse", "--dt", "1e-4"]).stdout);
    assert!(!check.contains("ignores r"), "{check}");
    // The file says what its numbers mean now.
    let again = folder.path().join("again.nir").display().to_string();
    let back = nir(&["adapt", &path, &again, "--for", "norse", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_slice(&back.stdout).unwrap();
    assert_eq!(found["verdict"], "equal", "{found}");
    assert_eq!(found["changes"], serde_json::json!([]), "{found}");
    assert_eq!(std::fs::read(&path).unwrap().is_empty(), std::fs::read(&again).unwrap().is_empty());
}

#[test]
fn the_reset_that_was_chosen_travels_with_the_adapted_graph() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made) = (at("net.nirt"), at("made.nir"));
    let n = "n = CubaLIF { tau_syn: f32[1] 0.005 tau_mem: f64[1] 0.0018706753266587537 r: f32[1] 2 v_leak: f32[1] 0 v_threshold: f32[1] 1 \
             v_reset: f32[1] 0 w_in: f32[1] 1 }";
    let text = format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{ input = Input {{ shape: i64[1] [1] }} fc = Linear {{ weight: f32[1, 1] 30 }} {n} \
         output = Output {{ shape: i64[1] [1] }} input -> fc -> n -> output }}\n"
    );
    std::fs::write(&graph, text).unwrap();
    for reset in ["subtract", "zero"] {
        let like = ["--for", "norse", "--like", "ideal", "--dt", "0.1ms", "--reset", reset];
        nir(&[&["adapt", graph.as_str(), made.as_str()], &like[..]].concat());
        let metadata = nirkit::read(&made).unwrap().root.metadata;
        let wanted = format!("norse@1.1.0 dt=0.0001 reset={reset}");
        assert_eq!(metadata["nirkit.reference"], nirkit::ir::Value::from(wanted.as_str()));
    }
}

#[test]
fn a_gain_that_no_weights_can_take_becomes_a_matrix() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made, input) = (at("lone.nirt"), at("made.nirt"), at("x.json"));
    let lif = "n = LIF { tau: f64[2] 0.01 r: f64[2] 7 v_leak: f64[2] 0 v_threshold: f64[2] 1 v_reset: f64[2] 0 }";
    let text_of = format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{ input = Input {{ shape: i64[1] [2] }} {lif} \
        output = Output {{ shape: i64[1] [2] }} input -> n -> output }}\n"
    );
    std::fs::write(&graph, text_of).unwrap();
    let spikes = "[[0.001, 0], [0.002, 0], [0.003, 1], [0.004, 0], [0.004, 1], [0.006, 1]]";
    let spikes = format!(r#"{{"shape": [2], "kind": "spikes", "spikes": {spikes}}}"#);
    std::fs::write(&input, format!(r#"{{"T": 0.02, "inputs": {{"input": {spikes}}}}}"#)).unwrap();
    let like = ["--for", "norse", "--like", "ideal", "--dt", "1ms", "--reset", "zero"];
    let output = nir(&[&["adapt", graph.as_str(), made.as_str()], &like[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(output.stdout);
    assert!(said.contains("/n: weights before it times 7"), "{said}");
    assert!(said.contains("/adapt_scale: a matrix that holds a gain was added"), "{said}");
    // What was said was done: the same spikes, by the rules of the clocked engine and by those of Norse.
    let spikes = |graph: &str, way: &[&str]| {
        let options = ["--dt", "1ms", "--input", &input, "--format", "json"];
        let output = nir(&[&["run", graph], way, &options[..]].concat());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["nodes"].clone()
    };
    let clocked = ["--clocked", "--reset", "zero"];
    let of = |nodes: serde_json::Value| {
        let nodes = nodes.as_array().unwrap().clone();
        nodes.into_iter().find(|node| node["node"] == "n").unwrap()["sum"].clone()
    };
    let (before, after) = (of(spikes(&graph, &clocked)), of(spikes(&made, &clocked)));
    assert_eq!(before, after);
    assert_ne!(before, serde_json::json!(0.0));
    assert_eq!(of(spikes(&made, &["--platform", "norse"])), before);
}

#[test]
fn what_cannot_be_had_is_said_with_its_effect() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sinabs.nir").display().to_string();
    let small = example("small.nir");
    let input = example("small_input.npy");
    let wanted =
        ["--for", "sinabs", "--like", "spikingjelly", "--check", "bounded", "--input", &input];
    let output = nir(&[&["adapt", small.as_str(), path.as_str()], &wanted[..]].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = text(output.stdout);
    assert!(said.contains("impossible, because"), "{said}");
    assert!(said.contains("= help: "), "{said}");
}

#[test]
fn a_reference_that_nothing_says_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("norse.nir").display().to_string();
    let small = example("small.nir");
    let output = nir(&["adapt", &small, &path, "--for", "norse"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(output.stderr).contains("`--like`"));
    assert!(!Path::new(&path).exists());
    let chip = nir(&["adapt", &small, &path, "--for", "norse", "--like", "xylo", "--dt", "0.1ms"]);
    assert_eq!(chip.status.code(), Some(2), "{chip:?}");
    assert!(text(chip.stderr).contains("is a chip"));
}

#[test]
fn a_file_for_each_platform_goes_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all").display().to_string();
    let small = example("small.nir");
    let output = nir(&["adapt", &small, &path, "--for", "all", "--like", "spikingjelly"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(output.stdout);
    for name in ["norse", "spyx", "lava", "loihi2", "spinnaker2"] {
        assert!(Path::new(&path).join(format!("small.{name}.nir")).exists(), "{name}");
        assert!(said.contains(name), "{said}");
    }
}

#[test]
fn the_graph_that_is_read_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.nir");
    std::fs::copy(example("small.nir"), &path).unwrap();
    let before = std::fs::read(&path).unwrap();
    let path = path.display().to_string();
    let output =
        nir(&["adapt", &path, &path, "--for", "norse", "--like", "spikingjelly", "--dt", "0.1ms"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(output.stderr).contains("is read by this run"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn the_form_of_graphs_in_a_folder_is_the_one_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all").display().to_string();
    let small = example("small.nir");
    let wanted = ["--for", "all", "--like", "spikingjelly", "--to", "nirt"];
    let output = nir(&[&["adapt", small.as_str(), path.as_str()], &wanted[..]].concat());
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", text(output.stderr));
    assert!(Path::new(&path).join("small.norse.nirt").exists());
    assert!(!Path::new(&path).join("small.norse.nir").exists());
}

#[test]
fn a_graph_for_a_chip_comes_with_a_claim_about_its_integers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loihi2.nir").display().to_string();
    let (small, input) = (example("small.nir"), example("small_input.npy"));
    let wanted = ["--for", "loihi2", "--like", "spikingjelly", "--dt", "0.1ms", "--input", &input];
    let format = ["--format", "json"];
    let output = nir(&[&["adapt", small.as_str(), path.as_str()], &wanted[..], &format].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["platform"], "loihi2@0.10.0");
    let nodes = found["nodes"].as_array().unwrap();
    assert!(!nodes.is_empty());
    for node in nodes {
        let level = node["verdict"].as_str().unwrap();
        assert!(level == "bounded" && node["bound"].is_f64() || level == "impossible", "{node}");
        assert!(level == "bounded" || !node["reasons"].as_array().unwrap().is_empty(), "{node}");
        assert!(node["spikes"][0].as_f64().unwrap() > 0.0, "{node}");
    }
    // The chip's own verbs take the file.
    let lower = nir(&["lower", &path, "--platform", "loihi2", "--dt", "0.1ms"]);
    assert_eq!(lower.status.code(), Some(0), "{lower:?}");
}

#[test]
fn the_form_for_a_platform_fits_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made) = (at("net.nirt"), at("made.nirt"));
    let text_of = "nirt 1\ngraph {\n  input = Input { shape: i64[3] [1, 2, 2] }\n  \
        pool = SumPool2d { kernel_size: i64[2] [2, 2] stride: i64[2] [2, 2] padding: i64[2] [0, 0] }\n  \
        flat = Flatten { start_dim: i64 0 end_dim: i64 -1 }\n  fc = Linear { weight: f32[2, 1] [[3], [5]] }\n  \
        n = LIF { tau: f32[2] 0.01 r: f32[2] 7 v_leak: f32[2] 0 v_threshold: f32[2] 1 v_reset: f32[2] 0 }\n  \
        output = Output { shape: i64[1] [2] }\n  input -> pool -> flat -> fc -> n -> output\n}\n";
    std::fs::write(&graph, text_of).unwrap();
    let output = nir(&["opt", &graph, &made, "--for", "lava", "--dt", "1e-3"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(output.stdout);
    assert!(said.contains("unroll: /pool: the SumPool2d is a matrix of 1 × 4 weights"), "{said}");
    let written = std::fs::read_to_string(&made).unwrap();
    assert!(!written.contains("SumPool2d") && !written.contains("Flatten"), "{written}");
    assert!(written.contains("tau") && written.contains('7'), "{written}");
    let both = nir(&["opt", &graph, &made, "--for", "lava", "--pass", "unnest"]);
    assert_eq!(both.status.code(), Some(2), "{both:?}");
}

/// A graph of one layer of neurons behind a matrix, with something between them.
fn written(path: &str, between: &str) {
    let lif =
        "tau: f64[2] 0.01 r: f64[2] 10 v_leak: f64[2] 0 v_threshold: f64[2] 1 v_reset: f64[2] 0";
    let text = format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{ input = Input {{ shape: i64[1] [2] }} \
        fc = Linear {{ weight: f64[2, 2] [[0.75, 0.25], [0.5, 1.5]] }} between = {between} \
        fc2 = Linear {{ weight: f64[2, 2] [[0.75, 0.5], [0.25, 0.5]] }} n = LIF {{ {lif} }} \
        output = Output {{ shape: i64[1] [2] }} input -> fc -> between -> fc2 -> n -> output }}\n"
    );
    std::fs::write(path, text).unwrap();
}

fn like_ideal(graph: &str, made: &str, target: &str) -> serde_json::Value {
    let like = ["--like", "ideal", "--dt", "1ms", "--reset", "zero", "--format", "json"];
    let output = nir(&[&["adapt", graph, made, "--for", target], &like[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_threshold_becomes_a_neuron_that_spikes_when_what_arrives_lies_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made) = (at("graph.nirt"), at("made.nirt"));
    written(&graph, "Threshold { threshold: f64[2] 0.6 }");
    let found = like_ideal(&graph, &made, "norse");
    assert_eq!(found["verdict"], "bounded", "{found}");
    // Frames of one channel each: its column of the matrix against 0.6, worked out by hand.
    let input = at("x.json");
    let spikes = "[[0.0005, 0], [0.0015, 1], [0.0025, 0], [0.0035, 1], [0.0045, 1]]";
    let spikes = format!(r#"{{"shape": [2], "kind": "spikes", "spikes": {spikes}}}"#);
    std::fs::write(&input, format!(r#"{{"T": 0.006, "inputs": {{"input": {spikes}}}}}"#)).unwrap();
    let options = ["--platform", "norse", "--dt", "1ms", "--input", &input, "--format", "json"];
    let report = nir(&[&["run", made.as_str()], &options[..]].concat());
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    let nodes = report["nodes"].as_array().unwrap();
    let sum = &nodes.iter().find(|node| node["node"] == "between").unwrap()["sum"];
    // Channel 0 brings (0.75, 0.5), channel 1 (0.25, 1.5).
    assert_eq!(*sum, serde_json::json!(5.0), "{report}");
}

#[test]
fn a_delay_on_the_only_way_is_a_lag_and_one_that_is_no_whole_number_of_steps_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made) = (at("graph.nirt"), at("made.nirt"));
    written(&graph, "Delay { delay: f64[2] 0.003 }");
    let found = like_ideal(&graph, &made, "norse");
    assert_eq!((&found["lag"], &found["verdict"]), (&(-3).into(), &"bounded".into()), "{found}");
    assert!(!std::fs::read_to_string(&made).unwrap().contains("Delay"));
    written(&graph, "Delay { delay: f64[2] 0.0032 }");
    let like = ["--for", "norse", "--like", "ideal", "--dt", "1ms", "--reset", "zero"];
    let output = nir(&[&["adapt", graph.as_str(), made.as_str()], &like[..]].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = text(output.stderr);
    assert!(
        said.contains("no whole number of steps") && said.contains("train without delays"),
        "{said}"
    );
}

#[test]
fn speck_gets_a_picture_of_one_pixel_for_an_input_of_one_axis() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made) = (at("graph.nirt"), at("made.nirt"));
    let neurons = "n = IF { r: f32[2] 1 v_threshold: f32[2] 1 v_reset: f32[2] 0 }";
    let text_of = format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{ input = Input {{ shape: i64[1] [2] }} \
        fc = Affine {{ weight: f32[2, 2] [[1, 0.5], [0.25, 1]] bias: f32[2] 0 }} {neurons} \
        output = Output {{ shape: i64[1] [2] }} input -> fc -> n -> output }}\n"
    );
    std::fs::write(&graph, text_of).unwrap();
    let like = ["--for", "speck", "--like", "sinabs", "--dt", "1ms", "--format", "json"];
    let output = nir(&[&["adapt", graph.as_str(), made.as_str()], &like[..]].concat());
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(found["refused"].as_array().unwrap().is_empty(), "{found}");
    assert_eq!(found["nodes"][0]["differ"], 0, "{found}");
    let lowered = nir(&["lower", &made, "--platform", "speck"]);
    assert_eq!(lowered.status.code(), Some(0), "{lowered:?}");
}

#[test]
fn a_chip_is_no_reference() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made.nir").display().to_string();
    let output =
        nir(&["adapt", &example("small.nir"), &made, "--for", "norse", "--like", "loihi2"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(output.stderr);
    assert!(said.contains("integers that its lowering makes") && said.contains("help"), "{said}");
}

#[test]
fn the_lag_of_a_layer_in_a_nested_graph_is_that_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let n = "n = LIF { tau: f32[1] 0.01 r: f32[1] 10 v_leak: f32[1] 0 v_threshold: f32[1] 0.5 v_reset: f32[1] 0 }";
    let ports = "input = Input { shape: i64[1] [1] } output = Output { shape: i64[1] [1] }";
    let fc = "fc = Linear { weight: f32[1, 1] 1 }";
    let flat = format!("{ports} {fc} {n} input -> fc -> n -> output");
    let nested = format!(
        "{ports} {fc} inner = graph {{ {ports} {n} input -> n -> output }} input -> fc -> inner -> output"
    );
    let lag = |name: &str, body: &str| {
        std::fs::write(at(name), format!("nirt 1\nversion \"1.0.8\"\ngraph {{ {body} }}\n"))
            .unwrap();
        let options = ["--for", "lava", "--like", "norse", "--dt", "1ms", "--format", "json"];
        let found = nir(&[&["adapt", &at(name), &at("made.nir")], &options[..]].concat());
        let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
        found["lag"].as_i64()
    };
    let of_layer = lag("flat.nirt", &flat);
    assert!(of_layer.is_some_and(|steps| steps > 0));
    assert_eq!(lag("nested.nirt", &nested), of_layer);
}

/// The platform has a choice of the reset for the neurons that the adapted graph has, and not for those of the original.
#[test]
fn the_reset_travels_with_neurons_that_became_others() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made.nir").display().to_string();
    let like = ["--for", "snntorch@paper", "--like", "ideal", "--dt", "1ms", "--reset", "zero"];
    let output =
        nir(&[&["adapt", example("small.nir").as_str(), made.as_str()], &like[..]].concat());
    assert!(text(output.stdout).contains("the LIF became a CubaLIF"));
    let metadata = nirkit::read(&made).unwrap().root.metadata;
    let wanted = nirkit::ir::Value::from("snntorch@paper dt=0.0001 reset=zero");
    assert_eq!(metadata["nirkit.reference"], wanted);
}

#[test]
fn a_reference_that_chance_decides_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made) = (at("net.nirt"), at("made.nir"));
    let net = "nirt 1\ngraph { a = Input { shape: i64[1] [1] } b = Input { shape: i64[1] [1] } \
               v = Linear { weight: f32[1, 1] 2 } w = Linear { weight: f32[1, 1] 3 } \
               n = IF { r: f32[1] 1 v_threshold: f32[1] 1 v_reset: f32[1] 0 } \
               output = Output { shape: i64[1] [1] } a -> v -> n b -> w -> n n -> output }\n";
    std::fs::write(&graph, net).unwrap();
    let output =
        nir(&["adapt", &graph, &made, "--for", "nengo", "--like", "norse@paper", "--dt", "1ms"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(output.stderr).contains("of which chance takes one"));
}

/// A layer of one neuron takes one number in Lava whenever something arrives; and Lava sees only whether an input is 0.
#[test]
fn what_lava_does_not_tell_apart_is_no_fault_of_a_claim() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made, input) = (at("net.nirt"), at("made.nir"), at("x.json"));
    let net = |neurons: usize| {
        let r = |value: &str| format!("f32[{neurons}] {value}");
        format!(
            "nirt 1\ngraph {{ input = Input {{ shape: i64[1] [2] }} w = Linear {{ weight: f32[{neurons}, 2] 0.3 }} \
             n = LIF {{ tau: {} r: {} v_leak: {} v_threshold: {} v_reset: {} }} output = Output {{ shape: i64[1] [{neurons}] }} \
             input -> w -> n -> output }}\n",
            r("0.01"),
            r("10"),
            r("0"),
            r("1"),
            r("0")
        )
    };
    let adapt = |more: &[&str]| {
        let like = ["--for", "lava", "--like", "ideal", "--dt", "1ms", "--reset", "zero"];
        let output = nir(&[&["adapt", graph.as_str(), made.as_str()], &like[..], more].concat());
        (text(output.stdout), text(output.stderr))
    };
    std::fs::write(&graph, net(1)).unwrap();
    let (said, _) = adapt(&[]);
    assert!(said.contains("gets one number there whenever something arrives"), "{said}");
    assert!(!said.contains("fault of nirkit"), "{said}");
    std::fs::write(&graph, net(2)).unwrap();
    let half = r#"{"T": 0.05, "inputs": {"input": {"shape": [2], "kind": "current", "breakpoints": [0], "values": [[0.5, 0.25]]}}}"#;
    std::fs::write(&input, half).unwrap();
    let (said, notes) = adapt(&["--input", &input]);
    assert!(said.contains("equal unless") && !said.contains("fault of nirkit"), "{said}");
    assert!(notes.contains("numbers other than 0 and 1 in a step"), "{notes}");
}

/// A rest of -65 mV and a threshold of -50 mV: the gain that Norse does not read is that of the way from rest to threshold.
#[test]
fn the_gain_of_a_file_with_another_rest_keeps_its_sign() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made) = (at("net.nirt"), at("made.nir"));
    let net = "nirt 1\ngraph { input = Input { shape: i64[1] [1] } w = Linear { weight: f32[1, 1] 0.01 } \
               n = LIF { tau: f32[1] 0.01 r: f32[1] 10 v_leak: f32[1] -0.065 v_threshold: f32[1] -0.05 v_reset: f32[1] -0.065 } \
               output = Output { shape: i64[1] [1] } input -> w -> n -> output }\n";
    std::fs::write(&graph, net).unwrap();
    let like = ["--for", "norse", "--like", "ideal", "--dt", "1ms", "--reset", "v_reset"];
    let said = text(nir(&[&["adapt", graph.as_str(), made.as_str()], &like[..]].concat()).stdout);
    assert!(said.contains("/n: r: 10 became 1\n"), "{said}");
}

/// What a file means is noted also where no number had to be changed, unless it means that already.
#[test]
fn a_graph_that_fits_as_it_is_says_for_whom() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (graph, made) = (at("net.nirt"), at("made.nir"));
    let net = "nirt 1\ngraph { input = Input { shape: i64[1] [2] } w = Linear { weight: f32[2, 2] 0.01 } \
               n = IF { r: f32[2] 1 v_threshold: f32[2] 1 v_reset: f32[2] 0 } \
               output = Output { shape: i64[1] [2] } input -> w -> n -> output }\n";
    std::fs::write(&graph, net).unwrap();
    let adapt = |like: &str| {
        let like = ["--for", "norse", "--like", like, "--dt", "1ms"];
        let said =
            text(nir(&[&["adapt", graph.as_str(), made.as_str()], &like[..]].concat()).stdout);
        assert!(said.contains("nothing to change"), "{said}");
        nirkit::read(&made).unwrap().root.metadata.get("nirkit.reference").cloned()
    };
    let noted = nirkit::ir::Value::from("norse@1.1.0 dt=0.001");
    assert_eq!(adapt("lava"), Some(noted));
    assert_eq!(adapt("norse"), None);
}
