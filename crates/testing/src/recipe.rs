//! Networks out of bytes: nearly whatever the bytes, there is a sound network with something to do, so
//! that random bytes come to every way through the planners. Used by tests with random bytes, and by the
//! fuzzer, which looks for bytes that lead somewhere new.

mod bytes;
mod node;
mod stimulus;

use nirkit_engine::clocked::Options;
use nirkit_ir::primitive::{Affine, Input, Linear, Output};
use nirkit_ir::{Edge, Facts, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, Stimulus};
use node::node;
use stimulus::stimulus;

pub use bytes::{Bytes, Numbers};

/// Steps of a run.
const STEPS: usize = 9;
/// Samples of a run.
const SAMPLES: usize = 3;
/// Nodes between the Inputs and the Outputs, at most.
const MOST_NODES: usize = 12;
/// Channels that leave a node, at most.
const MOST_CHANNELS: usize = 2048;
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

fn counts(values: &[usize]) -> Tensor {
    Tensor::vector(values.iter().map(|&value| value as i64).collect())
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
