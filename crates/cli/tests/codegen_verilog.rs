//! Designs that `nir codegen --target verilog` writes are built and replayed by their own Makefile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Output};

use nirkit_testing::harness::run;

/// What the tests call.
const ICARUS: &[&str] = &["iverilog", "make"];

fn main() -> ExitCode {
    run(&[
        ("the_design_of_each_chip_of_integers_passes_its_own_check", ICARUS, chips),
        ("address_events_and_lanes_pass_the_check", ICARUS, events_in_lanes),
        ("verilator_replays_a_design_and_finds_nothing", &["verilator", "make", "c++"], verilated),
        ("what_is_no_program_of_integers_is_refused", &[], refused),
    ])
}

/// A chain of CubaLIF.
const CUBA: &str = "\
nirt 1
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

/// A convolution, a pool and IF.
const CONVOLUTION: &str = "\
nirt 1
version \"1.0.8\"
graph {
  input = Input { shape: i64[3] [1, 4, 4] }
  conv = Conv2d { input_shape: i64[2] 4 weight: f32[2, 1, 3, 3] [[[[1, 0.5, -0.3], [0.2, 0.4, -0.6], [0.1, 0, 0.7]]], [[[0.7, 0.1, 0.3], [-0.2, 0.6, 0.5], [0.4, 0, 0.2]]]] stride: i64[2] 1 padding: i64[2] 1 dilation: i64[2] 1 groups: i64 1 bias: f32[2] 0 }
  spike = IF { r: f32[2, 4, 4] 1 v_threshold: f32[2, 4, 4] 1 v_reset: f32[2, 4, 4] 0 }
  pool = SumPool2d { kernel_size: i64[2] 2 stride: i64[2] 2 padding: i64[2] 0 }
  flat = Flatten { start_dim: i64 0 end_dim: i64 -1 input_type: i64[3] [2, 2, 2] }
  fc = Linear { weight: f32[2, 8] [[0.5, -0.25, 0.5, 1, 0.5, -0.25, 0.5, 1], [0.75, 0.5, -1, 0.25, 0.75, 0.5, -1, 0.25]] }
  answer = IF { r: f32[2] 1 v_threshold: f32[2] 1 v_reset: f32[2] 0 }
  output = Output { shape: i64[1] [2] }
  input -> conv -> spike -> pool -> flat -> fc -> answer -> output
}
";

fn nir(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nir")).args(args).output().unwrap()
}

fn small() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/small.nir").display().to_string()
}

/// Generates a design; what is said of it.
fn generate(graph: &str, platform: &str, output: &str, more: &[&str]) -> String {
    let base = ["codegen", graph, "--target", "verilog", "--platform", platform, "--dt", "1ms"];
    let done = nir(&[&base[..], &["--output", output], more].concat());
    assert_eq!(done.status.code(), Some(0), "{platform}: {done:?}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn make(folder: &str, what: &str) -> String {
    let done = Command::new("make").args(["-s", "-C", folder, what]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{done:?}");
    said
}

fn chips() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("cuba.nirt"), CUBA).unwrap();
    fs::write(path("convolution.nirt"), CONVOLUTION).unwrap();
    for (platform, graph, beats) in [
        ("loihi2", small(), 4),
        ("xylo", path("cuba.nirt"), 2),
        ("speck", path("convolution.nirt"), 16),
    ] {
        let said = generate(&graph, platform, &path(platform), &[]);
        let row = said.lines().find(|line| line.starts_with("numbers that enter in a step"));
        assert!(row.unwrap().ends_with(&format!(" {beats}")), "{said}");
        assert!(said.contains("cycles of a step"), "{said}");
        let said = make(&path(platform), "check");
        assert!(said.contains("are equal in 100 steps"), "{said}");
    }
}

fn events_in_lanes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("convolution.nirt"), CONVOLUTION).unwrap();
    let more = ["--ports", "aer", "--lanes", "2"];
    let said = generate(&path("convolution.nirt"), "speck", &path("design"), &more);
    for expected in ["cycles of an address that enters", "lanes"] {
        assert!(said.lines().any(|line| line.starts_with(expected)), "{said}");
    }
    assert!(!said.contains("numbers that enter"), "{said}");
    assert!(make(&path("design"), "check").contains("are equal in 100 steps"));
}

fn verilated() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("design").display().to_string();
    generate(&small(), "loihi2", &output, &["--ports", "aer", "--lanes", "3"]);
    assert_eq!(make(&output, "lint"), "");
    assert!(make(&output, "verilate").contains("are equal in 100 steps"));
}

fn refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("design").display().to_string();
    let graph = small();
    let base = ["codegen", &graph, "--dt", "1ms", "--output", &output];
    for (more, expected) in [
        (
            &["--target", "verilog", "--platform", "norse"][..],
            "buffers of f32: input, fc1, lif1, lif1.v",
        ),
        (
            &["--target", "verilog", "--platform", "spinnaker2"][..],
            "give `loihi2`, `speck` or `xylo`",
        ),
        (
            &["--target", "verilog", "--platform", "loihi2", "--name", "module"][..],
            "no word of Verilog",
        ),
        (
            &["--target", "rust", "--platform", "loihi2", "--ports", "aer"][..],
            "rust has neither ports nor lanes",
        ),
        (
            &["--target", "verilog", "--platform", "loihi2", "--ports", "axi"][..],
            "[possible values: dense, aer]",
        ),
        (
            &["--target", "verilog", "--platform", "loihi2", "--lanes", "65"][..],
            "65 is not in 1..=64",
        ),
        (&["--target", "c99", "--platform", "norse", "--flash", "10"][..], "--quantize i8"),
    ] {
        let done = nir(&[&base[..], more].concat());
        assert_eq!(done.status.code(), Some(2), "{more:?}");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains(expected), "{more:?}: {said}");
        assert!(!Path::new(&output).exists());
    }
}
