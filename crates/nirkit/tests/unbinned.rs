//! The ideal on the unbinned events of a recording, held against plain loops over NIR's equations.
//!
//! `scripts/events/check_exact.py` does the same with a million events and numpy.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::fs::File;

use nirkit::events::{Event, Format, Size, WriteOptions, Writer};
use nirkit::stimulus::Window;
use nirkit::{Choices, Model, Reset, Run, SpikeReading, Stimulus};

/// Columns and rows of the sensor and of both layers.
const SIDE: usize = 8;
/// Channels of the sensor and of both layers.
const CHANNELS: [usize; 3] = [2, 3, 2];
/// Thresholds of both layers.
const THRESHOLDS: [f64; 2] = [2.0, 3.0];

/// Numbers that look like chance.
fn numbers() -> impl FnMut(u64) -> u64 {
    let mut state = 12_345_u64;
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// Weights (out, in, row, column) of a layer: multiples of 1/64, so that no sum is rounded.
fn weights(layer: usize, next: &mut impl FnMut(u64) -> u64) -> Vec<f64> {
    let count = CHANNELS[layer + 1] * CHANNELS[layer] * 9;
    (0..count).map(|_| (next(64) as f64 - 20.0) / 64.0).collect()
}

fn graph(weights: &[Vec<f64>]) -> String {
    let mut text = "nirt 1\nversion \"1.0.8\"\ngraph {\n".to_owned();
    let _ = writeln!(text, "  in = Input {{ shape: i64[3] [2, {SIDE}, {SIDE}] }}");
    for (layer, weights) in weights.iter().enumerate() {
        let (from, to) = (CHANNELS[layer], CHANNELS[layer + 1]);
        let kernels: Vec<String> = weights.chunks(3).map(|row| format!("{row:?}")).collect();
        let nested = |parts: Vec<String>, by: usize| -> Vec<String> {
            parts.chunks(by).map(|part| format!("[{}]", part.join(", "))).collect()
        };
        let weight = nested(nested(kernels, 3), from);
        let zeros = vec!["0"; to].join(", ");
        let _ = write!(
            text,
            "  conv{layer} = Conv2d {{\n    input_shape: i64[2] [{SIDE}, {SIDE}]\n    weight: f64[{to}, {from}, 3, 3] [{}]\n\
             \x20   stride: i64[2] [1, 1]\n    padding: i64[2] [1, 1]\n    dilation: i64[2] [1, 1]\n    groups: i64 1\n\
             \x20   bias: f64[{to}] [{zeros}]\n  }}\n",
            weight.join(", ")
        );
        let (shape, threshold) = (format!("f64[{to}, {SIDE}, {SIDE}]"), THRESHOLDS[layer]);
        let _ = write!(
            text,
            "  if{layer} = IF {{\n    r: {shape} 1\n    v_threshold: {shape} {threshold}\n    v_reset: {shape} 0\n  }}\n"
        );
    }
    text += "  out = Output { shape: i64[3] [2, 8, 8] }\n  in -> conv0 -> if0 -> conv1 -> if1 -> out\n}\n";
    text
}

/// Spikes of both layers: (time in microseconds, neuron), sorted; one for each time that a neuron takes off its threshold.
fn reference(events: &[Event], weights: &[Vec<f64>]) -> [Vec<(i64, usize)>; 2] {
    let mut voltages = [vec![0.0; 3 * 64], vec![0.0; 2 * 64]];
    let mut found = [Vec::new(), Vec::new()];
    for instant in events.chunk_by(|one, other| one.t == other.t) {
        let place = |event: &Event| {
            (usize::from(event.on) * 64 + usize::from(event.y) * SIDE + usize::from(event.x), 1)
        };
        let mut spikes: Vec<(usize, usize)> = instant.iter().map(place).collect();
        for layer in 0..2 {
            let voltages = &mut voltages[layer];
            for (source, count) in spikes.drain(..) {
                let (channel, y, x) = (source / 64, source / SIDE % SIDE, source % SIDE);
                for (target, v) in voltages.iter_mut().enumerate() {
                    let (out, row, column) = (target / 64, target / SIDE % SIDE, target % SIDE);
                    // The kernel lies around the target, with one pixel of padding.
                    let (ky, kx) = (y + 1, x + 1);
                    if ky < row || kx < column || ky - row > 2 || kx - column > 2 {
                        continue;
                    }
                    let at = ((out * CHANNELS[layer] + channel) * 3 + ky - row) * 3 + kx - column;
                    *v += weights[layer][at] * count as f64;
                }
            }
            for (neuron, v) in voltages.iter_mut().enumerate() {
                let mut count = 0;
                while *v > THRESHOLDS[layer] {
                    *v -= THRESHOLDS[layer];
                    count += 1;
                }
                found[layer].extend(std::iter::repeat_n((instant[0].t, neuron), count));
                if count > 0 {
                    spikes.push((neuron, count));
                }
            }
        }
    }
    found
}

/// Spikes of both layers as nirkit computes them.
fn spikes(
    model: &Model,
    path: &std::path::Path,
    window: Option<f64>,
    run: &Run,
) -> [Vec<(i64, usize)>; 2] {
    let window = window.map(|seconds| Window { seconds, most: None });
    let stimulus = Stimulus::read(path).unwrap().window(window);
    let recording = model.run_with(&stimulus, run).unwrap();
    ["if0", "if1"].map(|name| {
        let (_, trains) = recording.events.iter().find(|(node, _)| node == name).unwrap();
        let spike =
            |(time, channel): (&f64, &i64)| ((time * 1e6).round() as i64, *channel as usize);
        let mut spikes: Vec<_> =
            trains[0].times.iter().zip(&trains[0].channels).map(spike).collect();
        spikes.sort_unstable();
        spikes
    })
}

#[test]
fn unbinned_events_give_the_spikes_of_the_equations_and_windows_converge_to_them() {
    let mut next = numbers();
    let weights = [weights(0, &mut next), weights(1, &mut next)];
    let mut events: Vec<Event> = (0..3000)
        .map(|_| Event::new(next(200_000) as i64, next(8) as u16, next(8) as u16, next(2) == 1))
        .collect();
    events.sort_by_key(|event| event.t);
    events[0].t = 0;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.raw");
    let mut file = File::create(&path).unwrap();
    let size = Some(Size { width: 8, height: 8 });
    let options = WriteOptions { size, ..WriteOptions::default() };
    let mut writer = Writer::new(&mut file, Format::Evt3, &options).unwrap();
    writer.write(&events).unwrap();
    writer.finish().unwrap();
    let net = folder.path().join("net.nirt");
    std::fs::write(&net, graph(&weights)).unwrap();
    let choices = Choices::new().spike(SpikeReading::Impulse { area: 1.0 }).reset(Reset::Subtract);
    let model = Model::exact(&nirkit::read(&net).unwrap(), &choices).unwrap();
    let expected = reference(&events, &weights);
    assert!(expected.iter().all(|spikes| spikes.len() > 500), "{}", expected[1].len());
    let until = Run::new().duration(0.3);
    assert_eq!(spikes(&model, &path, None, &until), expected);
    // Times of events are whole microseconds.
    assert_eq!(spikes(&model, &path, Some(1e-6), &until), expected);
    // A run that lasts as long as the recording has its last events, which are some of those that make spikes.
    let is_last = |&(time, _): &(i64, usize)| time == events[events.len() - 1].t;
    assert!(expected.iter().any(|spikes| spikes.iter().any(is_last)));
    assert_eq!(spikes(&model, &path, None, &Run::new()), expected);
    // How many spikes of a neuron are added or missing, over all neurons.
    let distance = |window: f64| -> usize {
        let found = spikes(&model, &path, Some(window), &until);
        let count =
            |spikes: &[(i64, usize)], neuron| spikes.iter().filter(|(_, of)| *of == neuron).count();
        (0..128).map(|neuron| count(&found[1], neuron).abs_diff(count(&expected[1], neuron))).sum()
    };
    let (short, long) = (distance(1e-5), distance(1e-1));
    assert!(short * 4 < long, "{short} and {long}");
}
