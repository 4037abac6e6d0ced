//! Networks out of bytes: nearly whatever the bytes, there is a sound network with something to do, so
//! that random bytes come to every way through the planners. Used by tests with random bytes, and by the
//! fuzzer, which looks for bytes that lead somewhere new.

use nirkit_engine::clocked::Options;
use nirkit_ir::field::Padding;
use nirkit_ir::primitive::{
    Affine, AvgPool2d, Conv1d, Conv2d, CubaLi, CubaLif, Delay, Flatten, I, If, Input, Li, Lif,
    Linear, Output, Scale, SumPool2d, Threshold,
};
use nirkit_ir::{Edge, Facts, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_run::stimulus::Spike;
use nirkit_run::{Observable, Request, Signal, Stimulus};

/// Steps of a run.
const STEPS: usize = 9;
/// Samples of a run.
const SAMPLES: usize = 3;
/// Nodes between the Inputs and the Outputs, at most.
const MOST_NODES: usize = 12;
/// Channels that leave a node, at most.
const MOST_CHANNELS: usize = 2048;
/// Time constants in seconds. Some simulators take them for numbers of steps.
const TAUS: [f32; 5] = [2e-3, 5e-3, 1e-3, 2.0, 5.0];

/// A network and what is to be seen of it.
#[derive(Debug)]
pub struct Case {
    /// The network.
    pub graph: Graph,
    /// What follows from it.
    pub facts: Facts,
    /// A stimulus for each sample.
    pub stimuli: Vec<Stimulus>,
    /// Steps of a run.
    pub steps: usize,
    /// What is recorded.
    pub records: Records,
}

/// What is recorded: it decides what has to be kept, and so the way that is taken.
#[derive(Clone, Debug)]
pub enum Records {
    /// All that can be.
    Everything,
    /// The spikes of all nodes.
    Spikes,
    /// What a node puts out.
    SpikesOf(String),
}

impl Records {
    /// Whether a request is among it.
    pub fn wants(&self, request: &Request) -> bool {
        let is_spikes = request.observable == Observable::Spikes;
        match self {
            Self::Everything => true,
            Self::Spikes => is_spikes,
            Self::SpikesOf(node) => is_spikes && request.node == *node,
        }
    }
}

impl Case {
    /// What some bytes stand for, if it is sound.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let records = match bytes.below(3) {
            0 => Records::Everything,
            1 => Records::Spikes,
            _ => Records::SpikesOf(name(bytes.below(MOST_NODES))),
        };
        let graph = network(bytes);
        Self::new(graph, SAMPLES, bytes).map(|case| Self { records, ..case })
    }

    /// A graph with so many stimuli out of some bytes, of which everything is recorded, if it is sound.
    pub fn new(graph: Graph, samples: usize, bytes: &mut Bytes<'_>) -> Option<Self> {
        let facts = validate(&graph).facts?;
        let inputs: Vec<_> = facts
            .inputs(&graph)
            .map(|input| facts.leaf(input))
            .map(|leaf| (leaf.name.as_str(), leaf.outputs()))
            .collect();
        let stimuli = (0..samples).map(|_| stimulus(bytes, &inputs)).collect();
        Some(Self { stimuli, graph, facts, steps: STEPS, records: Records::Everything })
    }
}

/// Bytes that are taken one by one; zeros when none are left.
#[derive(Debug)]
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    /// A whole number below an end, which is at least 1.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.next()) % end
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    /// True once in so many times, more or less.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    fn numbers(&mut self) -> Numbers {
        Numbers(u64::from(self.next()))
    }

    /// Weights, of which some share is not 0.
    fn weights(&mut self, shape: &[usize]) -> Tensor {
        let share = self.pick(&[1.0, 0.5, 0.1, 0.02]);
        let (mean, mut numbers) = (self.pick(&[0.3, 0.5, 0.0]), self.numbers());
        let mut weight = || if numbers.draw() < share { numbers.draw() - mean } else { 0.0 };
        tensor(shape, (0..shape.iter().product()).map(|_| weight()).collect())
    }

    /// A parameter of neurons: mostly the same for all, else different by up to a quarter.
    fn parameter(&mut self, shape: &[usize], number: f32) -> Tensor {
        let neurons = shape.iter().product();
        if self.once_in(4) {
            let mut rest = self.numbers();
            return tensor(
                shape,
                (0..neurons).map(|_| number * (1.0 - rest.draw() / 4.0)).collect(),
            );
        }
        tensor(shape, vec![number; neurons])
    }
}

/// Numbers from 0 to 1 that look random, the same from the same seed.
#[derive(Debug)]
pub struct Numbers(pub u64);

impl Numbers {
    /// The next number.
    pub fn draw(&mut self) -> f32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// A whole number below an end.
    pub fn below(&mut self, end: usize) -> usize {
        (self.draw() * end as f32) as usize
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

fn tensor(shape: &[usize], values: Vec<f32>) -> Tensor {
    Tensor::new(shape, values).expect("a number for each place")
}

fn counts(values: &[usize]) -> Tensor {
    Tensor::vector(values.iter().map(|&value| value as i64).collect())
}

fn count(value: usize) -> Tensor {
    Tensor::scalar(value as i64)
}

fn name(at: usize) -> String {
    format!("n{at}")
}

/// A graph as it grows: what leaves each node has a shape.
#[derive(Debug, Default)]
struct Sketch {
    graph: Graph,
    shapes: Vec<(String, Vec<usize>)>,
}

impl Sketch {
    fn add(&mut self, primitive: Primitive, shape: &[usize]) -> usize {
        // Some importers begin and end at nodes of these names.
        let usual = match &primitive {
            Primitive::Input(_) => Some("input"),
            Primitive::Output(_) => Some("output"),
            _ => None,
        };
        let free = usual.filter(|name| !self.graph.nodes.contains(name));
        let name = free.map_or_else(|| name(self.shapes.len()), str::to_owned);
        self.graph.nodes.insert(name.clone(), Node::new(primitive));
        self.shapes.push((name, shape.to_vec()));
        self.shapes.len() - 1
    }

    fn connect(&mut self, source: usize, target: usize) {
        let [source, target] = [source, target].map(|at| self.shapes[at].0.as_str());
        self.graph.edges.push(Edge::new(source, target));
    }

    fn shape(&self, at: usize) -> &[usize] {
        &self.shapes[at].1
    }
}

/// A network. Some are not sound, and some nobody takes.
pub fn network(bytes: &mut Bytes<'_>) -> Graph {
    let mut sketch = Sketch::default();
    let shape = input_shape(bytes);
    let inputs = if bytes.once_in(6) { 2 } else { 1 };
    for _ in 0..inputs {
        sketch.add(Primitive::Input(Input { shape: counts(&shape) }), &shape);
    }
    for _ in 0..=bytes.below(MOST_NODES) {
        grow(bytes, &mut sketch);
    }
    let last = sketch.shapes.len() - 1;
    while bytes.once_in(3) {
        feed_back(bytes, &mut sketch, inputs);
    }
    if bytes.once_in(4) {
        nest(bytes, &mut sketch, inputs);
    }
    let mut ends = vec![last];
    if bytes.once_in(4) {
        ends.push(bytes.below(last + 1));
    }
    for end in ends {
        let shape = sketch.shape(end).to_vec();
        let output = sketch.add(Primitive::Output(Output { shape: counts(&shape) }), &shape);
        sketch.connect(end, output);
    }
    sketch.graph
}

fn input_shape(bytes: &mut Bytes<'_>) -> Vec<usize> {
    let channels = bytes.pick(&[2, 1, 3, 4, 16]);
    match bytes.below(4) {
        0 => vec![1 + bytes.below(150)],
        1 => vec![channels, 3 + bytes.below(14)],
        _ => vec![channels, 3 + bytes.below(8), 3 + bytes.below(8)],
    }
}

/// Puts a node behind one or more of those that there are.
fn grow(bytes: &mut Bytes<'_>, sketch: &mut Sketch) {
    let nodes = sketch.shapes.len();
    let source = if bytes.once_in(5) { bytes.below(nodes) } else { nodes - 1 };
    let shape = sketch.shape(source).to_vec();
    let Some((primitive, leaving)) = node(bytes, &shape) else { return };
    if leaving.contains(&0) || leaving.iter().product::<usize>() > MOST_CHANNELS {
        return;
    }
    let target = sketch.add(primitive, &leaving);
    sketch.connect(source, target);
    while bytes.once_in(5) {
        let other = bytes.below(nodes);
        if sketch.shape(other) == shape {
            sketch.connect(other, target);
        }
    }
}

/// Leads what leaves a node to an earlier one or to itself, as it is or through a matrix.
fn feed_back(bytes: &mut Bytes<'_>, sketch: &mut Sketch, inputs: usize) {
    let nodes = sketch.shapes.len();
    let source = nodes - 1 - bytes.below(nodes);
    let target = inputs + bytes.below(nodes);
    if target > source || target >= nodes {
        return;
    }
    // What a node takes has the shape of what its source leaves.
    let arrives = sketch.graph.edges.iter().find(|edge| edge.target == sketch.shapes[target].0);
    let Some(arrives) = arrives.map(|edge| edge.source.clone()) else { return };
    let wanted = sketch.shapes.iter().find(|(name, _)| *name == arrives);
    let Some(wanted) = wanted.map(|(_, shape)| shape.clone()) else { return };
    let leaving = sketch.shape(source).to_vec();
    if let ([into], [out]) = (leaving.as_slice(), wanted.as_slice())
        && !bytes.once_in(4)
    {
        let weight = bytes.weights(&[*out, *into]);
        let matrix = if bytes.once_in(3) {
            Primitive::Affine(Affine { weight, bias: bytes.weights(&[*out]) })
        } else {
            Primitive::Linear(Linear { weight })
        };
        let matrix = sketch.add(matrix, &wanted);
        sketch.connect(source, matrix);
        sketch.connect(matrix, target);
    } else if leaving == wanted {
        sketch.connect(source, target);
    }
}

/// Puts a node into a graph of its own.
fn nest(bytes: &mut Bytes<'_>, sketch: &mut Sketch, inputs: usize) {
    let at = inputs + bytes.below(sketch.shapes.len());
    let Some((name, leaving)) = sketch.shapes.get(at) else { return };
    let Some(edge) = sketch.graph.edges.iter().find(|edge| edge.target == *name) else { return };
    let arriving = sketch.shapes.iter().find(|(source, _)| *source == edge.source);
    let Some((_, arriving)) = arriving else { return };
    let input = Primitive::Input(Input { shape: counts(arriving) });
    let output = Primitive::Output(Output { shape: counts(leaving) });
    let Some(node) = sketch.graph.nodes.get_mut(name) else { return };
    let mut inner = Graph::default();
    inner.nodes.insert("input", Node::new(input));
    inner.nodes.insert("body", node.clone());
    inner.nodes.insert("output", Node::new(output));
    inner.edges = vec![Edge::new("input", "body"), Edge::new("body", "output")];
    *node = Node::new(Primitive::Graph(inner));
}

/// A node for what arrives, and the shape of what leaves it.
fn node(bytes: &mut Bytes<'_>, shape: &[usize]) -> Option<(Primitive, Vec<usize>)> {
    let same = |primitive| Some((primitive, shape.to_vec()));
    match (bytes.below(8), shape) {
        (0..=2, _) => same(neuron(bytes, shape)),
        (3, _) => same(elementwise(bytes, shape)),
        (_, &[channels]) => {
            let out = [1 + bytes.below(150), 1 + bytes.below(20)][bytes.below(2)];
            let weight = bytes.weights(&[out, channels]);
            let matrix = if bytes.once_in(2) {
                Primitive::Affine(Affine { weight, bias: bytes.weights(&[out]) })
            } else {
                Primitive::Linear(Linear { weight })
            };
            Some((matrix, vec![out]))
        }
        (4, _) => {
            let flatten = Flatten {
                input_type: None,
                start_dim: Tensor::scalar(0_i64),
                end_dim: Tensor::scalar(-1_i64),
            };
            Some((Primitive::Flatten(flatten), vec![shape.iter().product()]))
        }
        (_, &[channels, length]) => conv1d(bytes, channels, length),
        (5, &[channels, height, width]) => pool(bytes, channels, [height, width]),
        (_, &[channels, height, width]) => conv2d(bytes, channels, [height, width]),
        _ => None,
    }
}

fn neuron(bytes: &mut Bytes<'_>, shape: &[usize]) -> Primitive {
    let [tau, tau_syn] = [bytes.pick(&TAUS), bytes.pick(&TAUS)];
    let kind = bytes.below(8);
    // The gain is 1, or what makes a current of one step matter.
    let gain = bytes.pick(&[1.0, tau, 5.0, 300.0]);
    let mut each = |number| bytes.parameter(shape, number);
    let (tau, tau_syn, r) = (each(tau), each(tau_syn), each(gain));
    let v_threshold = each(0.8);
    let v_leak = if kind == 1 { each(0.1) } else { each(0.0) };
    let v_reset = match bytes.below(3) {
        0 => Some(tensor(shape, vec![0.0; shape.iter().product()])),
        1 => Some(bytes.parameter(shape, -0.1)),
        _ => None,
    };
    let w_in = if bytes.once_in(2) { Some(bytes.parameter(shape, 2.0)) } else { None };
    match kind {
        0 | 1 => Primitive::Lif(Lif { tau, r, v_leak, v_threshold, v_reset }),
        2 | 3 => Primitive::CubaLif(CubaLif {
            tau_syn,
            tau_mem: tau,
            r,
            v_leak,
            v_threshold,
            v_reset,
            w_in,
        }),
        4 => Primitive::If(If { r, v_threshold, v_reset }),
        5 => Primitive::Li(Li { tau, r, v_leak }),
        6 => Primitive::CubaLi(CubaLi { tau_syn, tau_mem: tau, r, v_leak, w_in }),
        _ => Primitive::I(I { r }),
    }
}

fn elementwise(bytes: &mut Bytes<'_>, shape: &[usize]) -> Primitive {
    match bytes.below(3) {
        0 => Primitive::Scale(Scale { scale: bytes.parameter(shape, 0.5) }),
        1 => Primitive::Threshold(Threshold { threshold: bytes.parameter(shape, 0.5) }),
        _ => {
            let (steps, mut numbers) = (bytes.below(4) as f32, bytes.numbers());
            let differ = if bytes.once_in(3) { 2.0 } else { 0.0 };
            let mut delay = || (steps + (numbers.draw() * differ).floor()) * 1e-3;
            let delays = (0..shape.iter().product()).map(|_| delay()).collect();
            Primitive::Delay(Delay { delay: tensor(shape, delays) })
        }
    }
}

/// A window over one axis.
#[derive(Clone, Copy, Debug)]
struct Window {
    kernel: usize,
    stride: usize,
    padding: usize,
    dilation: usize,
}

impl Window {
    fn new(bytes: &mut Bytes<'_>) -> Self {
        let kernel = 1 + bytes.below(4);
        let stride = bytes.pick(&[1, 1, 2, 3]);
        let padding = bytes.below(kernel);
        Self { kernel, stride, padding, dilation: bytes.pick(&[1, 1, 1, 2]) }
    }

    /// The places of a window on so many pixels.
    fn places(self, pixels: usize) -> Option<usize> {
        let reach = self.dilation * (self.kernel - 1) + 1;
        Some((pixels + 2 * self.padding).checked_sub(reach)? / self.stride + 1)
    }
}

/// Output channels for so many that arrive, and into how many groups they fall.
fn channels(bytes: &mut Bytes<'_>, into: usize) -> [usize; 2] {
    let out = [8, 16, 32, 1 + bytes.below(18), into][bytes.below(5)];
    let depthwise = bytes.once_in(5) && out.is_multiple_of(into);
    [out, if depthwise { into } else { 1 }]
}

fn conv1d(bytes: &mut Bytes<'_>, into: usize, length: usize) -> Option<(Primitive, Vec<usize>)> {
    let ([out, groups], window) = (channels(bytes, into), Window::new(bytes));
    let conv = Conv1d {
        input_shape: None,
        weight: bytes.weights(&[out, into / groups, window.kernel]),
        stride: count(window.stride),
        padding: Padding::Amount(count(window.padding)),
        dilation: count(window.dilation),
        groups: count(groups),
        bias: bytes.weights(&[out]),
    };
    Some((Primitive::Conv1d(conv), vec![out, window.places(length)?]))
}

fn conv2d(
    bytes: &mut Bytes<'_>,
    into: usize,
    pixels: [usize; 2],
) -> Option<(Primitive, Vec<usize>)> {
    let [out, groups] = channels(bytes, into);
    let first = Window::new(bytes);
    let [rows, columns] = [first, if bytes.once_in(3) { Window::new(bytes) } else { first }];
    let pair = |of: fn(Window) -> usize| counts(&[of(rows), of(columns)]);
    let conv = Conv2d {
        input_shape: None,
        weight: bytes.weights(&[out, into / groups, rows.kernel, columns.kernel]),
        stride: pair(|window| window.stride),
        padding: Padding::Amount(pair(|window| window.padding)),
        dilation: pair(|window| window.dilation),
        groups: count(groups),
        bias: bytes.weights(&[out]),
    };
    let places = [rows.places(pixels[0])?, columns.places(pixels[1])?];
    Some((Primitive::Conv2d(conv), vec![out, places[0], places[1]]))
}

fn pool(
    bytes: &mut Bytes<'_>,
    channels: usize,
    pixels: [usize; 2],
) -> Option<(Primitive, Vec<usize>)> {
    let mut window = Window { dilation: 1, ..Window::new(bytes) };
    window.padding = window.padding.min(window.kernel / 2);
    let [kernel_size, stride, padding] =
        [window.kernel, window.stride, window.padding].map(|count| counts(&[count, count]));
    let pool = if bytes.once_in(3) {
        Primitive::AvgPool2d(AvgPool2d { kernel_size, stride, padding })
    } else {
        Primitive::SumPool2d(SumPool2d { kernel_size, stride, padding })
    };
    Some((pool, vec![channels, window.places(pixels[0])?, window.places(pixels[1])?]))
}

/// A stimulus for Inputs of these names and numbers of channels, of up to so many steps of a
/// millisecond.
fn stimulus(bytes: &mut Bytes<'_>, inputs: &[(&str, usize)]) -> Stimulus {
    let mut signal = |&(name, channels): &(&str, usize)| (name.to_owned(), signal(bytes, channels));
    Stimulus { signals: inputs.iter().map(&mut signal).collect() }
}

fn signal(bytes: &mut Bytes<'_>, channels: usize) -> Signal {
    let share = bytes.pick(&[0.3, 0.03, 1.0, 0.0]);
    let height = bytes.pick(&[1.0, 1.0, 2.0, 0.7]);
    let frames = if bytes.once_in(4) { bytes.below(STEPS + 1) } else { STEPS };
    let is_spikes = bytes.once_in(4);
    let mut numbers = bytes.numbers();
    let mut frame = || {
        let height = if numbers.draw() < 0.1 { height } else { 1.0 };
        if numbers.draw() < share { height } else { 0.0 }
    };
    let values: Vec<f64> = (0..frames * channels).map(|_| frame()).collect();
    if is_spikes {
        let events = values.iter().enumerate().filter(|(_, value)| **value != 0.0);
        let spike = |(at, &value): (usize, &f64)| Spike {
            time: (at / channels) as f64 * 1e-3,
            channel: at % channels,
            value,
        };
        return Signal::Spikes { channels, spikes: events.map(spike).collect() };
    }
    let counts = values.iter().all(|value| value.fract() == 0.0);
    Signal::Frames { channels, values, counts }
}

/// Options of the clocked engine, with steps of a millisecond.
pub fn options(bytes: &mut Bytes<'_>) -> Options {
    let mut options = Options::new(1e-3);
    for (name, values) in [
        ("precision", ["f32", "f64"].as_slice()),
        ("integrator", &["euler", "exponential"]),
        ("spike", &["pulse:1e-3", "impulse:1e-3", "impulse:1"]),
        ("input", &["same", "next"]),
        ("synapse", &["old", "new"]),
        ("reset", &["v_reset", "zero", "subtract"]),
        ("reset_timing", &["same", "next"]),
        ("comparison", &[">", ">="]),
        ("start", &["rest", "zero"]),
        ("feedback", &["rest", "absent"]),
        ("threshold", &["crossing", "level"]),
    ] {
        options.set(name, bytes.pick(values)).expect("a choice that there is");
    }
    options
}
