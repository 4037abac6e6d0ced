//! The fast way, blocks of steps leaf by leaf in vector instructions, and the plain way, step by
//! step, give the same bits.

use nirkit_engine::clocked::{Dense, GridInput, Options, Precision, Program, RecordMode, prepare};
use nirkit_ir::Graph;
use nirkit_run::{Observable, Signal, SpikeReading, Stimulus};
use proptest::prelude::*;

use super::setup::{bits, graph};

/// Weights, some of them 0, the same from the same seed.
fn weights(seed: u64, len: usize, share: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    (0..len)
        .map(|_| if next() % 100 < share { (next() % 2001) as f64 * 1e-3 - 0.7 } else { 0.0 })
        .collect()
}

fn tensor(shape: &[usize], values: &[f64]) -> String {
    let text = shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    // Nested as the shape is.
    let mut parts: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    for &len in shape.iter().rev() {
        parts = parts.chunks(len).map(|row| format!("[{}]", row.join(", "))).collect();
    }
    format!("f64[{text}] {}", parts.join(""))
}

#[derive(Clone, Copy, Debug)]
struct Shape {
    seed: u64,
    channels: [usize; 2],
    side: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
    /// Share of weights that are not 0, in percent.
    share: u64,
    hidden: usize,
    average: bool,
    recurrent: bool,
    neuron: usize,
}

/// Convolution, neurons, pool, convolution, neurons, a matrix, neurons that may feed themselves.
fn network(shape: Shape) -> Option<Graph> {
    let Shape { seed, channels: [into, out], side, kernel, stride, padding, .. } = shape;
    let after = (side + 2 * padding).checked_sub(kernel)? / stride + 1;
    let pooled = after / 2;
    if pooled == 0 {
        return None;
    }
    let flat = 3 * pooled * pooled;
    let hidden = shape.hidden;
    let conv = |out: usize, into: usize, kernel: usize, stride: usize, padding: usize, seed| {
        format!(
            "Conv2d {{ weight: {} stride: i64[2] [{stride}, {stride}] padding: i64[2] [{padding}, {padding}]
             dilation: i64[2] [1, 1] groups: i64 1 bias: {} }}",
            tensor(&[out, into, kernel, kernel], &weights(seed, out * into * kernel * kernel, 90)),
            tensor(&[out], &weights(seed + 1, out, 50)),
        )
    };
    let neuron = [
        "IF { r: f64 300 v_threshold: f64 1 v_reset: f64 0 }",
        "LIF { tau: f64 5e-3 r: f64 2 v_leak: f64 0.1 v_threshold: f64 0.6 v_reset: f64 0 }",
        "CubaLIF { tau_syn: f64 3e-3 tau_mem: f64 6e-3 r: f64 2 v_leak: f64 0 v_threshold: f64 0.3
           v_reset: f64 -0.1 w_in: f64 2 }",
        "LI { tau: f64 5e-3 r: f64 2 v_leak: f64 0.1 }",
    ][shape.neuron];
    let pool = if shape.average { "AvgPool2d" } else { "SumPool2d" };
    let mut text = format!(
        "nirt 1
        graph {{
          input = Input {{ shape: i64[3] [{into}, {side}, {side}] }}
          conv1 = {}
          n1 = {neuron}
          pool = {pool} {{ kernel_size: i64[2] [2, 2] stride: i64[2] [2, 2] padding: i64[2] [0, 0] }}
          conv2 = {}
          n2 = {neuron}
          flat = Flatten {{ start_dim: i64 0 end_dim: i64 -1 }}
          fc = Affine {{ weight: {} bias: {} }}
          n3 = {neuron}
          output = Output {{ shape: i64[1] [{hidden}] }}
          input -> conv1 -> n1 -> pool -> conv2 -> n2 -> flat -> fc -> n3 -> output
        ",
        conv(out, into, kernel, stride, padding, seed),
        conv(3, out, 1, 1, 0, seed + 2),
        tensor(&[hidden, flat], &weights(seed + 4, hidden * flat, shape.share)),
        tensor(&[hidden], &weights(seed + 5, hidden, 80)),
    );
    if shape.recurrent {
        let weight = tensor(&[hidden, hidden], &weights(seed + 6, hidden * hidden, shape.share));
        text += &format!("  rec = Linear {{ weight: {weight} }}\n n3 -> rec -> n3\n");
    }
    Some(graph(&(text + "}")).0)
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let geometry = (1_usize..3, 1_usize..20, 3_usize..8, 1_usize..4, 1_usize..3, 0_usize..2);
    let rest = (any::<u32>(), 1_u64..100, 1_usize..70, any::<bool>(), any::<bool>(), 0_usize..4);
    (geometry, rest).prop_map(|(geometry, rest)| {
        let (into, out, side, kernel, stride, padding) = geometry;
        let (seed, share, hidden, average, recurrent, neuron) = rest;
        Shape {
            seed: seed.into(),
            channels: [into, out],
            side,
            kernel,
            stride,
            padding,
            share,
            hidden,
            average,
            recurrent,
            neuron,
        }
    })
}

/// Frames in which this share of the numbers is not 0, in percent.
fn stimulus(seed: u64, channels: usize, steps: usize, share: u64, counts: bool) -> Stimulus {
    let values = weights(seed, channels * steps, share);
    let values =
        if counts { values.iter().map(|x| (x * 3.0).abs().round()).collect() } else { values };
    Stimulus { signals: [("input".to_owned(), Signal::Frames { channels, values, counts })].into() }
}

/// Everything that can be recorded, step by step.
fn step_by_step(program: &Program, stimuli: &[Stimulus], steps: usize) -> Dense {
    let mut drive = GridInput::new(program, stimuli).unwrap();
    let mut dense = Dense::new(program, &program.requests(), steps, stimuli.len()).unwrap();
    program.start(stimuli.len()).advance(steps, &mut drive, &mut dense);
    dense
}

/// The same by blocks, in two parts.
fn by_blocks(program: &Program, stimuli: &[Stimulus], steps: usize, pause: usize) -> Dense {
    let drive = GridInput::new(program, stimuli).unwrap();
    let mut dense = Dense::new(program, &program.requests(), steps, stimuli.len()).unwrap();
    let mut run = program.start(stimuli.len());
    let mut told = 0;
    run.record(pause, &drive, &mut dense, &mut |steps| told += steps);
    let mut run = program.resume(&run.save()).unwrap();
    run.record(steps, &drive, &mut dense, &mut |steps| told += steps);
    assert_eq!(told, steps);
    dense
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn blocks_give_the_bits_of_steps(
        shape in any_shape(),
        share in 1_u64..100,
        single in any::<bool>(),
        impulses in any::<bool>(),
        counts in any::<bool>(),
        exponential in any::<bool>(),
        late_reset in any::<bool>(),
        next in any::<bool>(),
        pause in 0_usize..12,
    ) {
        let Some(graph) = network(shape) else { return Ok(()) };
        let mut options = Options::new(1e-3);
        if single {
            options.precision = Precision::F32;
        }
        if impulses {
            options.spike = SpikeReading::Impulse { area: 1e-3 };
        }
        for (given, name, value) in [
            (exponential, "integrator", "exponential"),
            (late_reset, "reset_timing", "next"),
            (next, "input", "next"),
            (counts, "reset", "subtract"),
        ] {
            if given {
                options.set(name, value).unwrap();
            }
        }
        let facts = nirkit_ir::validate(&graph).facts.unwrap();
        let program = prepare(&graph, &facts, &options).unwrap();
        let channels = shape.channels[0] * shape.side * shape.side;
        let stimuli = [1, 2].map(|seed| stimulus(shape.seed + seed, channels, 12, share, counts));
        let plain = bits(&step_by_step(&program, &stimuli, 12).finish(true).unwrap());
        let fast = bits(&by_blocks(&program, &stimuli, 12, pause).finish(true).unwrap());
        for ((request, plain), (_, fast)) in plain.iter().zip(&fast) {
            prop_assert_eq!(plain, fast, "{} {}", request.node, request.observable);
        }
        // With less to record, less is kept, and other ways are taken.
        for (request, plain) in &plain {
            let only = std::slice::from_ref(request);
            let mut dense = Dense::new(&program, only, 12, 2).unwrap();
            let drive = GridInput::new(&program, &stimuli).unwrap();
            program.start(2).record(12, &drive, &mut dense, &mut |_| {});
            let fast = bits(&dense.finish(true).unwrap());
            prop_assert_eq!(plain, &fast[0].1, "only {} {}", request.node, request.observable);
        }
    }
}

#[test]
fn sums_are_those_of_all_steps() {
    let seeds = (0..20).filter_map(|seed| {
        let shape = Shape {
            seed,
            channels: [2, 8],
            side: 6,
            kernel: 3,
            stride: 1,
            padding: 1,
            share: 40,
            hidden: 20,
            average: false,
            recurrent: seed % 2 == 0,
            neuron: seed as usize % 4,
        };
        Some((shape, network(shape)?))
    });
    let mut spikes = 0.0;
    for (shape, graph) in seeds {
        let facts = nirkit_ir::validate(&graph).facts.unwrap();
        let program = prepare(&graph, &facts, &Options::new(1e-3)).unwrap();
        let channels = shape.channels[0] * shape.side * shape.side;
        let stimuli = [1, 2].map(|seed| stimulus(shape.seed + seed, channels, 12, 30, true));
        let drive = GridInput::new(&program, &stimuli).unwrap();
        for request in program.requests().iter().filter(|at| at.observable == Observable::Spikes) {
            let only = std::slice::from_ref(request);
            let sums = |stepwise: bool, keep: RecordMode| {
                let mut dense = Dense::keeping(keep, &program, only, 12, 2).unwrap();
                let mut run = program.start(2);
                if stepwise {
                    run.advance(12, &mut drive.clone(), &mut dense);
                } else {
                    run.record(7, &drive, &mut dense, &mut |_| {});
                    run.record(12, &drive, &mut dense, &mut |_| {});
                }
                let array = dense.finish(true).unwrap().arrays.remove(0).1;
                array.to_f64().unwrap().into_owned()
            };
            let steps = sums(true, RecordMode::Steps);
            let mut expected = vec![0.0; steps.len() / 12];
            for step in steps.chunks_exact(expected.len()) {
                for (sum, x) in expected.iter_mut().zip(step) {
                    *sum += x;
                }
            }
            assert_eq!(sums(true, RecordMode::Sums), expected, "{}", request.node);
            assert_eq!(sums(false, RecordMode::Sums), expected, "{}", request.node);
            spikes += expected.iter().sum::<f64>();
        }
    }
    assert!(spikes > 0.0);
}
