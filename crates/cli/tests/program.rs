//! The program as its users meet it: arguments in, exit code, result and messages out.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "what is expected comes from elsewhere")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const NIR: &str = env!("CARGO_BIN_EXE_nir");

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

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A text in a folder of its own.
fn text(content: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.nirt");
    fs::write(&path, content).unwrap();
    (folder, path.display().to_string())
}

const BROKEN: &str = "nirt 1\nversion \"1.0.8\"\n\ngraph {\n  input = Input { shape: i64[1] [2] }\n  \
    li = LI { tau: f64[2] [0.1, 0] r: f64[2] 1 v_leak: f64[2] 0 }\n  \
    output = Output { shape: i64[1] [2] }\n\n  input -> li -> output\n}\n";

#[test]
fn an_option_that_a_verb_lacks_is_named_with_the_verbs_that_have_it() {
    let small = example("small.nir");
    for (args, tip) in [
        (
            &["check", &small, "--integrator", "exponential"][..],
            "'nir show', 'nir codegen', 'nir run'",
        ),
        (&["eval", &small, "--exact"], "'--exact' is an option of 'nir run'"),
        (&["eval", &small, "--exact"], "'nir eval' takes '--platform ideal'"),
        (&["compare", &small, "--clocked"], "'nir eval'"),
        (&["show", &small, "--format", "json"], "'nir events convert'"),
        (&["run", &small, "--clockd"], "a similar argument exists: '--clocked'"),
    ] {
        let output = nir(args);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(tip) && !said.contains("-- -"), "{args:?}: {said}");
    }
}

#[test]
fn values_of_options_may_begin_with_a_minus() {
    let (small, x) = (example("small.nir"), example("small_input.npy"));
    let run = ["run", &small, "--clocked"];
    for (given, said) in [
        (&["--input", &x, "--dt", "-1e-3"][..], "`--dt -0.001` is no time step"),
        (&["--input", "-x=f.npy"], "f.npy: No such file"),
        (&["--input", "-x"], "-x: No such file"),
    ] {
        let output = nir(&[&run[..], given].concat());
        assert_eq!(output.status.code(), Some(2), "{given:?}");
        assert!(stderr(&output).contains(said), "{given:?}: {}", stderr(&output));
    }
}

#[test]
fn info_lists_nodes_shapes_and_what_is_left_open() {
    let output = nir(&["info", &example("small.nir")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for part in ["7 nodes, 7 edges, 118 parameters", "weight f32[6, 4]", "0.0001 s (metadata `dt`)"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let info = json(&nir(&["info", &example("small.nir"), "--format", "json"]));
    assert_eq!(info["nodes"][0]["output"], serde_json::json!([6]));
    assert_eq!(info["open"]["reset"][0]["value"], "subtract");
}

#[test]
fn check_exits_with_one_when_there_are_findings_and_draws_them_on_the_text() {
    assert_eq!(nir(&["check", &example("small.nir")]).status.code(), Some(0));
    let (_folder, path) = text(BROKEN);
    let output = nir(&["check", &path]);
    assert_eq!(output.status.code(), Some(1));
    let drawn = stdout(&output);
    assert!(drawn.contains("error[N204]: `tau` is 0 s"), "{drawn}");
    assert!(drawn.contains("/node/nodes/li/tau"), "{drawn}");
    let report = json(&nir(&["check", &path, "--format", "json"]));
    assert_eq!(report["findings"][0]["place"], "/li/tau[1]");
    assert_eq!(report["errors"], 1);
}

#[test]
fn explain_knows_every_code_that_it_lists() {
    let list = stdout(&nir(&["explain"]));
    for code in list.lines().filter_map(|line| line.split_whitespace().next()) {
        let page = nir(&["explain", code]);
        assert!(page.status.success() && stdout(&page).starts_with(code));
    }
    let unknown = nir(&["explain", "N999"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("there is no code `N999`"));
}

#[test]
fn a_graph_goes_to_text_and_back_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    for (from, to) in [(example("small.nir"), at("a.nirt")), (at("a.nirt"), at("b.nir"))] {
        let output = nir(&["convert", &from, &to]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let shown = |path: &str| stdout(&nir(&["show", path, "--inline", "1000"]));
    assert_eq!(shown(&example("small.nir")), shown(&at("b.nir")));
}

#[test]
fn repairs_are_listed() {
    let (folder, path) = text(
        "nirt 1\n\ngraph {\n  input = Input { shape: i64[1] [2] }\n  \
         f = IF { r: f64[2] 1 v_threshold: f64[2] 1 }\n\n  input -> f\n  input -> f\n}\n",
    );
    let mended = folder.path().join("mended.nir").display().to_string();
    let output = nir(&["convert", &path, &mended, "--repair", "--format", "json"]);
    let changes = json(&output)["changes"].clone();
    let codes: Vec<&str> =
        changes.as_array().unwrap().iter().map(|change| change["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["N102", "N214", "N104"]);
    assert_eq!(nir(&["check", &mended]).status.code(), Some(0));
}

#[test]
fn a_run_writes_arrays_and_every_choice() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let (net, input) = (example("small.nir"), example("small_input.npy"));
    let output =
        nir(&["run", &net, "--clocked", "--input", &input, "--record", "all", "--output", &out]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("`--dt` is not given"), "a guess is never silent");
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(Path::new(&out).join("run.json")).unwrap()).unwrap();
    let dt = &report["choices"][0];
    assert_eq!((dt["name"].as_str(), dt["value"].as_str()), (Some("dt"), Some("0.0001")));
    assert_eq!(dt["source"], "guessed: metadata `dt`");
    let mut header = [0; 6];
    fs::File::open(Path::new(&out).join("lif1.spikes.npy"))
        .unwrap()
        .read_exact(&mut header)
        .unwrap();
    assert_eq!(&header, b"\x93NUMPY");
    assert!(Path::new(&out).join("lif1.v.npy").exists());
}

#[test]
fn the_ideal_run_puts_spikes_where_the_equation_has_them() {
    let net = "nirt 1\n\ngraph {\n  input = Input { shape: i64[1] [2] }\n  \
        lif = LIF { tau: f64[2] 0.01 r: f64[2] 1 v_leak: f64[2] 0 v_threshold: f64[2] 1 v_reset: f64[2] 0 }\n  \
        output = Output { shape: i64[1] [2] }\n\n  input -> lif -> output\n}\n";
    let (folder, path) = text(net);
    let (_stimulus, input) = stimulus();
    let out = folder.path().join("out");
    let args = ["run", &path, "--exact", "--input", &input, "--record", "all", "--sample", "0.001"];
    let output = nir(&[&args[..], &["--output", &out.display().to_string()]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let table = fs::read_to_string(out.join("lif.spikes.csv")).unwrap();
    let (time, channel) = table.lines().nth(1).unwrap().split_once(',').unwrap();
    // A current of 2 lifts v along 2 (1 - exp(-t / tau)), which passes 1 at tau ln 2; the other
    // channel has a current of 1 and never gets there.
    let expected = 0.01 * 2.0_f64.ln();
    assert_eq!(channel, "1");
    assert!((time.parse::<f64>().unwrap() - expected).abs() < 1e-15, "{time} and {expected}");
    assert_eq!(table.lines().count(), 2);
    assert!(out.join("lif.v.npy").exists() && out.join("run.json").exists());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_no_suggestion_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("dang.nir");
    std::os::unix::fs::symlink("gone.nir", &link).unwrap();
    let output = nir(&["info", &link.display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("a link to `gone.nir`, which leads nowhere"), "{said}");
    assert!(!said.contains("did you mean"), "{said}");
}

#[test]
fn times_to_look_at_have_one_axis() {
    let folder = tempfile::tempdir().unwrap();
    let times = folder.path().join("times.npy");
    let array = nirkit::numerics::Tensor::new(&[2, 2], vec![0.0, 0.001, 0.002, 0.003]).unwrap();
    nirkit::io::array::write_array(&times, &array).unwrap();
    let (net, input, times) =
        (example("small.nir"), example("small_input.npy"), times.display().to_string());
    let output =
        nir(&["run", &net, "--exact", "--input", &input, "--record", "all", "--sample", &times]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("the times have the shape [2, 2]; one axis is expected"), "{said}");
}

/// Four pulses into one neuron: what `docs/ideal.md` shows, and its solution by hand.
#[test]
fn the_page_of_the_ideal_shows_what_the_program_computes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display().to_string();
    let (net, input) = (example("ideal.nirt"), example("ideal_input.json"));
    let args = ["run", &net, "--exact", "--spike", "pulse:0.004", "--input", &input];
    let output = nir(&[&args[..], &["--output", &out]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let table = fs::read_to_string(folder.path().join("lif.spikes.csv")).unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ideal.md");
    assert!(fs::read_to_string(page).unwrap().contains(&table), "not on the page: {table}");
    let (tau, mut v, mut now) = (0.01, 0.0, 0.002);
    for (until, goal) in [(0.005, 1.5), (0.006, 3.0), (0.0065, 1.5)] {
        v = goal + (v - goal) * f64::exp(-(until - now) / tau);
        now = until;
    }
    let expected = now + tau * f64::ln((3.0 - v) / 2.0);
    let time: f64 = table.lines().nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    assert!((time - expected).abs() < 1e-17, "{time} and {expected}");
}

#[test]
fn the_time_step_is_asked_for_when_nothing_says_it() {
    let (_folder, path) = text(&BROKEN.replace("[0.1, 0]", "[0.1, 0.2]"));
    let (_stimulus, input) = stimulus();
    let output = nir(&["run", &path, "--clocked", "--input", &input]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("give `--dt`"), "{}", stderr(&output));
}

/// A stimulus for two channels.
fn stimulus() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("x.json");
    let content = r#"{"T": 0.01, "inputs": {"input":
        {"shape": [2], "kind": "current", "breakpoints": [0], "values": [[1, 2]]}}}"#;
    fs::write(&path, content).unwrap();
    (folder, path.display().to_string())
}

#[test]
fn an_unsound_graph_does_not_run_and_says_why() {
    let (_folder, path) = text(BROKEN);
    let (_stimulus, input) = stimulus();
    let output = nir(&["run", &path, "--clocked", "--dt", "1e-3", "--input", &input]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("N204"), "{}", stderr(&output));
}

#[test]
fn a_stimulus_that_does_not_fit_names_both_shapes() {
    let (_folder, path) = text(&BROKEN.replace("[0.1, 0]", "[0.1, 0.2]"));
    let input = example("small_input.npy");
    let output = nir(&["run", &path, "--clocked", "--dt", "1e-3", "--input", &input]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("[300, 4]") && stderr(&output).contains("[2]"));
}

#[test]
fn all_errors_of_a_text_are_reported_with_line_and_column() {
    let (_folder, path) =
        text("nirt 1\n\ngraph {\n  a = Scale { scale: f64[2] [1] }\n  b = ?\n}\n");
    let output = nir(&["info", &path]);
    assert_eq!(output.status.code(), Some(2));
    let errors = stderr(&output);
    assert!(errors.contains("net.nirt:4:") && errors.contains("net.nirt:5:"), "{errors}");
}

#[test]
fn a_missing_file_and_a_wrong_argument_exit_with_two() {
    assert_eq!(nir(&["info", "no such file.nir"]).status.code(), Some(2));
    assert_eq!(nir(&["inform"]).status.code(), Some(2));
    assert_eq!(
        nir(&["info", &example("small.nir"), "--limit", "objects=2"]).status.code(),
        Some(2)
    );
    assert_eq!(nir(&["--help"]).status.code(), Some(0));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(NIR)
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}

#[test]
fn diff_tells_what_matters_by_its_exit_code() {
    let small = example("small.nir");
    assert_eq!(nir(&["diff", &small, &small]).status.code(), Some(0));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("folded.nir").display().to_string();
    assert_eq!(nir(&["opt", &small, &path, "--pass", "fold_gain"]).status.code(), Some(0));
    let output = nir(&["diff", &small, &path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    assert_eq!(report["same"], false);
    let places: Vec<&str> = report["differences"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|d| d["place"].as_str())
        .collect();
    assert!(places.iter().any(|place| place.starts_with("/lif1/r[")), "{places:?}");
    assert_eq!(nir(&["diff", &small, "missing.nir"]).status.code(), Some(2));
}

/// 1e8 + 1 is 1e8 in single precision, so the order decides whether anything is left.
#[test]
fn spikes_that_depend_on_the_order_of_additions_are_listed() {
    let net = "nirt 1\n\ngraph {\n  input = Input { shape: i64[1] [3] }\n  fc = Linear { weight: \
               f32[2, 3] [[100000000, 1, -100000000], [1, 1, 1]] }\n  n = IF { r: f32[2] [1, 1], v_threshold: \
               f32[2] [0.5, 0.5], v_reset: f32[2] [0, 0] }\n  output = Output { shape: i64[1] [2] }\n\n  \
               input -> fc -> n -> output\n}\n";
    let (folder, path) = text(net);
    let stimulus = folder.path().join("x.npy");
    let ones = nirkit::numerics::Tensor::new(&[2, 3], vec![1.0_f32; 6]).unwrap();
    nirkit::io::array::write_array(&stimulus, &ones).unwrap();
    let out = folder.path().join("out");
    let (stimulus, out) = (stimulus.to_str().unwrap(), out.to_str().unwrap());
    let run = ["run", &path, "--input", stimulus, "--platform", "norse", "--dt", "1e-3"];
    let asked = [&run[..], &["--check-rounding", "--output", out, "--format", "json"]].concat();
    let told = json(&nir(&asked));
    assert_eq!(told["rounding"][0]["node"], "n", "{told}");
    assert_eq!(told["rounding"][0]["entries"], 2);
    assert_eq!(told["rounding"][0]["first_step"], 0);
    let mask = Path::new(out).join("n.rounding.npy");
    let mask = nirkit::io::array::read_array(&mask, &nirkit::io::Limits::default()).unwrap();
    assert_eq!(mask.as_slice::<bool>(), Some(&[true, false, true, false][..]));
    let sum = |order: &str| {
        let told = json(&nir(&[&run[..], &["--sums", order, "--format", "json"]].concat()));
        told["nodes"][0]["sum"].as_f64().unwrap()
    };
    assert_eq!(["forward", "backward", "wide", "low"].map(sum), [2.0, 2.0, 4.0, 2.0]);
}

#[test]
fn several_files_are_told_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let text = "nirt 1\nversion \"1.0.8\"\ngraph {\n  a = Input { shape: i64[1] [2] }\n  \
                b = Output { shape: i64[1] [2] }\n  a -> b\n}\n";
    fs::write(path("one.nirt"), text).unwrap();
    fs::write(path("two.nirt"), text.replace("a -> b", "a -> c")).unwrap();
    let (one, two, none) = (path("one.nirt"), path("two.nirt"), path("tow.nirt"));
    let report = nir(&["check", &one, &two, "--format", "json"]);
    assert_eq!(report.status.code(), Some(1), "one has a finding");
    let report = json(&report);
    let files = &report["files"];
    assert_eq!((&files[0]["errors"], &files[1]["errors"]), (&0.into(), &1.into()));
    // A file that cannot be read does not stop the work on the others.
    let report = nir(&["info", &none, &one]);
    assert_eq!(report.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&report.stdout).contains("one.nirt: "));
    let said = String::from_utf8_lossy(&report.stderr).into_owned();
    assert!(said.contains("tow.nirt") && said.contains("did you mean `two.nirt`?"), "{said}");
    // In JSON both stand in one value.
    let report = json(&nir(&["info", &none, &one, "--format", "json"]));
    assert_eq!(report["files"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report["errors"][0]["help"], "did you mean `two.nirt`?", "{report}");
}

#[test]
fn findings_are_coloured_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.nirt").display().to_string();
    fs::write(&path, "nirt 1\ngraph {\n}\n").unwrap();
    let is_coloured = |args: &[&str]| {
        let output = nir(&[&["check", &path], args].concat());
        output.stdout.contains(&0x1b)
    };
    assert!(!is_coloured(&[]), "nobody reads on a terminal");
    assert!(is_coloured(&["--color", "always"]));
    assert!(!is_coloured(&["--color", "never"]));
}

#[test]
fn a_code_that_is_none_gets_a_suggestion() {
    let said = nir(&["explain", "N2O4"]);
    assert_eq!(said.status.code(), Some(2));
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("did you mean `N204`?"), "{said}");
}
