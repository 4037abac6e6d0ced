//! What few bytes and large numbers ask for ends with a finding or exit code 2, in little memory and
//! little time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const NIR: &str = env!("CARGO_BIN_EXE_nir");

/// Address space of a run, in KiB: 2 GiB.
const MEMORY: u32 = 2 << 20;

/// Time of a run. It is long for machines that do other things as well.
const PATIENCE: Duration = Duration::from_secs(40);

struct End {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn hostile(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    folder.join(name).display().to_string()
}

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).display().to_string()
}

/// Runs the program in a bounded address space and a bounded time.
fn nir(args: &[&str]) -> End {
    let limited = format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &limited, NIR])
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let out = thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    let err = thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).map(|_| text)
    });
    let begun = Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{args:?} still runs after {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(20));
    };
    let [stdout, stderr] = [out, err].map(|text| text.join().unwrap().unwrap());
    End { code, stdout, stderr }
}

/// Exit code 2 with a message that has all of these parts.
fn fails(args: &[&str], parts: &[&str]) {
    let end = nir(args);
    assert_eq!(end.code, Some(2), "{args:?}: {}{}", end.stdout, end.stderr);
    for part in parts {
        assert!(end.stderr.contains(part), "{args:?}: {part} is not in\n{}", end.stderr);
    }
}

#[test]
fn layers_that_are_too_large_are_found_whatever_is_asked() {
    for name in
        ["conv_p4", "flat_ovf3", "io_1e12", "io_2e63", "io_3e7", "lif_1e9", "pool_k", "pool_kavg"]
    {
        let file = hostile(&format!("{name}.nirt"));
        let end = nir(&["check", &file, "--platform", "norse", "--platform", "snntorch"]);
        assert_eq!(end.code, Some(1), "{name}: {}{}", end.stdout, end.stderr);
        assert!(end.stdout.contains("error[N308]"), "{name}: {}", end.stdout);
        for engine in [&["--clocked"][..], &["--exact"], &["--platform", "norse"]] {
            let input = hostile("x_li.npy");
            let args = [&["run", &file, "--dt", "1e-3", "--input", &input], engine].concat();
            fails(&args, &["cannot run", "N308"]);
        }
    }
}

#[test]
fn a_repair_writes_out_nothing_that_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("r.nir").display().to_string();
    let end = nir(&["convert", &hostile("lif_1e9.nirt"), &to, "--repair"]);
    assert_eq!(end.code, Some(1), "{}", end.stderr);
    assert!(end.stdout.contains("left: error[N308]"), "{}", end.stdout);
}

#[test]
fn one_number_for_many_elements_is_held_against_the_size_of_the_text() {
    fails(&["info", &hostile("u8.nirt")], &["250000000", "limit of 16777216 bytes"]);
    fails(&["info", &hostile("conv_bigk.nirt")], &["limit of 16777216 bytes"]);
}

#[test]
fn a_limit_can_be_raised_by_its_name() {
    let file = hostile("io_3e7.nirt");
    let raised = ["--limit", "layer_elements=30000000", "--limit", "graph_elements=60000000"];
    let end = nir(&[&["check", &file][..], &raised].concat());
    assert_eq!(end.code, Some(0), "{}{}", end.stdout, end.stderr);
    fails(&["check", &file, "--limit", "nothing=1"], &["there is no limit `nothing`", "spikes"]);
}

#[test]
fn numbers_of_chip_documents_are_told_with_their_places() {
    let cases = [
        ("spinnaker2", "spinnaker2_index.json", "x_lif_homog.npy", "populations[1].shape[0]"),
        ("spinnaker2", "spinnaker2_abort.json", "x_lif_homog.npy", "populations[1].size"),
        ("loihi2", "loihi2_capacity.json", "x_cubalif_layer_b.npy", "layers[1].shape[0]"),
        ("speck", "speck_pad.json", "x_digits_scnn.npy", "layers[0].padding[0]"),
    ];
    for (chip, document, input, place) in cases {
        let (document, input) = (hostile(document), hostile(input));
        fails(&["run", "--config", &document, "--platform", chip, "--input", &input], &[place]);
    }
}

#[test]
fn steps_instants_and_recordings_are_bounded() {
    let (small, input) = (example("small.nir"), example("small_input.npy"));
    let run = |others: &[&str], parts: &[&str]| {
        fails(&[&["run", &small, "--input", &input][..], others].concat(), parts);
    };
    run(&["--exact", "--record", "all", "--sample", "1e-300"], &["instants", "`steps`"]);
    run(&["--exact", "--record", "all", "--sample", "1e-12", "--duration", "1"], &["instants"]);
    run(&["--platform", "norse", "--duration", "1e300"], &["steps", "the limit `steps`"]);
    run(&["--platform", "norse", "--duration", "1e9"], &["the limit `steps`"]);
    run(&["--clocked", "--duration", "1e300"], &["the limit `steps`"]);
    let compare =
        ["compare", &small, "--input", &input, "--platform", "norse", "--platform", "ideal"];
    for duration in ["1e300", "1e6"] {
        fails(&[&compare[..], &["--duration", duration]].concat(), &["limit"]);
    }
}

#[test]
fn a_stimulus_cannot_ask_for_more_steps_either() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("long.json");
    let inputs =
        r#"{"T": 1e300, "inputs": {"input": {"shape": [2], "kind": "spikes", "spikes": []}}}"#;
    std::fs::write(&json, inputs).unwrap();
    let json = json.display().to_string();
    for engine in [&["--clocked"][..], &["--platform", "norse"]] {
        let args = ["run", &hostile("lif.nirt"), "--dt", "1e-3", "--input", &json];
        fails(&[&args[..], engine].concat(), &["the limit `steps`"]);
    }
}

#[test]
fn excitation_that_feeds_itself_ends_and_says_how_far_it_got() {
    let input = hostile("x_runaway.npy");
    for graph in ["g1.nirt", "g2.nirt"] {
        let args = ["run", &hostile(graph), "--exact", "--dt", "1e-3", "--input", &input];
        let impulses = ["--spike", "impulse:1"];
        fails(&[&args[..], &impulses].concat(), &["the run got to", "spikes"]);
    }
}

#[test]
fn an_integrator_in_a_cycle_of_gain_zero_drives_what_is_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("o").display().to_string();
    let (graph, input) = (hostile("zero_loop.nirt"), hostile("x_zero_loop.npy"));
    let args =
        ["run", &graph, "--exact", "--dt", "1e-3", "--spike", "pulse:1e-3", "--input", &input];
    let more = ["--sample", "1e-3", "--record", "n:v,post:spikes", "--output", &output];
    let end = nir(&[&args[..], &more].concat());
    assert_eq!(end.code, Some(0), "{}", end.stderr);
    assert!(!end.stderr.contains("NaN"), "{}", end.stderr);
    let spikes = std::fs::read_to_string(folder.path().join("o/post.spikes.csv")).unwrap();
    assert!(spikes.lines().count() > 1, "{spikes}");
}

#[test]
fn euler_beyond_a_time_constant_and_what_is_not_finite_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("o").display().to_string();
    let (graph, input) = (hostile("li.nirt"), hostile("x_li.npy"));
    let run = |dt: &str| {
        let args = ["run", &graph, "--clocked", "--dt", dt, "--input", &input];
        nir(&[&args[..], &["--record", "li:v", "--output", &output]].concat())
    };
    let end = run("0.021");
    assert_eq!(end.code, Some(0), "{}", end.stderr);
    assert!(end.stderr.contains("is longer than `tau` of `li`"), "{}", end.stderr);
    let end = run("0.1");
    assert!(end.stderr.contains("`li:v` holds NaN or infinity"), "{}", end.stderr);
    let end = run("0.005");
    assert!(!end.stderr.contains("longer than") && !end.stderr.contains("NaN"), "{}", end.stderr);
}

#[test]
fn a_platform_runs_with_its_own_step_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("ev.json").display().to_string();
    let spikes = r#"{"T": 0.02, "inputs": {"input": {"shape": [2], "kind": "spikes", "spikes": [[0.001, 0]]}}}"#;
    std::fs::write(&input, spikes).unwrap();
    let args = ["run", &hostile("lif.nirt"), "--platform", "norse", "--input", &input];
    let end = nir(&[&args[..], &["--format", "json"]].concat());
    assert_eq!(end.code, Some(0), "{}", end.stderr);
    assert!(end.stdout.contains("\"steps\": 20"), "{}", end.stdout);
    assert!(end.stdout.contains("the platform's own"), "{}", end.stdout);
    let end = nir(&args);
    assert!(end.stderr.contains("`--dt` is not given; 0.001 s is taken"), "{}", end.stderr);
}

#[test]
fn more_threads_than_there_are_do_no_harm() {
    // 600 samples of two steps, all zeros.
    let folder = tempfile::tempdir().unwrap();
    let array = |shape: &str, item: &str, bytes: usize| {
        let header = format!("{{'descr': '{item}', 'fortran_order': False, 'shape': ({shape}), }}");
        let padded = format!("{header:<117}\n");
        let mut content = b"\x93NUMPY\x01\x00v\x00".to_vec();
        content.extend(padded.as_bytes());
        content.extend(vec![0; bytes]);
        content
    };
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("x.npy"), array("600, 2, 2", "|u1", 2400)).unwrap();
    std::fs::write(path("y.npy"), array("600,", "<i8", 4800)).unwrap();
    let (lif, x, y) = (hostile("lif.nirt"), path("x.npy"), path("y.npy"));
    let args = ["eval", &lif, "--input", &x, "--labels", &y, "--platform", "norse", "--dt", "1e-3"];
    let end = nir(&[&args[..], &["--threads", "600"]].concat());
    assert_eq!(end.code, Some(0), "{}{}", end.stdout, end.stderr);
}

#[test]
fn depth_has_a_ceiling_that_no_limit_lifts() {
    let inner = "m: { ".repeat(600) + &"} ".repeat(600);
    let text = format!("nirt 1\nversion \"1.0.8\"\ngraph {{ metadata {{ {inner} }} }}\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.nirt");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    let end = nir(&["info", &path, "--limit", "depth=10000000", "--limit", "expansion=100000"]);
    assert_eq!(end.code, Some(2), "{}{}", end.stdout, end.stderr);
}

#[test]
fn many_findings_are_drawn_in_no_time() {
    let mut chain =
        String::from("nirt 1\nversion \"1.0.8\"\ngraph {\n  a0 = Input { shape: i64[1] [2] }\n");
    for at in 1..4000 {
        let fields = "tau: f32 0.01 r: f32 1 v_leak: f32 0 v_threshold: f32 1 v_reset: f32 0";
        chain += &format!("  a{at} = LIF {{ {fields} }}\n  a{} -> a{at}\n", at - 1);
    }
    chain += "  a4000 = Output { shape: i64[1] [2] }\n  a3999 -> a4000\n}\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chain.nirt");
    std::fs::write(&path, chain).unwrap();
    let begun = Instant::now();
    let end = nir(&["check", &path.display().to_string()]);
    assert_eq!(end.code, Some(0), "{}", end.stderr);
    // One for each neuron, whose parameters are one number for all, and three things are left open.
    assert!(end.stdout.contains("4002 notes"), "{}", end.stdout);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn a_system_without_memory_is_an_error() {
    // 9 s looked at ten million times a second: within limits that are raised, and more than the test grants.
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("o").display().to_string();
    let (small, input) = (example("small.nir"), example("small_input.npy"));
    let args = ["run", &small, "--exact", "--spike", "pulse:1e-4", "--input", &input];
    let more = ["--duration", "9", "--record", "all", "--sample", "1e-7", "--output", &output];
    let limits = ["--limit", "recording_bytes=100000000000", "--limit", "steps=100000000"];
    fails(&[&args[..], &more, &limits].concat(), &["the system gives no more memory"]);
    // Nothing half made is left.
    assert_eq!(std::fs::read_dir(output).map_or(0, Iterator::count), 0);
}

/// Several threads draw them; each stands in its place.
#[test]
fn ten_thousand_findings_are_drawn_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let net = folder.path().join("net.nirt");
    let ports = "input = Input { shape: i64[1] [1] }\noutput = Output { shape: i64[1] [1] }\n";
    let neuron = "LIF { tau: f32[1] 1 r: f32[1] 1 v_leak: f32[1] 0 v_threshold: f32[1] 1 }";
    let nodes: String = (0..10_000).map(|at| format!("n{at:05} = {neuron}\n")).collect();
    std::fs::write(&net, format!("nirt 1\ngraph {{\n{ports}{nodes}input -> output\n}}\n")).unwrap();
    let End { stdout, .. } = nir(&["check", &net.display().to_string()]);
    let places: Vec<&str> = stdout
        .lines()
        .filter_map(|line| line.strip_prefix("warning[N105]")?.split('`').nth(1))
        .collect();
    assert_eq!(places.len(), 10_000, "{}", &stdout[..2000.min(stdout.len())]);
    assert!(places.is_sorted());
}
