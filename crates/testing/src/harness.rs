//! Tests that need programs of this machine: where one is missing, they are reported as ignored, not as passed.
//!
//! A test file of this kind has `harness = false` in `Cargo.toml`, and a `main` that calls [`run`].

#![allow(clippy::print_stdout, reason = "a harness reports")]

use std::panic::catch_unwind;
use std::process::{Command, ExitCode, Stdio};

/// A test: its name, the programs that it calls, and what it does.
pub type Test = (&'static str, &'static [&'static str], fn());

/// Runs the tests whose names contain an argument of the process (all if there is none), and reports them as Rust's own harness does. A
/// test is ignored if one of its programs, which are called with `-V`, cannot be started.
#[must_use]
pub fn run(tests: &[Test]) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Which tests cannot run, the machine decides; none waits to be asked for.
    if arguments.iter().any(|word| word == "--ignored") {
        println!(
            "\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; {} filtered out\n",
            tests.len()
        );
        return ExitCode::SUCCESS;
    }
    let filters: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    let is_chosen =
        |name: &str| filters.is_empty() || filters.iter().any(|part| name.contains(*part));
    let chosen: Vec<&Test> = tests.iter().filter(|(name, ..)| is_chosen(name)).collect();
    if arguments.iter().any(|word| word == "--list") {
        for (name, ..) in &chosen {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", chosen.len());
    let (mut passed, mut failed, mut ignored) = (0, 0, 0);
    for (name, programs, test) in &chosen {
        if let Some(program) = programs.iter().find(|program| !is_there(program)) {
            println!("test {name} ... ignored, there is no {program}");
            ignored += 1;
        } else if catch_unwind(test).is_ok() {
            println!("test {name} ... ok");
            passed += 1;
        } else {
            println!("test {name} ... FAILED");
            failed += 1;
        }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    let left_out = tests.len() - chosen.len();
    println!(
        "\ntest result: {verdict}. {passed} passed; {failed} failed; {ignored} ignored; 0 measured; {left_out} filtered out\n"
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether a program can be started.
fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("-V").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}
