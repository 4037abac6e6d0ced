//! Generated Verilog, replayed by Icarus Verilog, gives the bits of the interpreter.
//!
//! The test bench of each design counts cycles as well, and replays its vectors a second time with streams that stall.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "integers/mod.rs"]
mod integers;
mod programs;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use nirkit_codegen::{Code, CodeError, Ports, Target, Vectors, VerilogOptions, generate, verilog};
use nirkit_step::{Number, Program, parse};
use nirkit_testing::harness::run;

/// What the tests call.
const ICARUS: &[&str] = &["iverilog", "make"];

fn main() -> ExitCode {
    run(&[
        ("every_operation_gives_the_bits_of_the_interpreter", ICARUS, every_operation),
        ("random_programs_give_the_bits_of_the_interpreter", ICARUS, random_programs),
        ("hostile_names_change_no_number", ICARUS, hostile_names),
        ("address_events_give_the_bits_of_the_interpreter", ICARUS, address_events),
        ("lanes_give_the_bits_of_the_interpreter_in_fewer_cycles", ICARUS, lanes),
        ("an_address_that_is_none_and_a_lost_event_are_noticed", ICARUS, lost_event),
        ("a_stimulus_of_64_bits_gives_the_bits_of_the_interpreter", ICARUS, wide_numbers),
        ("a_difference_is_told_with_its_place", ICARUS, difference),
        ("a_weight_that_is_changed_is_noticed", ICARUS, changed_weight),
        ("a_step_takes_the_cycles_of_the_report", ICARUS, cycles),
        ("what_verilog_cannot_express_is_refused_with_all_reasons", &[], refused),
        ("verilator_finds_nothing_in_designs", &["verilator", "make"], lint),
        ("yosys_maps_every_operation", &["yosys", "make"], mapped),
    ])
}

fn recorded(program: &Program) -> Vectors {
    Vectors::record(program, Vectors::spikes(program, 15, 3), 15)
}

fn write(code: &Code, folder: &Path) {
    for file in &code.files {
        fs::write(folder.join(&file.path), &file.text).unwrap();
    }
}

/// What a program says in a folder; an error if it fails or warns.
fn call(folder: &Path, program: &str, arguments: &[&str]) -> Result<String, String> {
    let done = Command::new(program).current_dir(folder).args(arguments).output().unwrap();
    let [out, err] = [&done.stdout, &done.stderr].map(|said| String::from_utf8_lossy(said));
    let said = format!("{out}{err}");
    if done.status.success() && !said.to_lowercase().contains("warning") {
        Ok(said)
    } else {
        Err(said)
    }
}

/// Builds and replays a design by its own Makefile; what the test bench says.
fn check(code: &Code) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    write(code, folder.path());
    call(folder.path(), "make", &["-s", "check"])
}

fn design(program: &Program, vectors: &Vectors) -> Result<Code, CodeError> {
    generate(program, "net", vectors, Target::Verilog { input_bits: 8 })
}

fn assert_equal(program: &Program) {
    let code = design(program, &recorded(program)).unwrap();
    if let Err(said) = check(&code) {
        panic!("{said}\n{program:.16}");
    }
}

/// Every operation.
const EVERYTHING: &str = include_str!("integers/everything.step");

fn every_operation() {
    assert_equal(&parse(EVERYTHING).unwrap());
}

fn hostile_names() {
    let mut tried = 0;
    for seed in 0..40 {
        let program =
            programs::hostile(&integers::program(seed), &mut nirkit_testing::Numbers(seed));
        let Ok(code) = design(&program, &recorded(&program)) else { continue };
        if let Err(said) = check(&code) {
            panic!("{said}\n{program:.16}");
        }
        tried += 1;
    }
    assert!(tried > 5, "{tried}");
}

fn random_programs() {
    let mut tried = 0;
    for seed in 0..40 {
        let program = integers::program(seed);
        assert!(program.faults().is_empty(), "{:?}", program.faults());
        match design(&program, &recorded(&program)) {
            Ok(_) => {
                assert_equal(&program);
                tried += 1;
            }
            Err(CodeError::Verilog(reasons)) => {
                assert!(
                    reasons.iter().all(|reason| reason.contains("wraps around")),
                    "{reasons:?}"
                );
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(tried > 30, "{tried}");
}

/// Counts of spikes: none, one, several, and the most that enter.
fn counted(program: &Program) -> Vectors {
    let counts = [0.0, 1.0, 0.0, 3.0, 0.0, 0.0, 2.0, 0.0, 127.0, 0.0, 1.0];
    let frames = program.inputs.iter().enumerate().map(|(at, input)| {
        let len = 15 * input.shape.iter().product::<usize>();
        (0..len).map(|place| counts[(place * (place + 3) + at) % 11]).collect()
    });
    Vectors::record(program, frames.collect(), 15)
}

fn aer() -> VerilogOptions {
    VerilogOptions { ports: Ports::Aer, ..VerilogOptions::default() }
}

fn address_events() {
    let everything = parse(EVERYTHING).unwrap();
    let programs = (0..24).map(integers::program).chain([everything]);
    let mut tried = 0;
    for program in programs {
        let Ok(code) = verilog(&program, "net", &counted(&program), &aer()) else { continue };
        if let Err(said) = check(&code) {
            panic!("{said}\n{program:.16}");
        }
        tried += 1;
    }
    assert!(tried > 18, "{tried}");
}

fn lanes() {
    let everything = parse(EVERYTHING).unwrap();
    let mut tried = 0;
    for (at, lanes) in [2, 3, 8, 1].into_iter().enumerate() {
        let random = (at as u64 * 10..at as u64 * 10 + 10).map(integers::program);
        for (place, program) in random
            .chain([everything.clone(), parse(LAYERS).unwrap(), parse(CHANNELS).unwrap()])
            .enumerate()
        {
            let ports = Ports::ALL[place % 2];
            let options = VerilogOptions { lanes, ports, ..VerilogOptions::default() };
            let vectors = counted(&program);
            let Ok(code) = verilog(&program, "net", &vectors, &options) else { continue };
            if let Err(said) = check(&code) {
                panic!("{lanes} lanes, {ports}: {said}\n{program:.16}");
            }
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
    let of = |text: &str, output: &str, lanes: usize| {
        let program = parse(text).unwrap();
        let outputs = vec![output.to_owned()];
        let options = VerilogOptions { lanes, outputs, ..VerilogOptions::default() };
        let code = verilog(&program, "net", &recorded(&program), &options).unwrap();
        code.hardware.unwrap().cycles
    };
    let cycles = |lanes: usize| of(LAYERS, "out:output", lanes);
    // 5 numbers enter, 13 rows of 5, 13 neurons, 13 rows of 13, 13 numbers leave.
    assert_eq!(cycles(1), 2 + 5 + (65 + 2) + (13 + 1) + (169 + 2) + (13 + 1));
    assert_eq!(cycles(4), 2 + 5 + (4 * 5 + 2) + (4 + 1) + (4 * 13 + 2) + (13 + 1));
    assert_eq!(cycles(64), 2 + 5 + (5 + 2) + (1 + 1) + (13 + 2) + (13 + 1));
    let cycles = |lanes: usize| of(CHANNELS, "second:output", lanes);
    // 32 numbers enter, 9 places of 5 channels of 8 products, 36 numbers move, 9 places of 8 channels of 4 products, 72 neurons.
    assert_eq!(cycles(1), 2 + 32 + (360 + 2) + (36 + 2) + (288 + 2) + (72 + 1) + (72 + 1));
    // Lanes have 2, 2 and 1 of 5 channels, 2 and 2 of 4 in each group; the last ones are written at the end.
    assert_eq!(cycles(2), 2 + 32 + (216 + 2 + 1) + (36 + 2) + (144 + 2 + 2) + (36 + 1) + (72 + 1));
    assert_eq!(cycles(8), 2 + 32 + (72 + 2 + 5) + (36 + 2) + (72 + 2 + 4) + (9 + 1) + (72 + 1));
}

/// Convolutions whose channels no number of lanes divides.
const CHANNELS: &str = include_str!("integers/channels.step");

/// Two matrices and a cell with parameters, in numbers that no number of lanes divides.
const LAYERS: &str = include_str!("integers/layers.step");

fn lost_event() {
    let program = parse(EVERYTHING).unwrap();
    let code = verilog(&program, "net", &counted(&program), &aer()).unwrap();
    let design = &code.files[0].text;
    for line in ["//   in: 0 to 3", "//   whole_____s__numbers: 4 to 5"] {
        assert!(design.contains(line), "{}", &design[..1500]);
    }
    let report = code.hardware.unwrap();
    // In some step an address has 127 spikes, and 3 more that are lost.
    let said = check(&code).unwrap();
    let most = said.lines().find_map(|line| line.split_once(" cycles in a step without stalls"));
    assert!(most.unwrap().0.parse::<u64>().unwrap() > report.cycles + 130, "{said}");
    assert_eq!([report.beats_in, report.cycles_per_event as usize], [1, 1]);
    // Each change of the design is a difference.
    for (from, to, expected) in [
        ("now == 7'd127 ? now :", "now == 7'd126 ? now :", "and nirkit has"),
        ("repeats <= pending &&", "repeats <= 1'b0 &&", "and nirkit has"),
        ("in_address <= 3'd5", "in_address <= 3'd7", "in_beyond is"),
        (
            "assign out_valid = spikes;",
            "assign out_valid = spikes && !from_data[0];",
            "that leaves in step",
        ),
    ] {
        let mut changed = code.clone();
        assert!(design.contains(from), "{from}");
        changed.files[0].text = design.replace(from, to);
        let said = check(&changed).unwrap_err();
        assert!(said.contains(expected), "{from}: {said}");
    }
    let mut vectors = counted(&program);
    vectors.inputs[0][5] = -1.0;
    let said = verilog(&program, "net", &vectors, &aer()).unwrap_err().to_string();
    assert!(said.contains("in: -1 of the vectors is no count of address events"), "{said}");
}

fn difference() {
    let program = parse(EVERYTHING).unwrap();
    let mut vectors = recorded(&program);
    let options = VerilogOptions { outputs: vec!["e:".to_owned()], ..VerilogOptions::default() };
    vectors.probes[0].set(6, Number::I64(7));
    let said = check(&verilog(&program, "net", &vectors, &options).unwrap()).unwrap_err();
    assert!(said.contains("x:output, step 1, number 2: "), "{said}");
    assert!(said.contains("and nirkit has 7"), "{said}");
    // The same of what leaves.
    let mut vectors = recorded(&program);
    vectors.probes[5].set(3, Number::I64(7));
    let said = check(&verilog(&program, "net", &vectors, &options).unwrap()).unwrap_err();
    assert!(said.contains("beat 1 that leaves in step 1: "), "{said}");
}

fn wide_numbers() {
    let text = "\
step-program 1
input in: i64[3]
buffer x: i64[3] = 0
buffer sum: i64[3] = [1, -1, 9223372036854775807]
buffer rest: i64[3] = 0
probe sum:v = sum
probe rest:v = rest
x = frame(in)
cell 3 {
  let product: i64 = sum * x
  rest = product % (x / 3) + (product / (sum >> 5)) * (x % 1000003)
  sum = sum + product * 3 - (product >> (x % 64))
}
";
    let program = parse(text).unwrap();
    let ends = [0.0, 1.0, -1.0, 9.223_372_036_854_775e18, i64::MIN as f64, 12_345.0];
    let frames: Vec<f64> = (0..90).map(|at| ends[at * at % 6] * [1.0, 0.37][at % 2]).collect();
    let vectors = Vectors::record(&program, vec![frames], 30);
    let code = generate(&program, "net", &vectors, Target::Verilog { input_bits: 64 }).unwrap();
    check(&code).unwrap();
    // In fewer bits the stimulus has no room.
    let said = design(&program, &vectors).unwrap_err().to_string();
    assert!(said.contains("of the vectors does not fit into 8 bits"), "{said}");
}

fn changed_weight() {
    let program = parse(EVERYTHING).unwrap();
    let mut code = design(&program, &recorded(&program)).unwrap();
    let file =
        code.files.iter_mut().find(|file| file.path.ends_with("dense11_weight.hex")).unwrap();
    let first = file.text.lines().next().unwrap().to_owned();
    file.text = file.text.replacen(&first, &"5".repeat(first.len()), 1);
    let said = check(&code).unwrap_err();
    assert!(said.contains("and nirkit has"), "{said}");
}

fn cycles() {
    let program = parse(EVERYTHING).unwrap();
    let mut code = design(&program, &recorded(&program)).unwrap();
    let report = code.hardware.unwrap();
    assert!(report.first_cycles < report.cycles, "{report:?}");
    // The test bench counts: another number is a failure.
    let bench = code.files.iter_mut().find(|file| file.path == "net_tb.v").unwrap();
    let cycles = format!(": {})", report.cycles);
    assert!(bench.text.contains(&cycles), "{}", bench.text);
    bench.text = bench.text.replace(&cycles, &format!(": {})", report.cycles - 1));
    let said = check(&code).unwrap_err();
    assert!(said.contains(&format!("step 1 took {} cycles", report.cycles)), "{said}");
}

fn refused() {
    let text = "\
step-program 1
input in: f32[2]
input whole: i64[2]
buffer x: f32[2] = 0
buffer y: f64[2] = 0
buffer z: i64[2] = 0
probe x:spikes = x
x = frame(in)
cell 2 {
  z = i64(x * 0.5)
}
";
    let program = parse(text).unwrap();
    let said = design(&program, &recorded(&program)).unwrap_err().to_string();
    for reason in [
        "inputs of f32: in",
        "buffers of f32: x",
        "buffers of f64: y",
        "constants of f32: operation 1",
    ] {
        assert!(said.contains(reason), "{said}");
    }
    let program = parse(EVERYTHING).unwrap();
    let vectors = recorded(&program);
    let options = VerilogOptions {
        input_bits: 65,
        outputs: vec!["none:spikes".to_owned()],
        ..VerilogOptions::default()
    };
    let said = verilog(&program, "net", &vectors, &options).unwrap_err().to_string();
    assert!(said.contains("inputs of 65 bits") && said.contains("no probe none:spikes"), "{said}");
    for name in ["", "1a", "a b", "module", "logic", "a;", "ä", &"a".repeat(33)] {
        assert!(
            generate(&program, name, &vectors, Target::Verilog { input_bits: 8 }).is_err(),
            "{name}"
        );
    }
}

fn lint() {
    let programs = (100..106)
        .map(integers::program)
        .chain([EVERYTHING, LAYERS, CHANNELS].map(|text| parse(text).unwrap()));
    for program in programs {
        let laned = |lanes| VerilogOptions { lanes, ..aer() };
        for options in [VerilogOptions::default(), aer(), laned(2), laned(3), laned(8)] {
            let Ok(code) = verilog(&program, "net", &recorded(&program), &options) else {
                continue;
            };
            let folder = tempfile::tempdir().unwrap();
            write(&code, folder.path());
            if let Err(said) = call(folder.path(), "make", &["-s", "lint"]) {
                panic!("{said}\n{program:.16}");
            }
        }
    }
}

fn mapped() {
    let text = "\
step-program 1
input in: i64[4]
buffer x: i64[4] = 0
buffer sum: i64[3] = 0
buffer lif.v: i64[3] = 0
buffer lif: i64[3] = 0
probe lif:spikes = lif
x = frame(in)
sum = dense(x; i64[12] [1, -2, 3, 4, 5, -2, 7, 12, 9, 10, 11, 12])
cell 3 {
  lif.v = min(max(lif.v - (lif.v >> 3) + sum, -128), 127)
  lif = lif.v >= 100 ? 1 : 0
  lif.v = lif == 0 ? lif.v : 0
}
";
    let program = parse(text).unwrap();
    for lanes in [1, 2] {
        let options = VerilogOptions { lanes, ..VerilogOptions::default() };
        let code = verilog(&program, "net", &recorded(&program), &options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        write(&code, folder.path());
        let said = call(folder.path(), "make", &["-s", "synth"]).unwrap();
        let number = |what: &str| -> Option<u64> {
            let line = said.lines().find(|line| line.contains(what))?;
            line.rsplit(' ').next()?.parse().ok()
        };
        // Four buffers and the weights.
        assert_eq!(number("Number of memories:"), Some(5), "{said}");
        let report = code.hardware.unwrap();
        let bits = report.constant_bits + report.memory_bits;
        assert_eq!(number("Number of memory bits:"), Some(bits), "{said}");
    }
}
