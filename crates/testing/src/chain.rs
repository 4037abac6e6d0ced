//! Convolution, neurons, pool, a matrix and neurons: the shape of most networks, in sizes at which
//! planners decide differently.

use nirkit_ir::primitive::{
    Affine, Conv2d, CubaLif, Flatten, If, Input, Lif, Linear, Output, SumPool2d,
};
use nirkit_ir::{Edge, Graph, Node, Primitive};
use nirkit_numerics::Tensor;

use crate::recipe::Numbers;

/// Numbers of which some share is not 0.
fn some(numbers: &mut Numbers, shape: &[usize], share: f32) -> Tensor {
    let mut number = || if numbers.draw() < share { numbers.draw() - 0.35 } else { 0.0 };
    let values = (0..shape.iter().product()).map(|_| number()).collect();
    Tensor::new(shape, values).expect("a number for each place")
}

fn uniform(shape: &[usize], value: f32) -> Tensor {
    Tensor::new(shape, vec![value; shape.iter().product()]).expect("a number for each place")
}

fn pair(value: usize) -> Tensor {
    Tensor::vector(vec![value as i64; 2])
}

fn port(shape: &[usize]) -> Tensor {
    Tensor::vector(shape.iter().map(|&len| len as i64).collect())
}

fn neuron(kind: usize, shape: &[usize]) -> Primitive {
    let full = |value| uniform(shape, value);
    match kind {
        0 => Primitive::If(If { r: full(1.0), v_threshold: full(0.8), v_reset: Some(full(0.0)) }),
        1 => Primitive::Lif(Lif {
            tau: full(5.0),
            r: full(5.0),
            v_leak: full(0.0),
            v_threshold: full(0.8),
            v_reset: Some(full(0.0)),
        }),
        _ => Primitive::CubaLif(CubaLif {
            tau_syn: full(2.0),
            tau_mem: full(5.0),
            r: full(5.0),
            v_leak: full(0.0),
            v_threshold: full(0.8),
            v_reset: Some(full(0.0)),
            w_in: Some(full(2.0)),
        }),
    }
}

fn flatten() -> Primitive {
    let [start_dim, end_dim] = [0_i64, -1].map(Tensor::scalar);
    Primitive::Flatten(Flatten { input_type: None, start_dim, end_dim })
}

fn one_after_the_other(chain: Vec<(&str, Primitive)>) -> Graph {
    let edges = chain.windows(2).map(|pair| Edge::new(pair[0].0, pair[1].0)).collect();
    let mut graph = Graph { edges, ..Graph::default() };
    for (name, primitive) in chain {
        graph.nodes.insert(name, Node::new(primitive));
    }
    graph
}

/// A network such as chips take, with time constants in steps: two layers of `CubaLIF` (0), pictures and
/// IF (1), or one neuron behind one weight (2).
pub fn for_chips(numbers: &mut Numbers, kind: usize) -> Graph {
    let input = |shape: &[usize]| ("input", Primitive::Input(Input { shape: port(shape) }));
    let output = |shape: &[usize]| ("output", Primitive::Output(Output { shape: port(shape) }));
    let (width, hidden) = (2 + numbers.below(6), 3 + numbers.below(12));
    let mut linear = |out: usize, into: usize| {
        Primitive::Linear(Linear { weight: some(numbers, &[out, into], 0.8) })
    };
    one_after_the_other(match kind {
        0 => vec![
            input(&[width]),
            ("w1", linear(hidden, width)),
            ("n1", neuron(2, &[hidden])),
            ("w2", linear(3, hidden)),
            ("n2", neuron(2, &[3])),
            output(&[3]),
        ],
        1 => {
            let fc = linear(3, 16);
            let conv = Conv2d {
                input_shape: Some(Tensor::vector(vec![4_i64; 2])),
                weight: some(numbers, &[4, 1, 3, 3], 0.9),
                stride: pair(1),
                padding: nirkit_ir::field::Padding::Amount(pair(1)),
                dilation: pair(1),
                groups: Tensor::scalar(1_i64),
                bias: some(numbers, &[4], 0.0),
            };
            let pool = SumPool2d { kernel_size: pair(2), stride: pair(2), padding: pair(0) };
            vec![
                input(&[1, 4, 4]),
                ("conv", Primitive::Conv2d(conv)),
                ("n1", neuron(0, &[4, 4, 4])),
                ("pool", Primitive::SumPool2d(pool)),
                ("flat", flatten()),
                ("fc", fc),
                ("n2", neuron(0, &[3])),
                output(&[3]),
            ]
        }
        _ => {
            let weight = uniform(&[1, 1], 0.5 + numbers.draw());
            let affine = Affine { weight, bias: uniform(&[1], 0.0) };
            let neuron = ("n1", neuron(1, &[1]));
            vec![input(&[1]), ("w1", Primitive::Affine(affine)), neuron, output(&[1])]
        }
    })
}

/// Convolution, neurons, pool, a matrix and neurons, which may feed themselves through another one.
pub fn network(numbers: &mut Numbers) -> (Graph, usize) {
    let (side, kind) = (4 + numbers.below(5), numbers.below(3));
    // With some numbers of channels, sums can stay side by side.
    let out = [8, 16, 32, 1 + numbers.below(18)][numbers.below(4)];
    // Up to three tiles of a matrix.
    let hidden = 1 + numbers.below(140);
    let share = numbers.draw();
    let pooled = side / 2;
    let flat = out * pooled * pooled;
    let conv = Conv2d {
        input_shape: None,
        weight: some(numbers, &[out, 2, 3, 3], 0.9),
        stride: pair(1),
        padding: nirkit_ir::field::Padding::Amount(pair(1)),
        dilation: pair(1),
        groups: Tensor::scalar(1_i64),
        bias: some(numbers, &[out], 0.5),
    };
    let pool = SumPool2d { kernel_size: pair(2), stride: pair(2), padding: pair(0) };
    let chain = vec![
        ("input", Primitive::Input(Input { shape: port(&[2, side, side]) })),
        ("conv", Primitive::Conv2d(conv)),
        ("n1", neuron(kind, &[out, side, side])),
        ("pool", Primitive::SumPool2d(pool)),
        ("flat", flatten()),
        (
            "fc",
            Primitive::Affine(Affine {
                weight: some(numbers, &[hidden, flat], share),
                bias: some(numbers, &[hidden], 0.5),
            }),
        ),
        ("n2", neuron(kind, &[hidden])),
        ("output", Primitive::Output(Output { shape: port(&[hidden]) })),
    ];
    let mut graph = one_after_the_other(chain);
    if numbers.draw() < 0.5 {
        let weight = some(numbers, &[hidden, hidden], share);
        let bias = some(numbers, &[hidden], 0.5);
        let map = if numbers.draw() < 0.5 {
            Primitive::Affine(Affine { weight, bias })
        } else {
            Primitive::Linear(Linear { weight })
        };
        graph.nodes.insert("rec", Node::new(map));
        graph.edges.extend([Edge::new("n2", "rec"), Edge::new("rec", "n2")]);
    }
    (graph, 2 * side * side)
}

/// A matrix and so many neurons that feed themselves through another one.
pub fn cycle(numbers: &mut Numbers, kind: usize, neurons: usize) -> (Graph, usize) {
    let channels = 5;
    let mut linear = |into: usize| {
        let weight = some(numbers, &[neurons, into], 0.7);
        Node::new(Primitive::Linear(Linear { weight }))
    };
    let (fc, rec) = (linear(channels), linear(neurons));
    let mut graph = Graph::default();
    graph.nodes.insert("input", Node::new(Primitive::Input(Input { shape: port(&[channels]) })));
    graph.nodes.insert("fc", fc);
    graph.nodes.insert("n2", Node::new(neuron(kind, &[neurons])));
    graph.nodes.insert("rec", rec);
    graph.nodes.insert("output", Node::new(Primitive::Output(Output { shape: port(&[neurons]) })));
    let edges = [("input", "fc"), ("fc", "n2"), ("n2", "rec"), ("rec", "n2"), ("n2", "output")];
    graph.edges = edges.map(|(source, target)| Edge::new(source, target)).to_vec();
    (graph, channels)
}
