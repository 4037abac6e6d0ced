//! Generated C, built by the C compiler of this machine, gives the bits of the interpreter.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod programs;

use std::process::Command;

use nirkit_codegen::{Target, Vectors, generate};
use nirkit_step::{Program, parse};
use programs::{EVERYTHING, of_any_shape, of_every_simulator, write};

const FLAGS: [&str; 7] =
    ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-ffp-contract=off"];

/// Builds and replays a program in a folder of its own; what the compiler or the test bench says.
fn replay(program: &Program, vectors: &Vectors, more: &[&str]) -> Result<String, String> {
    let code = generate(program, "net", vectors, Target::C99).map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir().unwrap();
    write(&code, folder.path());
    let built = Command::new("cc")
        .current_dir(folder.path())
        .args(FLAGS)
        .args(more)
        .args(["-o", "net_test", "net.c", "net_test.c", "-lm"])
        .output()
        .unwrap();
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned());
    }
    let run = Command::new(folder.path().join("net_test")).output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    if run.status.success() { Ok(said) } else { Err(said) }
}

fn assert_equal(program: &Program, more: &[&str]) {
    let inputs = Vectors::spikes(program, 15, 3);
    let vectors = Vectors::record(program, inputs, 15);
    if let Err(said) = replay(program, &vectors, more) {
        panic!("{more:?}: {said}\n{program:.16}");
    }
}

/// The options under which each program is tried in turn.
const WAYS: [&[&str]; 4] = [
    &["-O2"],
    &["-O0"],
    &["-O3"],
    &["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover"],
];

#[test]
fn networks_of_every_simulator_give_the_bits_of_the_interpreter() {
    for (at, program) in of_every_simulator().iter().enumerate() {
        assert_equal(program, WAYS[at % WAYS.len()]);
    }
}

#[test]
fn networks_of_any_shape_give_the_bits_of_the_interpreter() {
    for (at, program) in of_any_shape().iter().enumerate() {
        assert_equal(program, WAYS[at % WAYS.len()]);
    }
}

#[test]
fn every_operation_gives_the_bits_of_the_interpreter() {
    let program = parse(EVERYTHING).unwrap();
    for more in WAYS {
        assert_equal(&program, more);
    }
}

#[test]
fn a_difference_is_told_with_its_place() {
    let program = parse(EVERYTHING).unwrap();
    let mut vectors = Vectors::record(&program, Vectors::spikes(&program, 5, 2), 5);
    vectors.probes[0].set(6, nirkit_step::Number::F32(100.0));
    let said = replay(&program, &vectors, &["-O1"]).unwrap_err();
    assert!(said.contains("x:output, step 1, number 2: "), "{said}");
}

#[test]
fn names_that_c_cannot_hold_are_refused() {
    let program = parse(EVERYTHING).unwrap();
    for name in ["", "1a", "a b", "int", "a;", "ä", &"a".repeat(33)] {
        let vectors = Vectors::record(&program, Vec::new(), 0);
        assert!(generate(&program, name, &vectors, Target::C99).is_err(), "{name}");
    }
}
