//! Speed of the exact engine. What is counted are updates: a channel at which something arrives at
//! an instant, or that crosses its threshold.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark has no users, and fails by panicking"
)]

use std::io;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nirkit_exact::{Event, Options, Program, Recorder, prepare};
use nirkit_ir::primitive::{CubaLif, Delay, Input, Lif, Linear, Output, Scale};
use nirkit_ir::{Edge, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_numerics::math::ln;
use nirkit_run::stimulus::Spike;
use nirkit_run::{Signal, SpikeReading, Stimulus};

/// Numbers in [0, 1) that look random, from a fixed rule (a 64-bit linear congruence).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Weights between `low` and `high`, of which the given share is not 0.
    fn weights(
        &mut self,
        rows: usize,
        columns: usize,
        (low, high): (f64, f64),
        share: f64,
    ) -> Tensor {
        let mut weight =
            || if self.next() < share { low + (high - low) * self.next() } else { 0.0 };
        Tensor::new(&[rows, columns], (0..rows * columns).map(|_| weight() as f32).collect())
            .unwrap()
    }

    /// Independent Poisson spikes, `rate` a second in each channel.
    fn spikes(&mut self, channels: usize, rate: f64, seconds: f64) -> Signal {
        let (mut time, mut spikes) = (0.0, Vec::new());
        loop {
            time -= ln(1.0 - self.next()) / (rate * channels as f64);
            if time >= seconds {
                return Signal::Spikes { channels, spikes };
            }
            let channel = (self.next() * channels as f64) as usize;
            spikes.push(Spike { time, channel, value: 1.0 });
        }
    }
}

fn all(channels: usize, value: f64) -> Tensor {
    Tensor::vector(vec![value; channels])
}

fn shape(channels: usize) -> Tensor {
    Tensor::vector(vec![channels as i64])
}

fn lif(channels: usize) -> Primitive {
    Primitive::Lif(Lif {
        tau: all(channels, 0.02),
        r: all(channels, 0.02),
        v_leak: all(channels, 0.0),
        v_threshold: all(channels, 1.0),
        v_reset: None,
    })
}

/// A graph of these nodes in a row, with more edges.
fn graph(nodes: Vec<(&str, Primitive)>, more: &[(&str, &str)]) -> Graph {
    let row = nodes.windows(2).map(|two| Edge::new(two[0].0, two[1].0));
    let edges = row.chain(more.iter().map(|&(from, to)| Edge::new(from, to))).collect();
    Graph { nodes: nodes.into_iter().map(|(name, p)| (name, Node::new(p))).collect(), edges }
}

fn program(graph: &Graph, spike: SpikeReading) -> Program {
    let facts = validate(graph).facts.unwrap();
    prepare(graph, &facts, &Options { spike, ..Options::default() }).unwrap()
}

/// Counts spikes and keeps none.
struct Counter(u64);

impl Recorder for Counter {
    fn spike(&mut self, _: Event) -> io::Result<()> {
        self.0 += 1;
        Ok(())
    }
}

/// Runs a program for a while; gives the number of updates.
fn run(program: &Program, stimulus: &Stimulus, seconds: f64) -> u64 {
    let mut run = program.start(stimulus).unwrap();
    run.advance(seconds, &mut Counter(0)).unwrap();
    run.report().counts.updates
}

fn measure(c: &mut Criterion, id: BenchmarkId, program: &Program, signal: Signal, seconds: f64) {
    let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
    let mut group = c.benchmark_group("exact");
    group.sample_size(10).throughput(Throughput::Elements(run(program, &stimulus, seconds)));
    group.bench_function(id, |b| b.iter(|| run(program, &stimulus, seconds)));
    group.finish();
}

fn input(channels: usize) -> (&'static str, Primitive) {
    ("input", Primitive::Input(Input { shape: shape(channels) }))
}

fn output(channels: usize) -> (&'static str, Primitive) {
    ("output", Primitive::Output(Output { shape: shape(channels) }))
}

/// 1,000 LIF, Poisson impulses of 10 Hz through a full 1,000 x 1,000 Linear.
fn dense(c: &mut Criterion) {
    let mut numbers = Numbers(1);
    let weight = numbers.weights(1000, 1000, (-0.05, 0.06), 1.0);
    let linear = Primitive::Linear(Linear { weight });
    let nodes = vec![input(1000), ("linear", linear), ("lif", lif(1000)), output(1000)];
    let program = program(&graph(nodes, &[]), SpikeReading::Impulse { area: 1.0 });
    let signal = numbers.spikes(1000, 10.0, 0.05);
    measure(c, BenchmarkId::from_parameter("dense_1000"), &program, signal, 0.05);
}

/// 10,000 LIF that spike at about 10 Hz under their own currents and see each other through a Linear
/// of which 1 % is not 0, 1 ms later.
fn recurrent(c: &mut Criterion) {
    const NEURONS: usize = 10_000;
    let mut numbers = Numbers(2);
    let weight = numbers.weights(NEURONS, NEURONS, (-0.02, 0.02), 0.01);
    let delay = Primitive::Delay(Delay { delay: all(NEURONS, 0.001) });
    let nodes = vec![
        input(NEURONS),
        ("lif", lif(NEURONS)),
        ("linear", Primitive::Linear(Linear { weight })),
        ("delay", delay),
    ];
    let more = [("delay", "lif"), ("lif", "output")];
    let mut graph = graph(nodes, &more);
    graph.nodes.insert("output", Node::new(output(NEURONS).1));
    let program = program(&graph, SpikeReading::Impulse { area: 1.0 });
    // `v_leak + r u` between 1.0 and 1.02: an interval of about 5 time constants.
    let values = (0..NEURONS).map(|_| 50.0 + numbers.next()).collect();
    let signal = Signal::Current { channels: NEURONS, breakpoints: vec![0.0], values };
    measure(c, BenchmarkId::from_parameter("recurrent_10000"), &program, signal, 0.15);
}

/// 1,000 `CubaLIF`, Poisson spikes of 10 Hz read as pulses of 1 ms through a full 100 x 1,000 Linear.
fn pulses(c: &mut Criterion) {
    let mut numbers = Numbers(3);
    let weight = numbers.weights(1000, 100, (-0.5, 2.0), 1.0);
    let neuron = Primitive::CubaLif(CubaLif {
        tau_syn: all(1000, 0.005),
        tau_mem: all(1000, 0.02),
        r: all(1000, 1.0),
        v_leak: all(1000, 0.0),
        v_threshold: all(1000, 1.0),
        v_reset: None,
        w_in: Some(all(1000, 3.0)),
    });
    let linear = Primitive::Linear(Linear { weight });
    let nodes = vec![input(100), ("linear", linear), ("neuron", neuron), output(1000)];
    let program = program(&graph(nodes, &[]), SpikeReading::Pulse { width: 1e-3 });
    let signal = numbers.spikes(100, 10.0, 0.1);
    measure(c, BenchmarkId::from_parameter("cuba_pulses_1000"), &program, signal, 0.1);
}

/// The same 100,000 impulses a second spread over more and more LIF: the cost should stay.
fn sparse(c: &mut Criterion) {
    for neurons in [1_000, 10_000, 100_000] {
        let scale = Primitive::Scale(Scale { scale: all(neurons, 0.3) });
        let nodes = vec![input(neurons), ("scale", scale), ("lif", lif(neurons)), output(neurons)];
        let program = program(&graph(nodes, &[]), SpikeReading::Impulse { area: 1.0 });
        let signal = Numbers(4).spikes(neurons, 1e5 / neurons as f64, 1.0);
        measure(c, BenchmarkId::new("one_to_one", neurons), &program, signal, 1.0);
    }
}

criterion_group!(benches, dense, recurrent, pulses, sparse);
criterion_main!(benches);
