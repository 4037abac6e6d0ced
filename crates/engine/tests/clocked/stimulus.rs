//! Stimuli with times of their own on the grid, by hand.

use nirkit_engine::clocked::{Current, GridInput, Options, SpikeStep, run, run_batch};
use nirkit_run::stimulus::Spike;
use nirkit_run::{Signal, SpikeReading, Stimulus};

use super::setup::{frames, numbers, program, request};

/// Two channels that are passed on.
const PASS: &str = "nirt 1\ngraph {
  input = Input { shape: i64[1] [2] }
  output = Output { shape: i64[1] [2] }
  input -> output
}";

fn passed(signal: Signal, options: &Options, steps: usize) -> Vec<f64> {
    let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
    let recording =
        run(&program(PASS, options), &stimulus, steps, &[request("output.output")]).unwrap();
    numbers(&recording, "output.output")
}

#[test]
fn spikes_act_in_the_step_that_contains_them_and_add_up() {
    let spike = |time, channel, value| Spike { time, channel, value };
    let spikes = vec![
        spike(0.0, 1, 1.0),
        // 3 steps of 0.1 ms, although 0.3e-3 / 1e-4 < 3 in binary numbers.
        spike(0.3e-3, 0, 1.0),
        spike(0.35e-3, 0, 2.0),
        spike(0.39e-3, 1, 0.5),
        // After the end of the run.
        spike(1.0, 0, 1.0),
    ];
    let signal = || Signal::Spikes { channels: 2, spikes: spikes.clone() };
    let floor = Options::new(1e-4);
    assert_eq!(passed(signal(), &floor, 5), [0., 1., 0., 0., 0., 0., 3., 0.5, 0., 0.]);
    let nearest = Options { spike_step: SpikeStep::Nearest, ..Options::new(1e-4) };
    // 3.5 steps are as near to 4 as to 3, and 4 is even.
    assert_eq!(passed(signal(), &nearest, 5), [0., 1., 0., 0., 0., 0., 1., 0., 2., 0.5]);
}

#[test]
fn a_current_is_its_mean_or_its_first_value_in_a_step() {
    let breakpoints = vec![0.25, 1.5, 2.0];
    let values = vec![4.0, 0.0, -2.0, 1.0, 0.0, 3.0];
    let signal = || Signal::Current {
        channels: 2,
        breakpoints: breakpoints.clone(),
        values: values.clone(),
    };
    let mean = passed(signal(), &Options::new(1.0), 3);
    assert_eq!(mean, [3.0, 0.0, 1.0, 0.5, 0.0, 3.0]);
    let sample = Options { current: Current::Sample, ..Options::new(1.0) };
    assert_eq!(passed(signal(), &sample, 3), [0.0, 0.0, 4.0, 0.0, 0.0, 3.0]);
}

#[test]
fn after_the_last_frame_there_is_silence() {
    let signal = Signal::Frames { channels: 2, values: vec![1.0, 2.0], counts: false };
    assert_eq!(passed(signal, &Options::new(1.0), 2), [1.0, 2.0, 0.0, 0.0]);
}

#[test]
fn in_impulse_reading_a_bias_is_no_part_of_an_impulse() {
    // LI with tau = 1 and dt = 1/8, impulses of area 1/2, weight 3, bias 2:
    // v = 0 + 3 * 1/2, then v += 1/8 * (-v + 2) = 1.5625; then without a spike
    // v += 1/8 * (-v + 2) = 1.6171875.
    let text = "nirt 1\ngraph {
  input = Input { shape: i64[1] [1] }
  w = Affine { weight: f64[1, 1] [[3]] bias: f64[1] [2] }
  li = LI { tau: f64[1] [1] r: f64[1] [1] v_leak: f64[1] [0] }
  output = Output { shape: i64[1] [1] }
  input -> w -> li -> output
}";
    let spike = SpikeReading::Impulse { area: 0.5 };
    let program = program(text, &Options { spike, ..Options::new(0.125) });
    let requests = [request("li.v"), request("w.output")];
    let recording = run(&program, &frames(1, vec![1.0], true), 2, &requests).unwrap();
    assert_eq!(numbers(&recording, "li.v"), [1.5625, 1.617_187_5]);
    // What is recorded of a map is the sum of both parts.
    assert_eq!(numbers(&recording, "w.output"), [5.0, 2.0]);
    // The same frames as a current: 1/8 * (3 + 2), then v += 1/8 * (-v + 2).
    let recording = run(&program, &frames(1, vec![1.0], false), 2, &requests).unwrap();
    assert_eq!(numbers(&recording, "li.v"), [0.625, 0.796_875]);
}

#[test]
fn a_batch_has_an_axis_after_time() {
    let program = program(PASS, &Options::new(1.0));
    let stimuli = [1.0, 10.0].map(|x| frames(2, vec![x, 2.0 * x], false));
    let recording = run_batch(&program, &stimuli, 1, &[request("output.output")]).unwrap();
    let array = &recording.arrays[0].1;
    assert_eq!(array.shape(), [1, 2, 2]);
    assert_eq!(numbers(&recording, "output.output"), [1.0, 2.0, 10.0, 20.0]);
    assert!(GridInput::new(&program, &[]).is_ok());
}
