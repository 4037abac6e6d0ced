//! The report of code: bytes as a compiler has them, operations counted by hand, states in the bits that were promised.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod programs;

use std::process::Command;

use nirkit_codegen::{
    Code, FixedPointOptions, Report, Target, Vectors, fixed_point, generate, generate_within,
};
use nirkit_step::{Program, Run, parse};
use programs::{EVERYTHING, of_any_shape, of_every_simulator, write};

fn code(program: &Program) -> Code {
    let vectors = Vectors::record(program, Vectors::spikes(program, 10, 3), 10);
    generate(program, "net", &vectors, Target::C99).unwrap()
}

/// Bytes of the constant arrays that the C compiler makes of a code.
fn compiled(code: &Code) -> usize {
    let folder = tempfile::tempdir().unwrap();
    write(code, folder.path());
    let flags = ["-std=c99", "-O0", "-ffp-contract=off", "-fdata-sections", "-c", "net.c"];
    let built = Command::new("cc").current_dir(folder.path()).args(flags).output().unwrap();
    assert!(built.status.success(), "{built:?}");
    let sizes = Command::new("size").arg("-A").arg(folder.path().join("net.o")).output().unwrap();
    let said = String::from_utf8(sizes.stdout).unwrap();
    let mut bytes = 0;
    for line in said.lines() {
        let mut words = line.split_whitespace();
        let Some(name) = words.next().and_then(|name| name.strip_prefix(".rodata.")) else {
            continue;
        };
        if !name.starts_with("cst") && !name.starts_with("str") {
            bytes += words.next().unwrap().parse::<usize>().unwrap();
        }
    }
    bytes
}

#[test]
fn bytes_of_constants_are_those_of_the_compiler() {
    let programs = of_every_simulator().into_iter().step_by(2);
    let mut programs: Vec<Program> =
        programs.chain(of_any_shape().into_iter().step_by(4)).collect();
    programs.push(parse(EVERYTHING).unwrap());
    let whole: Vec<Program> = programs
        .iter()
        .filter_map(|program| fixed_point(program, &[], &FixedPointOptions::default()).ok())
        .map(|made| made.program)
        .collect();
    assert!(whole.len() > 15, "{}", whole.len());
    for program in programs.iter().chain(&whole) {
        let made = code(program);
        assert_eq!(made.report.constants, compiled(&made), "{program:.16}");
        let layers = &made.report.layers;
        let constants: usize = layers.iter().map(|layer| layer.constants).sum();
        assert_eq!(constants, made.report.constants, "{program:.16}");
        let state: usize = layers.iter().map(|layer| layer.state).sum();
        assert!(state <= made.report.state, "{program:.16}");
    }
}

#[test]
fn operations_of_layers_are_those_that_one_counts_by_hand() {
    let text = "\
step-program 1
input in: i64[1, 3, 3]
buffer in: i64[1, 3, 3] = 0
buffer conv: i64[2, 3, 3] = 0
buffer pool: i64[2, 1, 1] = 0
buffer fc: i64[2] = 0
buffer lif.v: i64[2] = 0
buffer lif: i64[2] = 0
probe lif:spikes = lif
in = frame(in)
conv = convolution(in; channels [1, 2] groups 1 kernel [3, 3] stride [1, 1] dilation [1, 1] before [1, 1] input [3, 3] output [3, 3]; i64[18] [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
pool = pool(conv; channels [2, 2] groups 2 kernel [3, 3] stride [3, 3] dilation [1, 1] before [0, 0] input [3, 3] output [1, 1])
fc = dense(pool; i64[4] [1, 2, 3, 4])
cell 2 {
  lif.v = lif.v + fc
  lif = lif.v > 10 ? 1 : 0
}
";
    let program = match parse(text) {
        Ok(program) => program,
        Err(error) => panic!("{error}"),
    };
    // One spike in the corner in the first step, none in the second.
    let mut frames = vec![0.0; 18];
    frames[0] = 1.0;
    let vectors = Vectors::record(&program, vec![frames], 2);
    let report = Report::of(&program, &vectors);
    let found: Vec<(&str, &str, u64, u64)> = report
        .layers
        .iter()
        .map(|layer| (&*layer.name, layer.kind, layer.most_operations, layer.recorded_operations))
        .collect();
    // A corner is in 4 windows, an edge in 6, the middle in 9: 49 windows, for 2 channels.
    assert_eq!(
        found,
        [
            ("in", "input", 0, 0),
            ("conv", "convolution", 98, 8),
            ("pool", "pool", 18, 8),
            ("fc", "matrix", 4, 4),
            ("lif", "neurons", 4, 8),
        ]
    );
    assert_eq!(report.most_operations(), 124);
    assert_eq!(report.most_products, 102);
}

#[test]
fn states_of_16_bits_fit_whatever_enters_and_keep_most_spikes() {
    let (mut taken, mut refused, mut same, mut all) = (0, 0, 0, 0);
    for (at, program) in of_every_simulator().iter().enumerate() {
        let frames = Vectors::spikes(program, 30, 3);
        let wide = FixedPointOptions::default();
        let narrow = FixedPointOptions { state_bits: 16, ..wide.clone() };
        let samples = std::slice::from_ref(&frames);
        let Ok(before) = fixed_point(program, samples, &wide) else { continue };
        let made = match fixed_point(program, samples, &narrow) {
            Ok(made) => made,
            Err(reasons) => {
                assert!(reasons.iter().all(|reason| reason.contains("of 16 bits")), "{reasons:?}");
                refused += 1;
                continue;
            }
        };
        taken += 1;
        // The largest numbers that can enter, and the smallest.
        let mut run = Run::new(&made.program);
        let len = |input: &nirkit_step::Input| input.shape.iter().product::<usize>();
        for step in 0..60 {
            let end = if step < 40 { 127.0 } else { -128.0 };
            let frames: Vec<Vec<f64>> =
                made.program.inputs.iter().map(|input| vec![end; len(input)]).collect();
            run.step(&frames);
            for probe in made.program.probes.iter().filter(|probe| probe.name.ends_with(":v")) {
                let numbers = run.buffer(probe.buffer).to_f64();
                assert!(numbers.iter().all(|x| x.abs() <= 32_768.0), "{at} {}", probe.name);
            }
        }
        let spikes = |made: &nirkit_codegen::FixedPoint| -> Vec<f64> {
            let vectors = Vectors::record(&made.program, frames.clone(), 30);
            let pairs = made.program.probes.iter().zip(&vectors.probes);
            let spiking = pairs.filter(|(probe, _)| probe.name.ends_with(":spikes"));
            spiking.flat_map(|(_, numbers)| numbers.to_f64()).collect()
        };
        let (before, after) = (spikes(&before), spikes(&made));
        all += before.len();
        same += before.iter().zip(&after).filter(|(a, b)| a == b).count();
        let vectors = Vectors::record(&made.program, frames.clone(), 30);
        let options = nirkit_codegen::GenerateOptions::default();
        let code = generate_within(&made.program, "net", &vectors, Target::C99, &options).unwrap();
        let header = &code.files[0].text;
        for probe in made.program.probes.iter().filter(|probe| probe.name.ends_with(":v")) {
            let name = &made.program.buffers[probe.buffer.0].name;
            let line = header.lines().find(|line| line.ends_with(&format!("; /* {name} */")));
            assert!(line.is_none_or(|line| !line.contains("int32_t") && !line.contains("int64_t")));
        }
    }
    assert!(taken > 20 && refused > 0, "{taken} taken, {refused} refused");
    assert!(same as f64 > 0.97 * all as f64, "{same} of {all}");
}
