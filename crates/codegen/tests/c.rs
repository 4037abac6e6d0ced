//! Generated C, built by the C compiler of this machine, gives the bits of the interpreter.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod integers;
mod programs;

use std::process::Command;

use nirkit_codegen::{
    FixedPointOptions, GenerateOptions, Readout, ReadoutOf, Target, Vectors, fixed_point,
    generate_within,
};
use nirkit_step::{Program, parse};
use nirkit_testing::Numbers;
use programs::{EVERYTHING, hostile, of_any_shape, of_every_simulator, write};

const FLAGS: [&str; 7] =
    ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-ffp-contract=off"];

/// Builds and replays a program in a folder of its own; what the compiler or the test bench says.
fn replay(program: &Program, vectors: &Vectors, more: &[&str]) -> Result<String, String> {
    replay_with(program, vectors, more, &GenerateOptions::default())
}

/// The same with more than the steps.
fn replay_with(
    program: &Program,
    vectors: &Vectors,
    more: &[&str],
    options: &GenerateOptions,
) -> Result<String, String> {
    let code = generate_within(program, "net", vectors, Target::C99, options)
        .map_err(|error| error.to_string())?;
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
fn random_integers_give_the_bits_of_the_interpreter() {
    let mut taken = 0;
    for seed in 0..80 {
        let program = integers::program(seed);
        let vectors = Vectors::record(&program, Vectors::spikes(&program, 15, 3), 15);
        let more = GenerateOptions::default();
        // A ring that is stored into itself has no code.
        if generate_within(&program, "net", &vectors, Target::C99, &more).is_ok() {
            assert_equal(&program, WAYS[seed as usize % WAYS.len()]);
            taken += 1;
        }
    }
    assert!(taken > 30, "{taken}");
}

#[test]
fn quantised_networks_give_the_bits_of_the_interpreter_and_read_a_class() {
    let (mut taken, mut read) = (0, 0);
    for (at, program) in of_every_simulator().iter().chain(&of_any_shape()).enumerate() {
        let frames = Vectors::spikes(program, 15, 3);
        let weight_bits = if at % 2 == 0 { 8 } else { 16 };
        let options = FixedPointOptions { weight_bits, ..FixedPointOptions::default() };
        let Ok(made) = fixed_point(program, std::slice::from_ref(&frames), &options) else {
            continue;
        };
        let vectors = Vectors::record(&made.program, frames, 15);
        let spiking = |probe: &&nirkit_step::Probe| probe.name.ends_with(":spikes");
        let probe = made.program.probes.iter().find(spiking);
        let readout = Readout::ALL[at % 3];
        let of = |probe: &nirkit_step::Probe| {
            ReadoutOf::new(readout, &probe.name, &made.scales[probe.buffer.0])
        };
        let more = GenerateOptions {
            outputs: probe.iter().map(|probe| probe.name.clone()).collect(),
            readout: probe.map(of),
            ..GenerateOptions::default()
        };
        read += usize::from(more.readout.is_some());
        let ways = WAYS[at % WAYS.len()];
        if let Err(said) = replay_with(&made.program, &vectors, ways, &more) {
            panic!("{ways:?}: {said}\n{:.16}", made.program);
        }
        taken += 1;
    }
    assert!(taken > 40 && read > 30, "{taken} {read}");
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
fn hostile_names_change_no_number() {
    let everything = parse(EVERYTHING).unwrap();
    for (at, program) in of_any_shape().iter().take(12).chain([&everything; 12]).enumerate() {
        let program = hostile(program, &mut Numbers(at as u64));
        assert_equal(&program, WAYS[at % WAYS.len()]);
    }
}

#[test]
fn names_that_c_cannot_hold_are_refused() {
    let program = parse(EVERYTHING).unwrap();
    for name in ["", "1a", "a b", "int", "a;", "ä", &"a".repeat(33)] {
        let vectors = Vectors::record(&program, Vec::new(), 0);
        let more = GenerateOptions::default();
        assert!(generate_within(&program, name, &vectors, Target::C99, &more).is_err(), "{name}");
    }
}
