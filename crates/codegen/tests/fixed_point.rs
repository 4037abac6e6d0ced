//! Float programs in integers: what is exact stays exact, what is rounded stays near, and the same code comes out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod programs;

use nirkit_codegen::{FixedPointOptions, Vectors, fixed_point};
use nirkit_step::{Format, Operation, Program, Run};

/// Spikes of every probe that is one of spikes, over the steps of a stimulus.
fn spikes(program: &Program, scales: &[Vec<f64>], frames: &[Vec<f64>], steps: usize) -> Vec<f64> {
    let vectors = Vectors::record(program, frames.to_vec(), steps);
    let pairs = program.probes.iter().zip(&vectors.probes);
    let spiking = pairs.filter(|(probe, _)| probe.name.ends_with(":spikes"));
    spiking
        .flat_map(|(probe, numbers)| {
            let scale = scales.get(probe.buffer.0).map_or(1.0, |scale| scale[0]);
            numbers.to_f64().into_iter().map(move |x| x / scale).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn networks_of_simulators_keep_most_of_their_spikes_in_16_bits() {
    let (mut taken, mut same, mut all) = (0, 0, 0);
    for program in programs::of_every_simulator() {
        let frames = Vectors::spikes(&program, 30, 3);
        let options = FixedPointOptions { weight_bits: 16, ..FixedPointOptions::default() };
        let Ok(made) = fixed_point(&program, std::slice::from_ref(&frames), &options) else {
            continue;
        };
        assert_eq!(made.program.faults(), []);
        assert!(made.program.buffers.iter().all(|buffer| buffer.format() == Format::I64));
        let before = spikes(&program, &[], &frames, 30);
        let after = spikes(&made.program, &made.scales, &frames, 30);
        taken += 1;
        all += before.len();
        same += before.iter().zip(&after).filter(|(a, b)| (*a - *b).abs() < 1e-9).count();
    }
    assert!(taken > 25, "{taken}");
    assert!(same as f64 > 0.98 * all as f64, "{same} of {all}");
}

#[test]
fn integers_that_are_given_are_kept() {
    let text = "\
step-program 1
input in: f32[2]
buffer in: f32[2] = 0
buffer fc: f32[2] = 0
buffer n.v: f32[2] = 0
buffer n: f32[2] = 0
probe n:spikes = n
in = frame(in)
fc = dense(in; f32[4] [0.03, -0.06, 0.12, 0.3])
cell 2 {
  n.v = 0.9 * n.v + fc
  n = n.v > 0.5 ? 1 : 0
  n.v = n.v - 0.5 * n
}
";
    let program = nirkit_step::parse(text).unwrap();
    let options = FixedPointOptions {
        scales: [("fc".to_owned(), 0.03)].into(),
        ..FixedPointOptions::default()
    };
    let frames = Vectors::spikes(&program, 50, 2);
    let made = fixed_point(&program, std::slice::from_ref(&frames), &options).unwrap();
    let Operation::Dense(map) = &made.program.operations[1] else { panic!("{}", made.program) };
    assert_eq!(map.weights.to_f64(), [1.0, -2.0, 4.0, 10.0]);
    assert!(made.maps[0].is_given);
    assert_eq!(
        spikes(&program, &[], &frames, 50),
        spikes(&made.program, &made.scales, &frames, 50)
    );
    let narrow = FixedPointOptions { weight_bits: 4, ..options };
    let reasons = fixed_point(&program, &[frames], &narrow).unwrap_err();
    assert!(reasons[0].contains("its integers reach 10"), "{reasons:?}");
}

#[test]
fn all_that_cannot_become_integers_is_named() {
    let text = "\
step-program 1
input in: f64[1]
buffer in: f64[1] = 0
buffer n.v: f64[1] = 0
buffer n: f64[1] = 0
probe n:spikes = n
in = frame(in)
cell 1 {
  n.v = n.v / in
  n = n.v % 3 + (0 - inf)
}
";
    let program = nirkit_step::parse(text).unwrap();
    let reasons = fixed_point(&program, &[], &FixedPointOptions::default()).unwrap_err();
    let all = reasons.join("; ");
    assert!(all.contains("divides by a number that changes"), "{all}");
    assert!(all.contains("remainder of real numbers"), "{all}");
    assert!(all.contains("adds an infinite number"), "{all}");
}

#[test]
fn a_state_stays_at_the_end_of_its_register() {
    let text = "\
step-program 1
input in: f32[1]
buffer in: f32[1] = 0
buffer n.v: f32[1] = 0
probe n:v = n.v
in = frame(in)
cell 1 {
  n.v = n.v + 0.3 * in
}
";
    let program = nirkit_step::parse(text).unwrap();
    let options = FixedPointOptions { state_bits: 16, ..FixedPointOptions::default() };
    let made = fixed_point(&program, &[vec![vec![1.0]]], &options).unwrap();
    let mut run = Run::new(&made.program);
    for _ in 0..100_000 {
        run.step(&[vec![100.0]]);
    }
    assert_eq!(run.observe("n:v"), Some(vec![32_767.0]));
}
