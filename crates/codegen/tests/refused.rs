//! What code cannot express is refused, with all reasons at once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_codegen::{Target, Vectors, generate};
use nirkit_step::parse;

const IMPOSSIBLE: &str = "\
step-program 1
input in: f32[2]
buffer x: f32[2] = 0
buffer y: f64[2] = 0
probe x:spikes = x
x = frame(in)
x = permute(x; [1, 0])
y = scale(x; f32[2] [1, 2])
cell 2 {
  let rest: f32 = x % 2
  x = rest
}
";

#[test]
fn every_reason_is_told_in_each_language_of_floats() {
    let program = parse(IMPOSSIBLE).unwrap();
    let vectors = Vectors::record(&program, Vectors::spikes(&program, 3, 2), 3);
    for target in [Target::C99, Target::Rust] {
        let said = generate(&program, "net", &vectors, target).unwrap_err().to_string();
        for reason in [
            "operation 1: it writes what it reads",
            "operation 2: numbers of several formats",
            "operation 3: a remainder of floating-point numbers",
        ] {
            assert!(said.contains(reason), "{target}: {said}");
        }
    }
}

#[test]
fn a_language_has_a_name_that_is_read_back() {
    for target in Target::ALL {
        assert_eq!(target.name().parse(), Ok(target));
    }
    let said = "ada".parse::<Target>().unwrap_err().to_string();
    assert_eq!(said, "there is no target `ada`: give one of c99, rust, verilog");
}

/// The frame is written after the cell has looked at it: a step of events cannot write it first.
#[test]
fn frames_that_are_seen_before_they_come_are_not_made_of_events() {
    let text = "\
step-program 1
input in: f32[1]
buffer x: f32[1] = 0
buffer y: f32[1] = 0
probe y:spikes = y
cell 1 {
  y = x
}
x = frame(in)
";
    for (text, has_events) in [(text.to_owned(), false), (text.replace("  y = x", "  y = y"), true)]
    {
        let program = parse(&text).unwrap();
        let vectors = Vectors::record(&program, Vectors::spikes(&program, 3, 2), 3);
        for target in [Target::C99, Target::Rust] {
            let code = generate(&program, "net", &vectors, target).unwrap();
            let found = code.files.iter().any(|file| file.text.contains("step_events("));
            assert_eq!(found, has_events, "{target}");
        }
    }
}
