//! What belongs to nothing, or would destroy something, is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const NETWORK: &str = "nirt 1
version \"1.0.8\"
graph {
  input = Input { shape: i64[1] [2] }
  fc = Linear { weight: f32[2, 2] [[0.217, -0.155], [0.062, 0.217]] }
  c = CubaLIF { tau_syn: f32[2] 0.005, tau_mem: f32[2] 0.01, r: f32[2] 1, v_leak: f32[2] 0, v_threshold: f32[2] 0.1, v_reset: f32[2] 0, w_in: f32[2] 1 }
  output = Output { shape: i64[1] [2] }
  input -> fc -> c -> output
}
";

fn nir(folder: &TempDir, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).current_dir(folder.path()).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("net.nirt"), NETWORK).unwrap();
    fs::write(
        folder.path().join("mine.toml"),
        "format = 1\nbase = \"norse\"\nname = \"mine\"\nversion = \"1\"\n",
    )
    .unwrap();
    folder
}

#[test]
fn a_choice_that_no_platform_has_is_refused_by_every_verb() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let small = examples.join("small.nir").display().to_string();
    let input = examples.join("small_input.npy").display().to_string();
    for args in [
        &["check", "net.nirt", "--quantize", "layer"][..],
        &["check", "net.nirt", "--platform", "norse", "--dt", "1ms", "--quantize", "layer"],
        &["check", "net.nirt", "--platform", "norse", "--dt", "1ms", "--weight-scale", "fc=3"],
        &[
            "compare",
            &small,
            "--platform",
            "norse",
            "--platform",
            "mine.toml",
            "--dt",
            "1ms",
            "--input",
            &input,
            "--spike",
            "impulse:7",
        ],
        &[
            "compare",
            &small,
            "--platform",
            "norse",
            "--platform",
            "mine.toml",
            "--dt",
            "1ms",
            "--input",
            &input,
            "--quantize",
            "layer",
        ],
    ] {
        let done = nir(&folder, args);
        assert_eq!(done.status.code(), Some(2), "{args:?}: {}", said(&done));
        let is_said =
            ["has no choice", "have no choice"].iter().any(|part| said(&done).contains(part));
        assert!(is_said, "{args:?}: {}", said(&done));
    }
    let fine = ["check", "net.nirt", "--platform", "norse", "--platform", "loihi2", "--dt", "1ms"];
    let done = nir(&folder, &[&fine[..], &["--quantize", "layer"]].concat());
    assert_ne!(done.status.code(), Some(2), "{}", said(&done));
}

#[test]
fn scales_that_make_no_integers_of_the_weights_are_told() {
    let folder = folder();
    let lower = |scale: &str| {
        let args =
            ["lower", "net.nirt", "--platform", "loihi2", "--dt", "1ms", "--weight-scale", scale];
        said(&nir(&folder, &args))
    };
    assert!(lower("fc=0.04").contains("N717]: the weights are no integers times 0.04"));
    let kept = lower("fc=0.031");
    assert!(!kept.contains("N717") && kept.contains("twice the integers of the file"), "{kept}");
    assert!(lower("c=0.04").contains("`c`, a CubaLIF without weights"), "{}", lower("c=0.04"));
}

#[test]
fn results_do_not_take_the_names_of_graphs_and_stimuli() {
    let folder = folder();
    for name in ["net.nirt", "x.npy", "g.nir", "lo.txt", "lo.xyz", "lo.toml", "lo"] {
        let args = ["lower", "net.nirt", "--platform", "loihi2", "--dt", "1ms", "--output", name];
        let done = nir(&folder, &args);
        assert_eq!(done.status.code(), Some(2), "{name}: {}", said(&done));
    }
    assert_eq!(fs::read_to_string(folder.path().join("net.nirt")).unwrap(), NETWORK);
}

#[test]
fn folders_for_results_have_no_names_of_files() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/snntorch");
    let example = |name: &str| examples.join(name).display().to_string();
    let (net, one, x, y) =
        (example("net.nir"), example("one.npy"), example("samples.npy"), example("labels.npy"));
    let run = ["run", &net, "--platform", "norse", "--dt", "0.1ms", "--input", &one, "--output"];
    let eval = [
        "eval",
        &net,
        "--platform",
        "norse",
        "--dt",
        "0.1ms",
        "--input",
        &x,
        "--labels",
        &y,
        "--output",
    ];
    let codegen = [
        "codegen",
        "net.nirt",
        "--target",
        "c99",
        "--platform",
        "norse",
        "--dt",
        "1ms",
        "--output",
    ];
    let adapt = ["adapt", "--for", "all", "net.nirt"];
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/events.raw");
    let events = events.display().to_string();
    let wrong: [(&[&str], &[&str]); 6] = [
        (&["events", "info", &events, "--svg"], &["pic.npy"]),
        (&run, &["w.h6", "y.svg", "y.SVG", "t.Txt", "g.NIR"]),
        (&eval, &["1.npy", "2.h5", "3.nir"]),
        (&codegen, &["cc.json", "zz.c"]),
        (&adapt, &["ao.nir", "ao.txt"]),
        (&["man", "--output"], &["man.md"]),
    ];
    for (args, names) in wrong {
        for name in names {
            let done = nir(&folder, &[args, &[*name]].concat());
            assert_eq!(done.status.code(), Some(2), "{name}: {}", said(&done));
            assert!(said(&done).contains("give"), "{name}: {}", said(&done));
            assert!(!folder.path().join(name).exists(), "{name}");
        }
    }
    // Numbers behind a dot are part of a folder's name, and the case of an ending says nothing.
    for (name, is_folder) in [("run.1", true), ("v0.2", true), ("U.H5", false)] {
        let done = nir(&folder, &[&run[..], &[name]].concat());
        assert_eq!(done.status.code(), Some(0), "{name}: {}", said(&done));
        assert_eq!(folder.path().join(name).is_dir(), is_folder, "{name}");
    }
}

#[test]
fn the_names_of_labels_and_documents_say_their_form() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/snntorch");
    let example = |name: &str| examples.join(name).display().to_string();
    fs::copy(example("labels.npy"), folder.path().join("y.dat")).unwrap();
    let (net, x) = (example("net.nir"), example("samples.npy"));
    let eval =
        ["eval", &net, "--platform", "norse", "--dt", "0.1ms", "--input", &x, "--labels", "y.dat"];
    let done = nir(&folder, &eval);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert!(said(&done).contains("give a file that ends in `.npy`"), "{}", said(&done));
    let lower = ["lower", "net.nirt", "--platform", "loihi2", "--dt", "1ms", "--output"];
    let done = nir(&folder, &[&lower[..], &["-"]].concat());
    let document = nir(&folder, &[&lower[..], &["d.JSON"]].concat());
    assert_eq!(document.status.code(), Some(0), "{}", said(&document));
    let written = fs::read_to_string(folder.path().join("d.JSON")).unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim_end(), written.trim_end());
    let both = nir(&folder, &[&lower[..], &["-", "--format", "json"]].concat());
    assert_eq!(both.status.code(), Some(2), "{}", said(&both));
}

#[test]
fn a_step_program_has_lists_of_any_length() {
    let folder = folder();
    for inline in ["0", "65535", "65536", "99999999"] {
        let args = ["show", "net.nirt", "--step", "--platform", "norse", "--inline", inline];
        let done = nir(&folder, &args);
        assert_eq!(done.status.code(), Some(0), "{inline}: {}", said(&done));
    }
}

#[test]
fn a_platform_file_is_named_in_the_choices_with_its_hash() {
    let folder = folder();
    let done =
        nir(&folder, &["show", "net.nirt", "--step", "--platform", "mine.toml", "--dt", "1ms"]);
    assert!(
        said(&done).contains("# platform file: mine.toml (given, with the SHA-256 "),
        "{}",
        said(&done)
    );
}

#[test]
fn times_that_would_leave_the_range_of_numbers_are_refused() {
    let folder = folder();
    let done = nir(&folder, &["opt", "net.nirt", "out.nirt", "--time-scale", "1e45"]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert!(said(&done).contains("/c/tau_syn, /c/tau_mem"), "{}", said(&done));
    assert!(!folder.path().join("out.nirt").exists());
}

#[test]
fn a_key_that_stands_twice_in_a_platform_file_is_refused() {
    let folder = folder();
    let text = r#"{"format": 1, "base": "norse", "name": "mine", "version": "1", "name": "yours"}"#;
    fs::write(folder.path().join("twice.json"), text).unwrap();
    let done = nir(&folder, &["check", "net.nirt", "--platform", "twice.json", "--dt", "1ms"]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert!(said(&done).contains("\"name\" stands twice"), "{}", said(&done));
}

#[test]
fn choices_of_a_step_program_belong_to_it() {
    let folder = folder();
    let done = nir(&folder, &["show", "net.nirt", "--dt", "1ms"]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert!(said(&done).contains("--step"), "{}", said(&done));
    let step = ["show", "net.nirt", "--step", "--platform", "loihi2", "--dt", "1ms"];
    let layer = said(&nir(&folder, &step));
    let scaled = said(&nir(&folder, &[&step[..], &["--weight-scale", "fc=50"]].concat()));
    assert!(layer.contains("cell") && scaled.contains("cell"), "{layer}\n{scaled}");
    assert_ne!(layer, scaled);
}

#[test]
fn a_duration_that_is_no_number_of_steps_is_told() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let small = examples.join("small.nir").display().to_string();
    let input = examples.join("small_input.npy").display().to_string();
    let run = |duration: &str| {
        let args = ["run", &small, "--platform", "norse", "--dt", "1ms", "--input", &input];
        said(&nir(&folder, &[&args[..], &["--duration", duration]].concat()))
    };
    let told = "which is 5.3 steps of 0.001 s; 5 are run";
    assert!(run("5.3ms").contains(told), "{}", run("5.3ms"));
    assert!(!run("5ms").contains("steps of 0.001 s;"), "{}", run("5ms"));
    let lower = ["lower", &small, "--platform", "loihi2", "--dt", "1ms", "--input", &input];
    let cost = said(&nir(&folder, &[&lower[..], &["--duration", "5.3ms"]].concat()));
    assert!(cost.contains(told), "{cost}");
}

#[test]
fn what_was_read_is_not_written_over() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let path = |name: &str| folder.path().join(name);
    fs::copy(examples.join("small.nir"), path("small.dat")).unwrap();
    fs::copy(examples.join("small.nir"), path("small.nir")).unwrap();
    fs::create_dir(path("out")).unwrap();
    fs::copy(examples.join("small_input.npy"), path("out/lif1.spikes.npy")).unwrap();
    let input = examples.join("small_input.npy").display().to_string();
    let lower =
        ["lower", "net.nirt", "--platform", "loihi2", "--dt", "1ms", "--output", "net.nirt"];
    let svg = "--platform norse --platform mine.toml --dt 1ms --svg mine.toml";
    let compare: Vec<&str> =
        ["compare", "small.nir", "--input", &input].into_iter().chain(svg.split(' ')).collect();
    let run = "--platform norse --dt 1ms --input out/lif1.spikes.npy --output out";
    let run: Vec<&str> = ["run", "small.nir"].into_iter().chain(run.split(' ')).collect();
    for args in [&lower[..], &compare, &run] {
        let before: Vec<_> = ["net.nirt", "mine.toml", "out/lif1.spikes.npy"]
            .map(|name| fs::read(path(name)).unwrap())
            .to_vec();
        let done = nir(&folder, args);
        assert_eq!(done.status.code(), Some(2), "{args:?}: {}", said(&done));
        let after = ["net.nirt", "mine.toml", "out/lif1.spikes.npy"]
            .map(|name| fs::read(path(name)).unwrap());
        assert_eq!(before, after, "{args:?}");
    }
}

#[test]
fn times_are_not_brought_into_a_unit_twice() {
    let folder = folder();
    let convert = |args: &[&str]| nir(&folder, &[&["convert"], args].concat());
    assert!(convert(&["net.nirt", "ms.nirt", "--output-time-unit", "ms"]).status.success());
    assert!(convert(&["ms.nirt", "again.nirt", "--output-time-unit", "ms"]).status.success());
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(text("ms.nirt"), text("again.nirt"));
    assert!(text("ms.nirt").contains("tau_mem: f32[2] [10, 10]"), "{}", text("ms.nirt"));
    assert!(convert(&["ms.nirt", "s.nirt", "--output-time-unit", "s"]).status.success());
    let refused = convert(&["s.nirt", "wrong.nirt", "--time-unit", "ms"]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("its times are in s"), "{}", said(&refused));
}

#[test]
fn choices_of_a_check_belong_to_platforms() {
    let folder = folder();
    for choice in [["--dt", "1ms"], ["--reset", "zero"]] {
        let done = nir(&folder, &[&["check", "net.nirt"][..], &choice].concat());
        assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    }
    let done =
        nir(&folder, &["convert", "net.nirt", "o.nir", "--compression", "none", "--level", "9"]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    // Text is not compressed.
    for choice in [["--compression", "lzf"], ["--level", "9"]] {
        let done = nir(&folder, &[&["convert", "net.nirt", "o.nirt"][..], &choice].concat());
        assert_eq!(done.status.code(), Some(2), "{}", said(&done));
        assert!(said(&done).contains(choice[0]), "{}", said(&done));
        assert!(!folder.path().join("o.nirt").exists());
    }
}

#[test]
fn a_configuration_says_its_step_and_what_does_not_fit() {
    let folder = folder();
    let input = folder.path().join("x.npy");
    let frames = nirkit::numerics::Tensor::new(&[20, 2], vec![1_u8; 40]).unwrap();
    nirkit::io::array::write_array(&input, &frames).unwrap();
    let lower =
        ["lower", "net.nirt", "--platform", "loihi2", "--dt", "1ms", "--output", "net.json"];
    assert!(nir(&folder, &lower).status.code() < Some(2));
    let run = |platform: &str| {
        let args = ["run", "--config", "net.json", "--platform", platform, "--input", "x.npy"];
        said(&nir(&folder, &args))
    };
    assert!(run("loihi2").contains("0.001"), "{}", run("loihi2"));
    assert!(!run("loihi2").contains("the configuration takes"));
    fs::write(
        folder.path().join("tiny.toml"),
        "format = 1\nbase = \"loihi2\"\nname = \"tiny\"\nversion = \"1\"\n[limits]\ncore_neurons = 1\ncores = 1\n",
    )
    .unwrap();
    let tiny = run("tiny.toml");
    assert!(tiny.contains("tiny has 1 neuron cores, the configuration takes 2"), "{tiny}");
    assert!(tiny.contains("with the SHA-256"), "{tiny}");
}

#[test]
fn a_reading_belongs_to_a_kind_of_stimulus() {
    let folder = folder();
    let json = r#"{"T": 0.01, "inputs": {"input": {"shape": [2], "kind": "spikes", "spikes": [[0.001, 0]]}}}"#;
    fs::write(folder.path().join("x.json"), json).unwrap();
    for option in [&["--event-times", "ms"][..], &["--frames", "current"], &["--batch"]] {
        let args = ["run", "net.nirt", "--clocked", "--dt", "1ms", "--input", "x.json"];
        let done = nir(&folder, &[&args[..], option].concat());
        assert_eq!(done.status.code(), Some(2), "{option:?}: {}", said(&done));
        assert!(said(&done).contains("has no effect"), "{option:?}: {}", said(&done));
    }
}

#[test]
fn the_graph_s_own_meanings_are_taken_or_refused_by_name() {
    let folder = folder();
    fs::write(folder.path().join("e.json"), "{}").unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let small = examples.join("small.nir").display().to_string();
    let x = examples.join("small_input.npy").display().to_string();
    let own = "it is computed from the graph alone";
    for (args, part) in [
        (&["check", &small, "--platform", "ideal"][..], own),
        (&["platforms", "--platform", "clocked"], own),
        (&["adapt", &small, "o.nir", "--for", "ideal", "--dt", "1ms"], own),
        (&["lower", &small, "--platform", "clocked"], "the chips are xylo"),
        (&["run", "--config", "e.json", "--clocked", "--input", &x], "name the chip: xylo"),
        (
            &["compare", &small, "--platform", "norse", "--platform", "clocked", "--input", &x],
            "compare with `ideal`",
        ),
    ] {
        let done = nir(&folder, args);
        assert_eq!(done.status.code(), Some(2), "{args:?}: {}", said(&done));
        let said = said(&done);
        assert!(said.contains(part) && !said.contains("there is no platform"), "{args:?}: {said}");
    }
    for name in ["ideal", "clocked"] {
        let done = nir(&folder, &["run", &small, "--platform", name, "--input", &x]);
        assert_eq!(done.status.code(), Some(0), "{name}: {}", said(&done));
    }
}

#[test]
fn a_file_that_is_not_there_is_told_with_the_one_that_was_meant() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let copy = |from: &str, to: &str| {
        fs::copy(examples.join(from), folder.path().join(to)).unwrap();
    };
    copy("small_input.npy", "ex.npy");
    copy("snntorch/labels.npy", "ey.npy");
    copy("small.nir", "small.nir");
    copy("events.raw", "events.raw");
    for name in ["net.loihi2.json", "times.npy", "ex.txt"] {
        fs::write(folder.path().join(name), "{}").unwrap();
    }
    let eval = ["eval", "net.nirt", "--platform", "norse", "--dt", "1ms"];
    for (args, meant) in [
        ("info smal.nir", "small.nir"),
        ("run small.nir --clocked --input exx.npy", "ex.npy"),
        ("compare small.nir --platform norse --input exx.npy", "ex.npy"),
        ("run small.nir --clocked --input input=exx.npy", "ex.npy"),
        ("run small.nir --exact --input ex.npy --sample time.npy", "times.npy"),
        ("run --config net.loihi2.jso --platform loihi2 --input ex.npy", "net.loihi2.json"),
        ("check small.nir --platform mina.toml", "mine.toml"),
        ("events info event.raw", "events.raw"),
        ("run small.nir --clocked --input event.raw", "events.raw"),
    ] {
        let done = nir(&folder, &args.split(' ').collect::<Vec<_>>());
        assert_eq!(done.status.code(), Some(2), "{args}: {}", said(&done));
        let help = format!("did you mean `{meant}`?");
        assert!(said(&done).contains(&help), "{args}: {}", said(&done));
    }
    let done = nir(&folder, &[&eval[..], &["--input", "ex.npy", "--labels", "eyy.npy"]].concat());
    assert!(said(&done).contains("did you mean `ey.npy`?"), "{}", said(&done));
}

#[test]
fn files_in_each_other_s_places_are_told() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let copy = |from: &str, to: &str| {
        fs::copy(examples.join(from), folder.path().join(to)).unwrap();
    };
    copy("snntorch/net.nir", "trained.nir");
    copy("snntorch/samples.npy", "ex.npy");
    copy("snntorch/labels.npy", "ey.npy");
    copy("small.nir", "small.nir");
    copy("small.nir", "small.h5");
    copy("small.nir", "other.nirt");
    copy("small_input.npy", "x.npy");
    copy("small_input.npy", "x.dat");
    fs::write(folder.path().join("ey.csv"), "file,label\na.npy,1\n").unwrap();
    for (args, part) in [
        ("run x.npy --clocked --input small.nir", "graph and stimulus may be swapped"),
        ("run small.nir --clocked --input net.nirt", "this is a graph, and no stimulus"),
        ("run small.nir --clocked --input small.h5", "not a NIRData file but a graph"),
        ("run small.nir --clocked --input x.dat", "give them the ending `.npy`"),
        (
            "run --config net.nirt --platform xylo --input x.npy",
            "this is a graph, and a configuration",
        ),
        ("info other.nirt", "not a text in UTF-8 but HDF5"),
        (
            "eval trained.nir --platform snntorch --input ey.npy --labels ex.npy",
            "input and labels may be swapped",
        ),
        (
            "eval trained.nir --platform snntorch --input ex.npy --labels ey.csv",
            "a table of labels names the files",
        ),
    ] {
        let done = nir(&folder, &args.split(' ').collect::<Vec<_>>());
        assert_eq!(done.status.code(), Some(2), "{args}: {}", said(&done));
        assert!(said(&done).contains(part), "{args}: {}", said(&done));
    }
}

/// A network of two neurons, with these lines in the place of what leads to the Output.
fn of_two_neurons(second: &str, rest: &str) -> String {
    let lif = "LIF { tau: f32[2] 0.01 r: f32[2] 10 v_leak: f32[2] 0.5 v_threshold: f32[2] 1 v_reset: f32[2] 0 }";
    let outer = "Output { shape: i64[1] [2] }";
    format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{\n  a = Input {{ shape: i64[1] [2] }}\n  l = {lif}\n  {second} = {lif}\n  b = {outer}\n{}\n}}\n",
        rest.replace("OUTPUT", outer)
    )
}

#[test]
fn a_set_with_several_answers_says_which_they_are_and_what_to_do() {
    let folder = folder();
    let two = of_two_neurons("m", "  c = OUTPUT\n  a -> l -> b\n  a -> m -> c");
    let edges = of_two_neurons("m", "  a -> l -> b\n  a -> m -> b");
    fs::write(folder.path().join("two.nirt"), two).unwrap();
    fs::write(folder.path().join("edges.nirt"), edges).unwrap();
    // One sample of two steps in the array, and one label.
    let array = |name: &str, header: &str, bytes: &[u8]| {
        let header = format!("{{{header}, 'fortran_order': False}}\n");
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend_from_slice(&(header.len() as u16).to_le_bytes());
        file.extend_from_slice(header.as_bytes());
        file.extend_from_slice(bytes);
        fs::write(folder.path().join(name), file).unwrap();
    };
    array("x.npy", "'descr': '|u1', 'shape': (1, 2, 2)", &[1, 0, 0, 1]);
    array("y.npy", "'descr': '|u1', 'shape': (1,)", &[0]);
    for (net, part) in [("two.nirt", "2 Outputs (`b`, `c`)"), ("edges.nirt", "(from `l`, `m`)")] {
        let args = format!("eval {net} --input x.npy --labels y.npy --clocked --dt 1ms");
        let said = said(&nir(&folder, &args.split(' ').collect::<Vec<_>>()));
        assert!(said.contains(part) && said.contains("help: keep"), "{net}: {said}");
    }
}

#[test]
fn a_wrong_value_is_told_with_the_one_that_was_meant() {
    let folder = folder();
    let x = ["--input", "x.npy", "--labels", "y.npy", "--platform", "norse"];
    let done = nir(&folder, &[&["eval", "net.nirt", "--readout", "maxx"], &x[..]].concat());
    assert!(said(&done).contains("did you mean `max`? the readouts are count,"), "{}", said(&done));
    let done = nir(&folder, &["info", "net.nirt", "--limit", "step=5"]);
    assert!(said(&done).contains("did you mean `steps`? limits: "), "{}", said(&done));
    for option in [&["--to", "nir"][..], &["--limit", "steps=4"], &["--time-unit", "ms"]] {
        let done = nir(&folder, &[&["opt", "--list"], option].concat());
        assert_eq!(done.status.code(), Some(2), "{option:?}: {}", said(&done));
    }
}

#[test]
fn what_is_recorded_is_one_thing() {
    let folder = folder();
    let net = of_two_neurons("\"l:v\"", "  a -> l -> \"l:v\" -> b");
    fs::write(folder.path().join("two.nirt"), net).unwrap();
    fs::write(
        folder.path().join("x.json"),
        "{\"T\": 0.002, \"inputs\": {\"a\": {\"shape\": [2], \"kind\": \"spikes\", \"spikes\": [[0, 0]]}}}",
    )
    .unwrap();
    let run = |more: &str| {
        let args = format!("run two.nirt --clocked --dt 1ms --input x.json {more}");
        nir(&folder, &args.split(' ').collect::<Vec<_>>())
    };
    let done = run("--record l:v");
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert!(said(&done).contains("of the node `l`, and the node `l:v`"), "{}", said(&done));
    for list in ["l:v:spikes", "l:spikes", "l:v:v"] {
        let done = run(&format!("--record {list} --output out"));
        assert_eq!(done.status.code(), Some(0), "{list}: {}", said(&done));
    }
    // Where voltages start is noted where it matters and is not given, and so are threads without a batch.
    let (open, given) = (run("--threads 2"), run("--start zero"));
    assert!(said(&open).contains("note: `--start` is not given; rest is taken"), "{}", said(&open));
    assert!(said(&open).contains("note: `--threads` has no effect"), "{}", said(&open));
    assert!(!said(&given).contains("`--start` is not given"), "{}", said(&given));
}

#[test]
fn choices_of_a_document_and_of_a_comparison_are_told_as_what_they_are() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let x = examples.join("small_input.npy").display().to_string();
    let small = examples.join("small.nir").display().to_string();
    let lower = ["lower", &small, "--platform", "loihi2", "--dt", "1ms", "--output", "d.json"];
    assert_eq!(nir(&folder, &lower).status.code(), Some(0));
    let run = ["run", "--config", "d.json", "--platform", "loihi2", "--input"];
    let done = nir(&folder, &[&run[..], &[&x, "--quantize", "layer"]].concat());
    assert!(said(&done).contains("give the choice to `nir lower`"), "{}", said(&done));
    // A stimulus that says its own step.
    let steps = ["run", &small, "--clocked", "--dt", "0.7ms", "--input", &x];
    let data = [&steps[..], &["--record", "input", "--output", "x.h5"]].concat();
    assert_eq!(nir(&folder, &data).status.code(), Some(0), "{}", said(&nir(&folder, &data)));
    let done = nir(&folder, &[&run[..], &["x.h5"]].concat());
    assert!(said(&done).contains("the time step of the stimulus is 0.0007 s"), "{}", said(&done));
    let compare = ["compare", &small, "--input", &x, "--platform", "norse", "--quantize", "layer"];
    let done = nir(&folder, &compare);
    assert!(said(&done).contains("norse and ideal have no choice `--quantize`"), "{}", said(&done));
}

#[test]
fn voltages_are_recorded_into_files_only() {
    let folder = folder();
    for name in ["small.nir", "small_input.npy"] {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        fs::copy(examples.join(name), folder.path().join(name)).unwrap();
    }
    let run = ["run", "small.nir", "--clocked", "--dt", "1e-4", "--input", "small_input.npy"];
    let output = nir(&folder, &[&run[..], &["--record", "lif1:v"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let text = said(&output);
    assert!(text.contains("nothing would come of recording `lif1:v`"), "{text}");
    assert!(text.contains("give `--output`"), "{text}");
    for more in [&["--record", "lif1"][..], &["--record", "lif1:v", "--output", "out"]] {
        let output = nir(&folder, &[&run[..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{more:?}");
    }
    // In continuous time nothing is counted of an Output that carries a voltage, and that is said.
    let text = "nirt 1\nversion \"1.0.8\"\ngraph { i = Input { shape: i64[1] [4] } \
        n = LI { tau: f64[4] 0.01 r: f64[4] 5 v_leak: f64[4] 0 } o = Output { shape: i64[1] [4] } i -> n -> o }\n";
    fs::write(folder.path().join("li.nirt"), text).unwrap();
    let exact = ["run", "li.nirt", "--exact", "--dt", "1ms", "--spike", "pulse:1ms"];
    let output = nir(&folder, &[&exact[..], &["--input", "small_input.npy"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("`o` carries the voltage of `n`"), "{}", said(&output));
}
