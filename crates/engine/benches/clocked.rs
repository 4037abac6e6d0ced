//! Speed of the clocked engine on two nets that others are measured on: a dense stack and a small
//! recurrent net.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark has no users, and fails by panicking"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use nirkit_engine::clocked::{Dense, Frame, GridInput, Options, Precision, Program, prepare};
use nirkit_ir::primitive::{Affine, CubaLif, Input, Lif, Linear, Output};
use nirkit_ir::{Edge, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_run::{Signal, Stimulus};

/// Numbers in [-1, 1) that look random, from a fixed rule (a 64-bit linear congruence).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
    }

    fn tensor(&mut self, shape: &[usize], offset: f32, spread: f32) -> Tensor {
        let len = shape.iter().product();
        Tensor::new(shape, (0..len).map(|_| offset + spread * self.next()).collect()).unwrap()
    }
}

fn uniform(neurons: usize, value: f32) -> Tensor {
    Tensor::vector(vec![value; neurons])
}

fn shape(channels: usize) -> Tensor {
    Tensor::vector(vec![channels as i64])
}

/// A graph of named primitives in a chain, and further edges.
fn graph(chain: Vec<(&str, Primitive)>, edges: &[(&str, &str)]) -> Graph {
    let mut graph = Graph::default();
    let pairs = chain.windows(2).map(|pair| (pair[0].0, pair[1].0));
    graph.edges = pairs.chain(edges.iter().copied()).map(|(a, b)| Edge::new(a, b)).collect();
    for (name, primitive) in chain {
        graph.nodes.insert(name, Node::new(primitive));
    }
    graph
}

fn lif(neurons: usize) -> Primitive {
    Primitive::Lif(Lif {
        tau: uniform(neurons, 1e-2),
        r: uniform(neurons, 10.0),
        v_leak: uniform(neurons, 0.0),
        v_threshold: uniform(neurons, 1.0),
        v_reset: Some(uniform(neurons, 0.0)),
    })
}

fn cuba_lif(neurons: usize) -> Primitive {
    Primitive::CubaLif(CubaLif {
        tau_syn: uniform(neurons, 2.2e-3),
        tau_mem: uniform(neurons, 1e-2),
        r: uniform(neurons, 10.0),
        v_leak: uniform(neurons, 0.0),
        v_threshold: uniform(neurons, 1.0),
        v_reset: Some(uniform(neurons, 0.0)),
        w_in: Some(uniform(neurons, 2.2)),
    })
}

/// Input 1000, twice a matrix of 1000 by 1000 and 1000 LIF.
fn dense_stack(numbers: &mut Numbers) -> Graph {
    let mut layer =
        || Primitive::Linear(Linear { weight: numbers.tensor(&[1000, 1000], 0.012, 0.08) });
    let chain = vec![
        ("input", Primitive::Input(Input { shape: shape(1000) })),
        ("fc1", layer()),
        ("lif1", lif(1000)),
        ("fc2", layer()),
        ("lif2", lif(1000)),
        ("output", Primitive::Output(Output { shape: shape(1000) })),
    ];
    graph(chain, &[])
}

/// The recurrent net of the Braille task: 12 - 38 with recurrence - 7.
fn recurrent(numbers: &mut Numbers) -> Graph {
    let mut affine = |outputs: usize, inputs: usize, offset| {
        Primitive::Affine(Affine {
            weight: numbers.tensor(&[outputs, inputs], offset, 0.3),
            bias: numbers.tensor(&[outputs], 0.0, 0.05),
        })
    };
    let chain = vec![
        ("input", Primitive::Input(Input { shape: shape(12) })),
        ("fc1", affine(38, 12, 0.1)),
        ("lif1", cuba_lif(38)),
        ("fc2", affine(7, 38, 0.05)),
        ("lif2", cuba_lif(7)),
        ("output", Primitive::Output(Output { shape: shape(7) })),
    ];
    let mut graph = graph(chain, &[("lif1", "w_rec"), ("w_rec", "lif1")]);
    graph.nodes.insert("w_rec", Node::new(affine(38, 38, -0.02)));
    graph
}

fn program(graph: &Graph) -> Program {
    let facts = validate(graph).facts.unwrap();
    let options = Options { precision: Precision::F32, ..Options::new(1e-3) };
    prepare(graph, &facts, &options).unwrap()
}

/// Frames of 0 and 1, with this share of ones.
fn events(numbers: &mut Numbers, len: usize, share: f32) -> Vec<f64> {
    (0..len).map(|_| f64::from(u8::from(numbers.next() < 2.0 * share - 1.0))).collect()
}

fn bench(criterion: &mut Criterion, name: &str, graph: &Graph, share: f32, steps: usize) {
    let program = program(graph);
    let channels = program.inputs()[0].channels();
    for batch in [1, 32] {
        let frames = events(&mut Numbers(7), steps * batch * channels, share);
        let mut feed = |step: usize, _: usize, frame: &mut Frame<'_>| {
            let len = frame.spikes.len();
            frame.spikes.copy_from_slice(&frames[step * len..][..len]);
        };
        criterion.bench_function(&format!("{name}, batch {batch}, step by step"), |bencher| {
            bencher.iter(|| {
                let mut run = program.start(batch);
                run.advance(steps, &mut feed, &mut ());
                black_box(run.steps())
            });
        });
        let values = |sample: usize| {
            let row = |step: usize| &frames[(step * batch + sample) * channels..][..channels];
            (0..steps).flat_map(row).copied().collect()
        };
        let stimulus = |sample: usize| {
            let signal = Signal::Frames { channels, values: values(sample), counts: true };
            Stimulus { signals: [("input".to_owned(), signal)].into() }
        };
        let stimuli: Vec<Stimulus> = (0..batch).map(stimulus).collect();
        let drive = GridInput::new(&program, &stimuli).unwrap();
        criterion.bench_function(&format!("{name}, batch {batch}, in blocks"), |bencher| {
            bencher.iter(|| {
                let mut dense = Dense::new(&program, &[], steps, batch).unwrap();
                let mut run = program.start(batch);
                run.record(steps, &drive, &mut dense, &mut |_| {});
                black_box(run.steps())
            });
        });
    }
}

fn clocked(criterion: &mut Criterion) {
    let mut numbers = Numbers(1);
    bench(criterion, "dense 1000-1000-1000, T=100", &dense_stack(&mut numbers), 0.05, 100);
    bench(criterion, "recurrent 12-38-7, T=256", &recurrent(&mut numbers), 0.1, 256);
}

criterion_group!(benches, clocked);
criterion_main!(benches);
