//! Generated C, built by the C compiler of this machine, gives the bits of the interpreter.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::Command;

use nirkit_codegen::{Vectors, c99, test_bench};
use nirkit_ir::validate;
use nirkit_platforms::{Choices, simulator};
use nirkit_step::{Program, parse};
use nirkit_testing::{Bytes, Case, Numbers, chain, recipe};

const FLAGS: [&str; 7] =
    ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-ffp-contract=off"];

/// Builds and replays a program in a folder of its own; what the compiler or the test bench says.
fn replay(program: &Program, vectors: &Vectors, more: &[&str]) -> Result<String, String> {
    let code = c99(program, "net").map_err(|error| error.to_string())?;
    let (bench, _) = test_bench(program, "net", vectors).map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir().unwrap();
    let files = [("net.h", code.header), ("net.c", code.source), ("net_test.c", bench)];
    for (name, text) in &files {
        fs::write(folder.path().join(name), text).unwrap();
    }
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
    let mut tried = 0;
    for (at, profile) in simulator::ALL.concat().into_iter().enumerate() {
        let mut taken = 0;
        for seed in 0..40 {
            let mut numbers = Numbers(seed * 31 + at as u64);
            let (graph, _) = if seed % 2 == 0 {
                chain::network(&mut numbers)
            } else {
                chain::cycle(&mut numbers, seed as usize % 3, 5)
            };
            let facts = validate(&graph).facts.unwrap();
            let Ok(program) = profile.prepare(&graph, &facts, &Choices::default()) else {
                continue;
            };
            assert_equal(&program.step_program().unwrap(), WAYS[taken % WAYS.len()]);
            taken += 1;
            if taken == 2 {
                break;
            }
        }
        tried += taken;
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn networks_of_any_shape_give_the_bits_of_the_interpreter() {
    let mut tried = 0;
    for seed in 0..400 {
        let mut numbers = Numbers(seed);
        let bytes: Vec<u8> = (0..120).map(|_| (numbers.draw() * 256.0) as u8).collect();
        let mut bytes = Bytes(&bytes);
        let _ = recipe::options(&mut bytes);
        let Some(case) = Case::read(&mut bytes) else { continue };
        let profiles = simulator::ALL.concat();
        let profile = profiles[seed as usize % profiles.len()];
        let Ok(program) = profile.prepare(&case.graph, &case.facts, &Choices::default()) else {
            continue;
        };
        assert_equal(&program.step_program().unwrap(), WAYS[tried % WAYS.len()]);
        tried += 1;
        if tried == 40 {
            return;
        }
    }
    panic!("only {tried} networks");
}

/// Every operation, in every format.
const EVERYTHING: &str = "\
step-program 1
input in: f32[4]
input \"whole */ %s \\\"numbers\": i64[2]
buffer x: f32[4] = 0
buffer \"*/ #include <stdlib.h>\": i64[2] = [3, -9223372036854775808]
buffer d: f64[2] = [inf, NaN]
buffer e: f64[2] = [1e-310, -0.5]
buffer held: i64[2] = [100, -100]
buffer wrapped: i64[2] = 0
buffer pool: f32[1] = 0
buffer conv: f32[2] = 0
buffer p: f32[4] = 0
buffer sum: i64[2] = 0
buffer ring: f32[3, 4] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
buffer late: f32[4] = 0
buffer later: f32[4] = 0
probe x:output = x
probe \"a:\\\"%n\" = d
probe \"b:\" = \"*/ #include <stdlib.h>\"
probe \"c:\" = e
probe \"d:\" = held
probe \"e:\" = wrapped
probe \"f:\" = pool
probe \"g:\" = conv
probe \"h:\" = p
probe \"i:\" = sum
probe \"j:\" = late
probe \"k:\" = later
x = frame(in)
\"*/ #include <stdlib.h>\" = frame(\"whole */ %s \\\"numbers\")
sum = add(\"*/ #include <stdlib.h>\", before held, before? wrapped)
held = deliver(sum; i64[4] [60, -60, 7, 0]; saturate [-128, 127])
wrapped = deliver(sum; i64[4] [60, -60, 7, 0]; wrap [-128, 127])
pool = pool(x; channels [1, 1] groups 1 kernel [2, 2] stride [1, 1] dilation [1, 1] before [0, 0] input [2, 2] output [1, 1]; \
mean [4, 4])
conv = convolution(x; channels [1, 2] groups 1 kernel [3, 3] stride [2, 2] dilation [1, 1] before [1, 1] input [2, 2] output \
[1, 1]; f32[18] [1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3, -4, -5, -6, -7, -8, -9]; bias f32[2] [0.5, 0])
late = recall(ring; [3, 1, 2, 3])
p = permute(x; [3, 2, 1, 0])
ring = store(p)
later = recall(ring; 0)
p = scale(p; f32[4] [1, -1, 0.1, inf])
cell 4 first {
  x = x + 0.25
}
cell 4 later {
  p = min(max(floor(p * 0.3), -2), trunc(p * 3) / 7)
}
cell 2 {
  param k = i64[2] [3, -7]
  let a: i64 = (held * 1000003 - wrapped / k) % 97 + (held >> 2) + (wrapped >> 70)
  let b: f64 = f64(a) * 0.1 + e
  held = min(a, 50)
  e = b > 3 ? floor(b) : (b == 0 ? 1 : trunc(b - 0.25))
  d = d - d + min(b, max(d, -1))
  wrapped = i64(e * 1e300) + i64(f32(b))
}
";

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
        assert!(c99(&program, name).is_err(), "{name}");
    }
}
