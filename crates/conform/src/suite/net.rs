//! Makes the graphs and stimuli of cases.

use std::collections::BTreeMap;

use nirkit::SpikeReading;
use nirkit::ir::primitive::{
    Affine, Conv2d, CubaLi, CubaLif, Flatten, If, Input, Li, Lif, Linear, Output, SumPool2d,
};
use nirkit::ir::{Document, Edge, Graph, Node, Primitive, field::Padding};
use nirkit::numerics::Tensor;

use super::case::Level;
use super::draft::Draft;
use super::draw::Draw;

/// Length of a step in most cases.
pub(crate) const DT: f64 = 1e-3;

/// The numbers of a field: one for all neurons, or one for each.
pub(crate) fn tensor(shape: &[usize], values: Vec<f32>) -> Tensor {
    // Every caller gives a number for each place.
    Tensor::new(shape, values).unwrap_or_else(|_| Tensor::vector(Vec::<f32>::new()))
}

/// One number for all neurons.
pub(crate) fn all(shape: &[usize], value: f32) -> Tensor {
    tensor(shape, vec![value; shape.iter().product()])
}

/// Numbers between two others.
pub(crate) fn drawn(draw: &mut Draw, shape: &[usize], low: f64, high: f64) -> Tensor {
    let count: usize = shape.iter().product();
    tensor(shape, (0..count).map(|_| draw.between(low, high)).collect())
}

fn lengths(shape: &[usize]) -> Tensor {
    Tensor::vector(shape.iter().map(|&len| len as i64).collect())
}

/// An Input of this shape.
pub(crate) fn input(shape: &[usize]) -> Primitive {
    Primitive::Input(Input { shape: lengths(shape) })
}

/// An Output of this shape.
pub(crate) fn output(shape: &[usize]) -> Primitive {
    Primitive::Output(Output { shape: lengths(shape) })
}

/// A matrix.
pub(crate) fn linear(weight: Tensor) -> Primitive {
    Primitive::Linear(Linear { weight })
}

/// A matrix with a bias.
pub(crate) fn affine(weight: Tensor, bias: Tensor) -> Primitive {
    Primitive::Affine(Affine { weight, bias })
}

/// A convolution of a square picture, without groups; stride, padding and dilation are those of both axes.
pub(crate) fn conv2d(
    weight: Tensor,
    bias: Tensor,
    [stride, padding, dilation, side]: [i64; 4],
) -> Primitive {
    Primitive::Conv2d(Conv2d {
        input_shape: Some(Tensor::vector(vec![side; 2])),
        weight,
        stride: Tensor::vector(vec![stride; 2]),
        padding: Padding::Amount(Tensor::vector(vec![padding; 2])),
        dilation: Tensor::vector(vec![dilation; 2]),
        groups: Tensor::scalar(1_i64),
        bias,
    })
}

/// A pool with windows side by side.
pub(crate) fn sum_pool(kernel: [i64; 2], stride: [i64; 2], padding: i64) -> Primitive {
    Primitive::SumPool2d(SumPool2d {
        kernel_size: Tensor::vector(kernel.to_vec()),
        stride: Tensor::vector(stride.to_vec()),
        padding: Tensor::vector(vec![padding; 2]),
    })
}

/// A Flatten of all axes.
pub(crate) fn flatten(shape: &[usize]) -> Primitive {
    Primitive::Flatten(Flatten {
        input_type: Some(lengths(shape)),
        start_dim: Tensor::scalar(0_i64),
        end_dim: Tensor::scalar(-1_i64),
    })
}

/// The numbers of a layer of neurons. A field has one number for all, or one for each neuron.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) tau: Vec<f32>,
    pub(crate) tau_syn: Vec<f32>,
    pub(crate) r: Vec<f32>,
    pub(crate) w_in: Vec<f32>,
    pub(crate) v_leak: Vec<f32>,
    pub(crate) v_threshold: Vec<f32>,
    pub(crate) v_reset: Vec<f32>,
}

impl Cell {
    /// The numbers that most exports have: a spike adds 1, and rest and reset are 0.
    pub(crate) fn normal(tau: f32) -> Self {
        let tau_syn = tau / 2.0;
        Self {
            tau: vec![tau],
            tau_syn: vec![tau_syn],
            r: vec![(f64::from(tau) / DT) as f32],
            w_in: vec![(f64::from(tau_syn) / DT) as f32],
            v_leak: vec![0.0],
            v_threshold: vec![1.0],
            v_reset: vec![0.0],
        }
    }

    /// Numbers of their own for each of several neurons of a kind.
    pub(crate) fn drawn(draw: &mut Draw, kind: &str, neurons: usize) -> Self {
        let mut several = |low: f64, high: f64| -> Vec<f32> {
            (0..neurons).map(|_| draw.between(low, high)).collect()
        };
        // A spike adds about as much to the voltage of each kind.
        let gain = match kind {
            "IF" | "I" => 600.0,
            "CubaLIF" | "CubaLI" => 4.0,
            _ => 25.0,
        };
        Self {
            tau: several(0.015, 0.05),
            tau_syn: several(0.008, 0.02),
            r: several(0.7 * gain, 1.5 * gain),
            w_in: several(8.0, 20.0),
            v_leak: several(-0.2, 0.3),
            v_threshold: several(0.6, 1.4),
            v_reset: several(-0.3, 0.1),
        }
    }

    fn field(values: &[f32], shape: &[usize]) -> Tensor {
        match values {
            [one] => all(shape, *one),
            several => tensor(shape, several.to_vec()),
        }
    }

    /// A layer of LIF.
    pub(crate) fn lif(&self, shape: &[usize]) -> Primitive {
        let field = |values: &[f32]| Self::field(values, shape);
        Primitive::Lif(Lif {
            tau: field(&self.tau),
            r: field(&self.r),
            v_leak: field(&self.v_leak),
            v_threshold: field(&self.v_threshold),
            v_reset: Some(field(&self.v_reset)),
        })
    }

    /// A layer of IF, to which a pulse of one step adds 1 if `r` is that of [`Self::normal`] for a `tau` of 1 s.
    pub(crate) fn integrator(&self, shape: &[usize]) -> Primitive {
        let field = |values: &[f32]| Self::field(values, shape);
        Primitive::If(If {
            r: field(&self.r),
            v_threshold: field(&self.v_threshold),
            v_reset: Some(field(&self.v_reset)),
        })
    }

    /// A layer of `CubaLIF`.
    pub(crate) fn cuba_lif(&self, shape: &[usize]) -> Primitive {
        let field = |values: &[f32]| Self::field(values, shape);
        Primitive::CubaLif(CubaLif {
            tau_syn: field(&self.tau_syn),
            tau_mem: field(&self.tau),
            r: field(&self.r),
            v_leak: field(&self.v_leak),
            v_threshold: field(&self.v_threshold),
            v_reset: Some(field(&self.v_reset)),
            w_in: Some(field(&self.w_in)),
        })
    }

    /// A layer of LI.
    pub(crate) fn li(&self, shape: &[usize]) -> Primitive {
        let field = |values: &[f32]| Self::field(values, shape);
        Primitive::Li(Li { tau: field(&self.tau), r: field(&self.r), v_leak: field(&self.v_leak) })
    }

    /// A layer of `CubaLI`.
    pub(crate) fn cuba_li(&self, shape: &[usize]) -> Primitive {
        let field = |values: &[f32]| Self::field(values, shape);
        Primitive::CubaLi(CubaLi {
            tau_syn: field(&self.tau_syn),
            tau_mem: field(&self.tau),
            r: field(&self.r),
            v_leak: field(&self.v_leak),
            w_in: Some(field(&self.w_in)),
        })
    }

    /// A layer of spiking neurons of a kind.
    pub(crate) fn of_kind(&self, kind: &str, shape: &[usize]) -> Primitive {
        match kind {
            "IF" => self.integrator(shape),
            "CubaLIF" => self.cuba_lif(shape),
            "LI" => self.li(shape),
            "CubaLI" => self.cuba_li(shape),
            _ => self.lif(shape),
        }
    }
}

/// A graph of named nodes and edges.
pub(crate) fn graph(nodes: Vec<(&str, Primitive)>, edges: &[(&str, &str)]) -> Graph {
    let mut graph = Graph::default();
    for (name, primitive) in nodes {
        graph.nodes.insert(name, Node::new(primitive));
    }
    graph.edges = edges.iter().map(|&(source, target)| Edge::new(source, target)).collect();
    graph
}

/// A graph of nodes one after the other.
pub(crate) fn chain(nodes: Vec<(&str, Primitive)>) -> Graph {
    let names: Vec<&str> = nodes.iter().map(|(name, _)| *name).collect();
    let edges: Vec<(&str, &str)> = names.windows(2).map(|pair| (pair[0], pair[1])).collect();
    graph(nodes, &edges)
}

/// Frames of spikes: each channel spikes in a step with this probability.
pub(crate) fn spikes(draw: &mut Draw, steps: usize, shape: &[usize], probability: f64) -> Tensor {
    let channels: usize = shape.iter().product();
    let count = steps * channels;
    // The first step is silent, so that a start from rest can be told from one with input.
    let frame = |at: usize, draw: &mut Draw| u8::from(at >= channels && draw.chance(probability));
    let values: Vec<f32> = (0..count).map(|at| f32::from(frame(at, draw))).collect();
    tensor(&[&[steps], shape].concat(), values)
}

/// Frames of a current that holds for some steps at a time.
pub(crate) fn current(
    draw: &mut Draw,
    steps: usize,
    shape: &[usize],
    low: f64,
    high: f64,
) -> Tensor {
    let channels: usize = shape.iter().product();
    let mut values = vec![0.0; steps * channels];
    for channel in 0..channels {
        let (mut level, mut left) = (0.0, 2);
        for step in 0..steps {
            if left == 0 {
                (level, left) = (draw.between(low, high), 3 + draw.below(8));
            }
            left -= 1;
            values[step * channels + channel] = level;
        }
    }
    tensor(&[&[steps], shape].concat(), values)
}

/// Frames with these numbers in one channel.
pub(crate) fn course(values: &[f32]) -> Tensor {
    tensor(&[values.len(), 1], values.to_vec())
}

/// The draft of a case with one Input that is called `input`.
pub(crate) fn draft(level: Level, asks: &str, graph: Graph, frames: Tensor) -> Draft {
    let steps = frames.shape().first().copied().unwrap_or(0);
    // Spikes of the stimulus are impulses, as those of neurons; a current holds for its step.
    let are_counts = frames.to_f64().is_some_and(|values| values.iter().all(|x| x.fract() == 0.0));
    let spike = if are_counts {
        SpikeReading::Impulse { area: DT }
    } else {
        SpikeReading::Pulse { width: DT }
    };
    Draft {
        name: String::new(),
        level,
        asks: asks.to_owned(),
        graph: Document::of_graph(graph),
        inputs: BTreeMap::from([("input".to_owned(), frames)]),
        dt: DT,
        steps,
        spike,
        refusal: None,
    }
}

/// A layer between Input and Output, behind a matrix.
pub(crate) fn layer(weight: Tensor, neurons: Primitive, outputs: usize) -> Graph {
    let inputs = weight.shape().get(1).copied().unwrap_or(1);
    chain(vec![
        ("input", input(&[inputs])),
        ("fc", linear(weight)),
        ("neurons", neurons),
        ("output", output(&[outputs])),
    ])
}
