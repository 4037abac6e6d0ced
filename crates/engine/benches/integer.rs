//! Speed of the engines of chips: a small recurrent network of spikes one by one, a dense stack of
//! sums, a chain of convolutions, and the dense stack with states in single precision.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    missing_docs,
    reason = "a benchmark has no users, and fails by panicking"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use nirkit_engine::clocked::{Comparison, Recording};
use nirkit_engine::executor::{Executor, Frame, Frames, Options, Row, Sink};
use nirkit_engine::integer::{
    Arrival, Assembly, Decay, Fire, Input, Map, Matrix, Membrane, Network, Order, Overflow,
    Population, Projection, Register, Reset, Shift, Source, Synapse, prepare, record,
};
use nirkit_engine::mixed;
use nirkit_ir::facts::Window;
use nirkit_run::{Observable, Request, Signal, Stimulus};

/// Numbers that look random, from a fixed rule (a 64-bit linear congruence).
struct Numbers(u64);

impl Numbers {
    /// A number from `low` to below `high`.
    fn next(&mut self, low: i64, high: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + ((self.0 >> 33) as i64) % (high - low)
    }

    fn matrix(&mut self, sources: usize, targets: usize, low: i64, high: i64) -> Map {
        let weights: Vec<i64> = (0..sources * targets).map(|_| self.next(low, high)).collect();
        Map::Matrix(Matrix::new(sources, targets, |from, to| weights[from * targets + to]))
    }

    /// Frames of 0 and 1 of which one in so many is 1.
    fn stimulus(&mut self, channels: usize, steps: usize, one_in: i64) -> Stimulus {
        let values = (0..channels * steps).map(|_| f64::from(u8::from(self.next(0, one_in) == 0)));
        let signal = Signal::Frames { channels, values: values.collect(), counts: true };
        Stimulus { signals: [("input".to_owned(), signal)].into() }
    }
}

fn input(channels: usize) -> Vec<Input> {
    vec![Input { name: "input".to_owned(), channels }]
}

fn projection(source: Source, target: usize, map: Map, delay: usize, shift: i32) -> Projection {
    let (maps, limit) = (vec![map], Some(15));
    Projection { source, target, synapse: 0, maps, limit, delay, shift, sum: None }
}

/// Neurons with registers of 16 bits, decays by shifts, and spikes that arrive one by one.
fn shifting(name: &str, neurons: usize, limit: i64) -> Population {
    let register = Register::signed(16, Overflow::Saturate);
    let decay = |bits| Decay::Shift { bits: vec![bits; neurons], at_least_one: true };
    Population {
        name: name.to_owned(),
        shape: vec![neurons],
        synapses: vec![Synapse {
            register,
            decay: decay(2),
            arrival: Arrival::EachSpike,
            order: Order::ArriveThenDecay,
            observable: Some(Observable::Isyn),
        }],
        membrane: Membrane {
            register,
            decay: decay(4),
            bias: vec![0; neurons],
            assembly: Assembly::ByChange,
        },
        fire: Fire {
            threshold: vec![1500; neurons],
            comparison: Comparison::AtLeast,
            limit,
            reset: Reset::Subtract,
            floor: None,
        },
        aliases: Vec::new(),
    }
}

/// Inputs, hidden neurons that see each other, outputs.
fn recurrent(numbers: &mut Numbers, inputs: usize, hidden: usize, outputs: usize) -> Network {
    // Weights grow with the square root of the sources that share them.
    let scale = (hidden as f64 / 38.0).sqrt();
    let wide = |size: i64| (size as f64 / scale) as i64 + 1;
    let entering = numbers.matrix(inputs, hidden, -wide(60), wide(100));
    let inside = numbers.matrix(hidden, hidden, -wide(60), wide(55));
    let leaving = numbers.matrix(hidden, outputs, -wide(90), wide(90));
    Network {
        inputs: input(inputs),
        populations: vec![shifting("hidden", hidden, 31), shifting("output", outputs, 1)],
        projections: vec![
            projection(Source::Input(0), 0, entering, 0, 4),
            projection(Source::Population(0), 0, inside, 1, 4),
            projection(Source::Population(0), 1, leaving, 1, 4),
        ],
    }
}

/// What neurons of the stack spike at.
const THRESHOLD: i64 = 700;

/// Neurons with registers of 24 bits and decays by factors, which take sums.
fn scaling(name: &str, neurons: usize) -> Population {
    let factor =
        |kept| Decay::Factor { kept: vec![kept; neurons], bits: 12, shift: Shift::TowardZero };
    Population {
        name: name.to_owned(),
        shape: vec![neurons],
        synapses: vec![Synapse {
            register: Register { low: 1 - (1 << 23), high: 1 << 23, overflow: Overflow::WrapOnce },
            decay: factor(2700),
            arrival: Arrival::Sum { shift: 6 },
            order: Order::DecayThenArrive,
            observable: Some(Observable::U),
        }],
        membrane: Membrane {
            register: Register::symmetric(24, Overflow::Saturate),
            decay: factor(3700),
            bias: Vec::new(),
            assembly: Assembly::AtOnce,
        },
        fire: Fire {
            threshold: vec![THRESHOLD << 6; neurons],
            comparison: Comparison::Above,
            limit: 1,
            reset: Reset::Zero,
            floor: None,
        },
        aliases: Vec::new(),
    }
}

fn stack(numbers: &mut Numbers, layers: usize, neurons: usize) -> Network {
    let source = |at: usize| at.checked_sub(1).map_or(Source::Input(0), Source::Population);
    let mut layer =
        |at| projection(source(at), at, numbers.matrix(neurons, neurons, -32, 33), 1, 0);
    Network {
        inputs: input(neurons),
        projections: (0..layers).map(&mut layer).collect(),
        populations: (0..layers).map(|at| scaling(&format!("layer {at}"), neurons)).collect(),
    }
}

/// A kernel of 3 x 3 that moves over pictures of so many pixels a side.
fn window(inputs: usize, outputs: usize, side: usize) -> Window {
    Window {
        channels_in: inputs,
        channels_out: outputs,
        groups: 1,
        kernel: [3, 3],
        stride: [1, 1],
        dilation: [1, 1],
        before: [1, 1],
        after: [1, 1],
        input: [side, side],
        output: [side, side],
    }
}

/// A sum over 2 x 2 pixels of each channel.
fn pool(channels: usize, side: usize) -> Window {
    Window {
        groups: channels,
        kernel: [2, 2],
        stride: [2, 2],
        before: [0, 0],
        after: [0, 0],
        output: [side / 2, side / 2],
        ..window(channels, channels, side)
    }
}

/// Neurons without a leak, with a threshold that a spike takes off and a floor.
fn keeping(name: &str, shape: [usize; 3], threshold: i64) -> Population {
    let neurons = shape.iter().product();
    let register = Register::signed(40, Overflow::Saturate);
    Population {
        name: name.to_owned(),
        shape: shape.to_vec(),
        synapses: vec![Synapse {
            register,
            decay: Decay::All,
            arrival: Arrival::Sum { shift: 0 },
            order: Order::DecayThenArrive,
            observable: None,
        }],
        membrane: Membrane {
            register,
            decay: Decay::None,
            bias: vec![0; neurons],
            assembly: Assembly::AtOnce,
        },
        fire: Fire {
            threshold: vec![threshold; neurons],
            comparison: Comparison::AtLeast,
            limit: 1 << 31,
            reset: Reset::Subtract,
            floor: Some(vec![-threshold; neurons]),
        },
        aliases: Vec::new(),
    }
}

/// 2 x 34 x 34, three convolutions with pools of 2 x 2 between them.
fn convolutions(numbers: &mut Numbers) -> Network {
    let (sides, channels) = ([34, 17, 8], [2, 16, 16, 8]);
    let mut network = Network { inputs: input(2 * 34 * 34), ..Network::default() };
    for at in 0..3 {
        let window = window(channels[at], channels[at + 1], sides[at]);
        let weights = (0..channels[at] * channels[at + 1] * 9).map(|_| numbers.next(-60, 90));
        let kernel = Map::Window { weights: weights.collect(), window };
        let mut step = match at.checked_sub(1) {
            None => projection(Source::Input(0), 0, kernel, 0, 0),
            Some(before) => {
                let mut step = projection(Source::Population(before), at, kernel, 0, 0);
                step.maps.insert(0, Map::sum(&pool(channels[at], sides[before])));
                step
            }
        };
        step.limit = None;
        network.projections.push(step);
        let shape = [channels[at + 1], sides[at], sides[at]];
        network.populations.push(keeping(&format!("conv {at}"), shape, [200, 2000, 4000][at]));
    }
    network
}

/// Counts that enter.
struct Counts(usize, Vec<i64>);

impl Frames for Counts {
    fn frame(&self, _: usize, step: usize) -> Frame<'_> {
        Frame::I64(&self.1[step * self.0..][..self.0])
    }
}

/// The spikes of the recorded population.
struct Spikes(usize, Vec<i64>);

impl Sink for Spikes {
    fn take(&mut self, _: usize, step: usize, row: Row<'_>) {
        row.write_i64(&mut self.1[step * self.0..][..self.0]);
    }
}

/// The step program of a network on its executor.
fn measure_executed(
    criterion: &mut Criterion,
    name: &str,
    program: &nirkit_step::Program,
    stimulus: &Stimulus,
    steps: usize,
) {
    let Signal::Frames { channels, values, .. } = &stimulus.signals["input"] else { return };
    let counts = Counts(*channels, values.iter().map(|&value| value as i64).collect());
    let probe = program.probes.iter().rev().find(|probe| probe.name.ends_with(":spikes")).unwrap();
    let neurons = program.buffers[probe.buffer.0].len();
    let options = Options { records: vec![probe.buffer], largest: vec![Some(1)], block: None };
    let executor = Executor::new(program, &options).unwrap();
    let run = || {
        let mut spikes = Spikes(neurons, vec![0; steps * neurons]);
        executor.run(&mut executor.start(steps), steps, &counts, &mut spikes).unwrap();
        spikes
    };
    criterion.bench_function(&format!("{name}, step program, T={steps}"), |bencher| {
        bencher.iter(|| black_box(run()));
    });
}

fn measure(criterion: &mut Criterion, name: &str, network: Network, steps: usize, one_in: i64) {
    let stimulus = Numbers(7).stimulus(network.inputs[0].channels, steps, one_in);
    let last = network.populations.last().unwrap().name.clone();
    let request = [Request { node: last, observable: Observable::Spikes }];
    let program = prepare(network).unwrap();
    let run = || record(&program, &stimulus, steps, 1e-3, &request).unwrap();
    let is_spikes = |request: &Request| request.observable == Observable::Spikes;
    let all: Vec<Request> = program.requests().into_iter().filter(is_spikes).collect();
    activity(name, &record(&program, &stimulus, steps, 1e-3, &all).unwrap());
    criterion.bench_function(&format!("{name}, T={steps}"), |bencher| {
        bencher.iter(|| black_box(run()));
    });
    if let Ok(program) = program.step_program(None) {
        measure_executed(criterion, name, &program, &stimulus, steps);
    }
}

/// Says how many of a hundred neurons of each population spike in a step.
fn activity(name: &str, recording: &Recording) {
    for (request, spikes) in &recording.arrays {
        let spikes = spikes.to_i64().unwrap();
        let share = spikes.iter().filter(|&&count| count > 0).count() as f64 / spikes.len() as f64;
        eprintln!("{name}: {:.1} % of {}", 100.0 * share, request.node);
    }
}

/// A network with states in single precision and so large a threshold.
fn mixed(network: Network, threshold: f32) -> mixed::Network {
    let projection = |from: Projection| mixed::Projection {
        source: from.source,
        target: from.target,
        maps: from.maps,
        delay: from.delay.max(1),
    };
    let population = |from: Population| {
        let neurons = from.neurons();
        mixed::Population {
            name: from.name,
            shape: from.shape,
            synapse: Some(vec![0.66; neurons]),
            membrane: vec![0.9; neurons],
            offset: vec![0.0; neurons],
            threshold: vec![threshold; neurons],
            reset: mixed::Reset::Zero,
        }
    };
    mixed::Network {
        inputs: network.inputs,
        populations: network.populations.into_iter().map(population).collect(),
        projections: network.projections.into_iter().map(projection).collect(),
    }
}

fn measure_mixed(
    criterion: &mut Criterion,
    name: &str,
    network: mixed::Network,
    steps: usize,
    one_in: i64,
) {
    let stimulus = Numbers(7).stimulus(network.inputs[0].channels, steps, one_in);
    let last = network.populations.last().unwrap().name.clone();
    let request = [Request { node: last, observable: Observable::Spikes }];
    let program = mixed::prepare(network).unwrap();
    let run = || mixed::record(&program, &stimulus, steps, 1e-3, &request).unwrap();
    let is_spikes = |request: &Request| request.observable == Observable::Spikes;
    let all: Vec<Request> = program.requests().into_iter().filter(is_spikes).collect();
    activity(name, &mixed::record(&program, &stimulus, steps, 1e-3, &all).unwrap());
    criterion.bench_function(&format!("{name}, T={steps}"), |bencher| {
        bencher.iter(|| black_box(run()));
    });
}

fn integer(criterion: &mut Criterion) {
    let mut numbers = Numbers(1);
    let small = recurrent(&mut numbers, 12, 38, 7);
    measure(criterion, "spikes one by one, 12-38-7", small, 256, 10);
    let large = recurrent(&mut numbers, 16, 1000, 8);
    measure(criterion, "spikes one by one, 16-1000-8", large, 100, 10);
    measure(criterion, "sums, 1000-1000-1000", stack(&mut numbers, 2, 1000), 100, 20);
    measure(criterion, "convolutions 2x34x34", convolutions(&mut numbers), 60, 33);
    let stack = mixed(stack(&mut numbers, 2, 1000), THRESHOLD as f32);
    measure_mixed(criterion, "mixed, 1000-1000-1000", stack, 100, 20);
    let small = mixed(recurrent(&mut numbers, 12, 38, 7), 150.0);
    measure_mixed(criterion, "mixed, recurrent, 12-38-7", small, 256, 10);
    let large = mixed(recurrent(&mut numbers, 16, 1000, 8), 150.0);
    measure_mixed(criterion, "mixed, recurrent, 16-1000-8", large, 100, 10);
    let convolved = mixed(convolutions(&mut numbers), 500.0);
    measure_mixed(criterion, "mixed, convolutions 2x34x34", convolved, 60, 33);
}

criterion_group!(benches, integer);
criterion_main!(benches);
