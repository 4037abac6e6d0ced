//! Generated Rust, built by the compiler of this machine, gives the bits of the interpreter.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod integers;
mod programs;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use nirkit_codegen::{FixedPointOptions, Target, Vectors, fixed_point, generate};
use nirkit_step::{Number, Program, parse};
use nirkit_testing::Numbers;
use programs::{EVERYTHING, hostile, of_any_shape, of_every_simulator, write};

/// The compiler that builds this test.
fn rustc() -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(["--edition", "2021", "-D", "warnings", "-D", "unused"]);
    command
}

fn text(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
    format!("{out}{err}")
}

fn recorded(program: &Program) -> Vectors {
    Vectors::record(program, Vectors::spikes(program, 15, 3), 15)
}

/// Puts the crates of programs into one, with their tests as modules: a compiler that starts once takes a fraction of the time.
fn put_together(programs: &[(Program, Vectors)], folder: &Path) {
    let mut main = String::new();
    for (at, (program, vectors)) in programs.iter().enumerate() {
        let name = format!("net{at}");
        let code = generate(program, &name, vectors, Target::Rust).unwrap();
        let place = folder.join(&name);
        write(&code, &place);
        // Modules are no crates: their names are local, and what is said of a whole crate stands nowhere.
        for (file, from, to) in [
            (
                "tests/replay.rs",
                format!("use ::{name}::Network;"),
                format!("use crate::{name}::Network;"),
            ),
            ("src/lib.rs", "#![no_std]\n#![forbid(unsafe_code)]\n".to_owned(), String::new()),
        ] {
            let text = fs::read_to_string(place.join(file)).unwrap();
            assert!(text.contains(&from), "{file}:\n{text}");
            fs::write(place.join(file), text.replace(&from, &to)).unwrap();
        }
        main.push_str(&format!(
            "#[path = \"{name}/src/lib.rs\"]\nmod {name};\n#[path = \"{name}/tests/replay.rs\"]\nmod replay_{at};\n"
        ));
    }
    fs::write(folder.join("main.rs"), format!("#![allow(dead_code)]\n{main}")).unwrap();
}

/// Builds and replays programs; what the compiler or the tests say.
fn replay(programs: &[(Program, Vectors)], options: &[&str]) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    put_together(programs, folder.path());
    let built = rustc()
        .current_dir(folder.path())
        .args(["--test", "main.rs", "-o", "replay"])
        .args(options)
        .output()
        .unwrap();
    if !built.status.success() {
        return Err(text(&built));
    }
    let run = Command::new(folder.path().join("replay")).output().unwrap();
    if run.status.success() { Ok(text(&run)) } else { Err(text(&run)) }
}

/// The options under which programs are tried.
const WAYS: [&[&str]; 2] = [
    &["-C", "opt-level=0", "-C", "debug-assertions=on"],
    &["-C", "opt-level=3", "-C", "target-cpu=native"],
];

/// Tries every second program without optimisation and the others with it, and every operation with both.
fn assert_equal(programs: &[Program]) {
    let everything = parse(EVERYTHING).unwrap();
    for (at, options) in WAYS.into_iter().enumerate() {
        let programs = programs.iter().skip(at).step_by(2).chain([&everything]);
        let programs: Vec<_> =
            programs.map(|program| (program.clone(), recorded(program))).collect();
        let said = replay(&programs, options).unwrap_or_else(|said| panic!("{options:?}: {said}"));
        for test in ["every_number_is_the_one_that_nirkit_computed", "events_give_the_same_numbers"]
        {
            let passed = said.matches(&format!("{test} ... ok")).count();
            assert_eq!(passed, programs.len(), "{test}: {said}");
        }
    }
}

#[test]
fn networks_of_every_simulator_give_the_bits_of_the_interpreter() {
    assert_equal(&of_every_simulator());
}

#[test]
fn networks_of_any_shape_give_the_bits_of_the_interpreter() {
    assert_equal(&of_any_shape());
}

#[test]
fn random_integers_and_quantised_networks_give_the_bits_of_the_interpreter() {
    let has_code =
        |program: &Program| generate(program, "net", &recorded(program), Target::Rust).is_ok();
    let mut programs: Vec<Program> =
        (0..50).map(integers::program).filter(has_code).take(20).collect();
    for program in of_any_shape().iter().chain(&of_every_simulator()).take(60) {
        let frames = Vectors::spikes(program, 15, 3);
        let made = fixed_point(program, &[frames], &FixedPointOptions::default());
        programs.extend(made.ok().map(|made| made.program));
    }
    assert!(programs.len() > 50, "{}", programs.len());
    assert_equal(&programs);
}

#[test]
fn a_difference_is_told_with_its_place() {
    let program = parse(EVERYTHING).unwrap();
    let mut vectors = Vectors::record(&program, Vectors::spikes(&program, 5, 2), 5);
    vectors.probes[0].set(6, Number::F32(100.0));
    let said = replay(&[(program, vectors)], WAYS[0]).unwrap_err();
    assert!(said.contains("x:output, step 1, number 2: "), "{said}");
    assert!(said.contains("and nirkit has 100.0"), "{said}");
}

/// As a crate of its own: without `std`, without `unsafe`, with documentation.
#[test]
fn the_crate_needs_no_std_and_draws_no_warning() {
    let folder = tempfile::tempdir().unwrap();
    let program = parse(EVERYTHING).unwrap();
    let code = generate(&program, "net", &recorded(&program), Target::Rust).unwrap();
    write(&code, folder.path());
    let lib = fs::read_to_string(folder.path().join("src/lib.rs")).unwrap();
    assert!(lib.contains("#![no_std]\n#![forbid(unsafe_code)]\n"), "{lib}");
    let built = rustc()
        .current_dir(folder.path())
        .args(["--crate-type", "lib", "--crate-name", "net", "src/lib.rs", "-O"])
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", text(&built));
}

#[test]
fn hostile_names_change_no_number() {
    let everything = parse(EVERYTHING).unwrap();
    let programs = of_any_shape().into_iter().take(12).chain([everything.clone(), everything]);
    let renamed = |(at, program)| hostile(&program, &mut Numbers(at as u64));
    let programs: Vec<Program> = programs.enumerate().map(renamed).collect();
    assert_equal(&programs);
}

#[test]
fn names_that_rust_cannot_hold_are_refused() {
    let program = parse(EVERYTHING).unwrap();
    let vectors = Vectors::record(&program, Vec::new(), 0);
    let long = "a".repeat(33);
    for name in ["", "1a", "a b", "fn", "core", "std", "A", "a__b", "a_", "a;", "ä", &long] {
        assert!(generate(&program, name, &vectors, Target::Rust).is_err(), "{name}");
    }
    assert!(generate(&program, "my_net2", &vectors, Target::Rust).is_ok());
}
