//! Figures of runs: `nir run --svg`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::{Command, Output};

const NET: &str = "../../examples/small.nir";
const INPUT: &str = "../../examples/small_input.npy";

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nir"));
    command.args(["run", NET, "--input", INPUT, "--dt", "1e-4"]).args(args).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_is_recorded_is_drawn_in_the_order_of_the_signals() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.svg");
    let svg = path.display().to_string();
    let record = "lif2:spikes,lif1:v,lif1:spikes";
    let output = run(&["--platform", "spyx", "--record", record, "--svg", &svg]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let drawn = fs::read_to_string(&path).unwrap();
    let place = |text: &str| drawn.find(text).unwrap_or_else(|| panic!("{text}: {drawn}"));
    assert!(place(">lif1<") < place(">lif2<") && place(">input<") < place(">lif1<"));
    assert!(drawn.contains("188 spikes") && drawn.contains("194 spikes"));
}

#[test]
fn exact_runs_are_drawn_with_and_without_files() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("run.svg").display().to_string();
    let out = folder.path().join("out").display().to_string();
    for more in [&[][..], &["--output", &out]] {
        let output = run(&[&["--exact", "--svg", &svg], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let drawn = fs::read_to_string(&svg).unwrap();
        assert!(drawn.contains("198 spikes") && drawn.contains("219 spikes"), "{drawn}");
    }
    assert!(folder.path().join("out/lif1.spikes.csv").exists());
}

#[test]
fn only_svg_is_written_and_nothing_that_is_read_is_written_over() {
    let output = run(&["--clocked", "--svg", "run.png"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("the picture is SVG"), "{}", stderr(&output));
    assert!(stderr(&output).contains("rsvg-convert --format png"), "{}", stderr(&output));
    let output = run(&["--clocked", "--svg", "x.svg", "--svg-sample", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--batch"), "{}", stderr(&output));
}
