//! Nothing is lost, nothing is hidden, and every ending has its exit code.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const NIR: &str = env!("CARGO_BIN_EXE_nir");

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    folder.join(name).display().to_string()
}

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    folder.join(name).display().to_string()
}

fn nir(args: &[&str]) -> Output {
    Command::new(NIR).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn run_two(inputs: &[String], more: &[&str]) -> Output {
    let graph = file("two.nirt");
    let mut args = vec!["run", &graph, "--clocked"];
    args.extend(more);
    for input in inputs {
        args.extend(["--input", input.as_str()]);
    }
    nir(&args)
}

fn input(node: &str, name: &str) -> String {
    format!("{node}={}", file(name))
}

#[test]
fn the_reading_of_every_input_is_told() {
    let output = run_two(&[input("a", "x5.npy"), input("b", "half.npy")], &["--dt", "1e-3"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(text.contains("a: spikes") && text.contains("b: current"), "{text}");
}

#[test]
fn two_stimuli_for_one_input_are_an_error() {
    let inputs = [input("a", "x5.npy"), input("a", "x9.npy"), input("b", "x5.npy")];
    let output = run_two(&inputs, &["--dt", "1e-3"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("the Input `a` is given two stimuli"), "{}", stderr(&output));
}

#[test]
fn stimuli_that_end_at_different_times_are_told() {
    let output = run_two(&[input("a", "x5.npy"), input("b", "x9.npy")], &["--dt", "1e-3"]);
    assert_eq!(output.status.code(), Some(0));
    let said = stderr(&output);
    assert!(said.contains("`a` lasts 5 frames, that of `b` 9 frames"), "{said}");
}

#[test]
fn a_time_step_other_than_that_of_the_data_is_told() {
    let output = run_two(&[file("s.h5")], &["--dt", "1e-2"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("was recorded with 0.001 s"), "{}", stderr(&output));
    let output = run_two(&[file("s.h5")], &["--dt", "1e-3"]);
    assert!(!stderr(&output).contains("was recorded with"), "{}", stderr(&output));
}

#[test]
fn spikes_after_the_end_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.json");
    let one = r#"{"shape": [2], "kind": "spikes", "spikes": [[0.001, 0], [0.5, 1]]}"#;
    fs::write(&path, format!(r#"{{"T": 0.01, "inputs": {{"a": {one}, "b": {one}}}}}"#)).unwrap();
    let output = run_two(&[path.display().to_string()], &["--dt", "1e-3"]);
    let said = stderr(&output);
    assert!(said.contains("1 spike for `a` comes at or after the end at 0.01 s"), "{said}");
}

#[test]
fn breakpoints_after_the_end_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.json");
    let current = |breakpoints: &str| {
        let one = format!(
            r#"{{"shape": [2], "kind": "current", "breakpoints": {breakpoints}, "values": [[1, 1], [0, 0]]}}"#
        );
        fs::write(&path, format!(r#"{{"T": 0.01, "inputs": {{"a": {one}, "b": {one}}}}}"#))
            .unwrap();
        stderr(&run_two(&[path.display().to_string()], &["--dt", "1e-3"]))
    };
    let said = current("[0, 0.5]");
    assert!(said.contains("1 breakpoint for `a` comes at or after the end at 0.01 s"), "{said}");
    let said = current("[0, 0.01]");
    assert!(!said.contains("breakpoint"), "{said}");
}

#[test]
fn labels_that_no_class_has_and_empty_sets_are_errors() {
    let eval = |labels: &str| {
        let (graph, set) = (file("lif.nirt"), file("b.npy"));
        nir(&[
            "eval",
            &graph,
            "--input",
            &set,
            "--labels",
            labels,
            "--platform",
            "norse",
            "--dt",
            "1e-3",
        ])
    };
    for labels in ["yneg.npy", "ybig.npy"] {
        let output = eval(&file(labels));
        assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
        assert!(stderr(&output).contains("is none of 2 classes"), "{}", stderr(&output));
    }
}

#[test]
fn an_output_of_nothing_is_zero_without_a_sign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.json");
    let none = r#"{"shape": [2], "kind": "spikes", "spikes": []}"#;
    fs::write(&path, format!(r#"{{"T": 0.0, "inputs": {{"a": {none}, "b": {none}}}}}"#)).unwrap();
    for format in ["text", "json"] {
        let more = ["--dt", "1e-3", "--format", format];
        let output = run_two(&[path.display().to_string()], &more);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(!stdout(&output).contains("-0"), "{}", stdout(&output));
    }
}

#[test]
fn nothing_in_a_file_acts_on_the_terminal() {
    let acts = |text: &str| {
        text.chars().any(|c| {
            (c.is_control() && c != '\n' && c != '\t')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
    };
    let (names, version) = (file("esc.nir"), file("ver.nirt"));
    let zeros = file("x5.npy");
    for args in [
        vec!["info", &names],
        vec!["info", &version],
        vec!["check", &names],
        vec!["check", &version],
        vec!["check", &names, "--platform", "norse"],
        vec!["show", &names],
        vec!["view", &names],
        vec!["view", &names, "--collapse"],
        vec!["diff", &names, &version],
        vec!["run", &names, "--clocked", "--dt", "1e-3", "--input", &zeros],
        vec!["run", &names, "--exact", "--dt", "1e-3", "--input", &zeros],
        vec!["compare", &names, "--dt", "1e-3", "--platform", "norse", "--input", &zeros],
        vec!["lower", &names, "--platform", "xylo", "--dt", "1e-3"],
    ] {
        for format in ["text", "json"] {
            let mut all = args.clone();
            if args[0] != "show" {
                all.extend(["--format", format]);
            }
            let output = nir(&all);
            let code = output.status.code();
            assert!(matches!(code, Some(0..=2)), "{all:?}: {code:?}");
            for said in [stdout(&output), stderr(&output)] {
                assert!(!acts(&said), "{all:?}: {said:?}");
            }
            if format == "json" && args[0] != "show" {
                serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
            }
        }
    }
}

#[test]
fn the_report_of_a_run_holds_nothing_that_acts_on_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    let graph = "nirt 1\ngraph {\n  \"i\\u{202e}\" = Input { shape: i64[1] [2] }\n  \"t\\u{9b}\" = Threshold { \
                 threshold: f64 0.5 }\n  o = Output { shape: i64[1] [2] }\n  \"i\\u{202e}\" -> \"t\\u{9b}\" -> \
                 o\n}\n";
    fs::write(place("g.nirt"), graph).unwrap();
    let zeros = file("x5.npy");
    let output = nir(&[
        "run",
        &place("g.nirt"),
        "--clocked",
        "--dt",
        "1e-3",
        "--input",
        &zeros,
        "--output",
        &place("out"),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report = fs::read_to_string(place("out/run.json")).unwrap();
    assert!(!report.contains(['\u{202e}', '\u{9b}']), "{report}");
    assert!(report.contains("\\u009b"), "{report}");
}

/// The end of a pipe that nobody reads.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn ends(args: &[&str], out: Stdio, err: Stdio) -> Option<i32> {
    Command::new(NIR).args(args).stdout(out).stderr(err).status().unwrap().code()
}

#[test]
fn the_exit_code_is_that_of_the_work_when_nobody_listens() {
    let (graph, stimulus) = (example("small.nir"), file("two.nirt"));
    let bad = file("lif.nirt") + ".not";
    for (args, code) in [
        (vec!["info", &graph], 0),
        (vec!["info", &bad], 2),
        (vec!["info", &bad, "--format", "json"], 2),
        (vec!["check", &stimulus], 0),
        (vec!["--help"], 0),
        (vec!["--bad"], 2),
    ] {
        assert_eq!(ends(&args, unread(), Stdio::null()), Some(code), "{args:?}, no output");
        assert_eq!(ends(&args, Stdio::null(), unread()), Some(code), "{args:?}, no errors");
        assert_eq!(ends(&args, unread(), unread()), Some(code), "{args:?}, neither");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.nirt");
    let bad =
        "nirt 1\nversion \"1.0.8\"\n\ngraph {\n  a = Input { shape: i64[1] [2] }\n  a -> b\n}\n";
    fs::write(&path, bad).unwrap();
    let path = path.display().to_string();
    assert_eq!(ends(&["check", &path], unread(), unread()), Some(1));
    let notes = [input("a", "x5.npy"), input("b", "x9.npy")];
    let run =
        ["run", &stimulus, "--clocked", "--dt", "1e-3", "--input", &notes[0], "--input", &notes[1]];
    assert_eq!(ends(&run, Stdio::null(), unread()), Some(0));
}

#[test]
fn a_full_disk_at_the_output_is_a_failure() {
    // A device of the system that is always full; it is only ever written to through a descriptor.
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let full = || Stdio::from(full.try_clone().unwrap());
    let graph = example("small.nir");
    for args in [vec!["info", &graph], vec!["--help"], vec!["check", &graph, "--format", "json"]] {
        assert_eq!(ends(&args, full(), Stdio::null()), Some(2), "{args:?}");
    }
    assert_eq!(ends(&["info", &graph], Stdio::null(), full()), Some(0));
    assert_eq!(ends(&["info", "nothing"], Stdio::null(), full()), Some(2));
}

#[test]
fn mode_links_and_permissions_are_respected() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let shown = |name: &str| path(name).display().to_string();
    let graph = example("small.nir");
    for name in ["private.nir", "readonly.nir", "target.nir"] {
        fs::copy(&graph, path(name)).unwrap();
    }
    let mode = |name: &str, mode| {
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("private.nir", 0o600);
    mode("readonly.nir", 0o444);
    std::os::unix::fs::symlink("target.nir", path("link.nir")).unwrap();
    assert_eq!(
        nir(&["convert", &shown("private.nir"), &shown("private.nir")]).status.code(),
        Some(0)
    );
    assert_eq!(fs::metadata(path("private.nir")).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(path("readonly.nir")).unwrap();
    assert_eq!(nir(&["convert", &graph, &shown("readonly.nir")]).status.code(), Some(2));
    assert_eq!(fs::read(path("readonly.nir")).unwrap(), before);
    let before = fs::read(path("target.nir")).unwrap();
    let args = ["convert", &graph, &shown("link.nir"), "--compression", "none"];
    assert_eq!(nir(&args).status.code(), Some(0));
    assert!(fs::symlink_metadata(path("link.nir")).unwrap().is_symlink());
    assert_ne!(fs::read(path("target.nir")).unwrap(), before);
}

#[test]
fn the_report_of_a_run_names_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("o");
    let shown = out.display().to_string();
    for engine in [vec!["--clocked"], vec!["--platform", "norse"], vec!["--exact"]] {
        let (graph, stimulus) = (file("lif.nirt"), file("x5.npy"));
        let mut args =
            vec!["run", &graph, "--input", &stimulus, "--output", &shown, "--dt", "1e-3"];
        args.extend(engine.iter());
        let output = nir(&args);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let report: serde_json::Value =
            serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
        let files = report["files"].as_array().unwrap();
        assert!(files.len() >= 2, "{engine:?}: {files:?}");
        assert!(files.iter().all(|name| out.join(name.as_str().unwrap()).exists()), "{files:?}");
    }
}

/// Texts with large tensors, written by several programs at a time, are whole at all times.
#[test]
fn of_several_writers_of_a_text_one_is_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let graph = |name: &str, value: f32| {
        let numbers: Vec<String> = (0..100).map(|at| (value + at as f32).to_string()).collect();
        let numbers = numbers.join(", ");
        let text = format!(
            "nirt 1\nversion \"1.0.8\"\n\ngraph {{\n  t = Threshold {{ threshold: f32[100] [{numbers}] }}\n}}\n"
        );
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let sources = [graph("one.nirt", 0.1), graph("two.nirt", 0.2), graph("three.nirt", 0.3)];
    let target = folder.path().join("target.nirt").display().to_string();
    for _ in 0..20 {
        let start = |source: &String| {
            let mut command = Command::new(NIR);
            command.args(["convert", source, &target]).spawn().unwrap()
        };
        let mut writers: Vec<_> = sources.iter().map(start).collect();
        for writer in &mut writers {
            assert!(writer.wait().unwrap().success());
        }
        let output = nir(&["info", &target]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 5, "three sources, the text and its tensors");
}

/// A bit for each signal that this process, and with it every program that it starts, ignores.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap())
}

#[test]
fn a_program_that_is_told_to_end_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let stimulus = folder.path().join("x.json");
    let spikes = r#"{"shape": [2], "kind": "spikes", "spikes": [[0.001, 0]]}"#;
    fs::write(&stimulus, format!(r#"{{"T": 1, "inputs": {{"input": {spikes}}}}}"#)).unwrap();
    let graph = folder.path().join("loop.nirt");
    // Two neurons that excite each other for ever.
    let text = "nirt 1\nversion \"1.0.8\"\n\ngraph {\n  input = Input { shape: i64[1] [2] }\n  \
        if = IF { r: f32[2] 2000 v_threshold: f32[2] 1 v_reset: f32[2] 0 }\n  \
        d = Delay { delay: f32[2] 0.000001 }\n  output = Output { shape: i64[1] [2] }\n  \
        input -> if -> d -> if\n  if -> output\n}\n";
    fs::write(&graph, text).unwrap();
    for (signal, number) in [("INT", 2), ("TERM", 15)] {
        // What runs in the background of a script ignores SIGINT, and so does everything that it starts.
        if ignored_signals() >> (number - 1) & 1 == 1 {
            continue;
        }
        let made = folder.path().join(signal);
        let out = made.join("out");
        let mut child = Command::new(NIR)
            .args(["run", &graph.display().to_string(), "--exact", "--dt", "1e-3"])
            .args(["--spike", "impulse:1", "--duration", "1e6"])
            .args(["--input", &stimulus.display().to_string()])
            .args(["--output", &out.display().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let has_begun = |out: &PathBuf| fs::read_dir(out).is_ok_and(|entries| entries.count() > 0);
        let begun = Instant::now();
        while !has_begun(&out) && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nothing is written");
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(child.try_wait().unwrap().is_none(), "the run is over too soon");
        let kill =
            Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let status = child.wait().unwrap();
        assert!(status.code().is_none(), "{signal}: {status:?}");
        assert!(!made.exists(), "{signal}: {:?}", fs::read_dir(&out).map(Iterator::count));
    }
}

/// Whoever reads a pipe does not look for a file with the tensors beside it.
#[cfg(unix)]
#[test]
fn a_text_that_is_written_to_a_pipe_has_all_its_tensors() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("p.nirt");
    let weights = vec!["1"; 200].join(", ");
    let graph = folder.path().join("wide.nirt");
    let text = format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{\n  i = Input {{ shape: i64[1] [200] }}\n  \
        s = Scale {{ scale: f32[200] [{weights}] }}\n  o = Output {{ shape: i64[1] [200] }}\n  i -> s -> o\n}}\n"
    );
    fs::write(&graph, text.replace("1, 1, 1]", "1, 2, 3]")).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let from = pipe.clone();
    let reader = std::thread::spawn(move || fs::read_to_string(from).unwrap());
    let output = nir(&["convert", &graph.display().to_string(), &pipe.display().to_string()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let copy = folder.path().join("copy.nirt").display().to_string();
    fs::write(&copy, reader.join().unwrap()).unwrap();
    assert_eq!(nir(&["diff", &graph.display().to_string(), &copy]).status.code(), Some(0));
    assert!(!folder.path().join("p.nirt.tensors").exists());
}

/// A system that allows files of no more than some size (`ulimit -f`, in blocks of 512 bytes) ends a program that does not
/// heed the signal.
#[cfg(unix)]
#[test]
fn a_file_that_the_system_does_not_let_grow_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.nir").display().to_string();
    let net = folder.path().join("net").display().to_string();
    for args in [
        vec!["convert", &example("small.nir"), &out],
        vec![
            "codegen",
            &example("small.nir"),
            "--target",
            "c99",
            "--platform",
            "norse",
            "--output",
            &net,
        ],
    ] {
        let output = Command::new("sh")
            .args(["-c", "ulimit -f 1; exec \"$0\" \"$@\"", NIR])
            .args(&args)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(stderr(&output).to_lowercase().contains("too large"), "{}", stderr(&output));
        let files = |path: &str| fs::read_dir(path).map_or(0, Iterator::count);
        assert_eq!(files(&net), 0, "a set of files is there as a whole or not at all");
        assert!(!Path::new(&out).exists());
    }
}

/// What never ends is not read to its end, whatever it is taken for.
#[cfg(target_os = "linux")]
#[test]
fn devices_that_give_bytes_for_ever_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let zeros = |name: &str| {
        let path = folder.path().join(name);
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        path.display().to_string()
    };
    let (graph, text, array) = (zeros("z.nir"), zeros("z.nirt"), zeros("z.npy"));
    let (stimulus, document) = (zeros("s.json"), zeros("d.json"));
    let (small, lif) = (example("small.nir"), file("lif.nirt"));
    let begun = Instant::now();
    for args in [
        vec!["info", &graph],
        vec!["check", &text],
        vec!["run", &small, "--clocked", "--input", &array],
        vec!["run", &small, "--clocked", "--input", &stimulus],
        vec!["run", "--config", &document, "--platform", "speck", "--input", &array],
        vec!["eval", &lif, "--input", &array, "--labels", &array, "--platform", "norse"],
    ] {
        let output = nir(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn names_in_a_picture_are_text_of_xml_and_do_not_act() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("p.svg").display().to_string();
    let (names, zeros) = (file("esc.nir"), file("x5.npy"));
    let args = ["compare", &names, "--dt", "1e-3", "--platform", "norse", "--input", &zeros];
    let output = nir(&[&args[..], &["--svg", &picture]].concat());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
    let svg = fs::read_to_string(&picture).unwrap();
    assert!(svg.contains("\\u{1b}[2Jx") && !svg.contains('\u{1b}'));
}
