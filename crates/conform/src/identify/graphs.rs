//! Probes of what lies between neurons: maps, the order in which nodes run, cycles, and kinds that may be unknown.

use nirkit::ir::field::Padding;
use nirkit::ir::primitive::{AvgPool2d, Conv1d, Conv2d, Delay, I, Scale, Threshold};
use nirkit::ir::{Edge, Graph, Node, Primitive};
use nirkit::numerics::Tensor;
use nirkit_engine::clocked::semantics::Slot;

use super::layer::{Taste, neuron};
use super::probe::Probe;
use crate::suite::Draw;
use crate::suite::net::{
    Cell, affine, all, chain, conv2d, drawn, flatten, graph, input, linear, output, spikes,
    sum_pool,
};

/// A spiking neuron that is known, and the parameters that it is taken with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) slot: Slot,
    pub(super) taste: Taste,
}

const DT: f64 = 1e-3;
const STEPS: usize = 16;

impl Known {
    fn layer(self, draw: &mut Draw, shape: &[usize]) -> Primitive {
        neuron(draw, self.slot, Taste { each: false, short: false, ..self.taste }, DT, shape)
    }
}

fn probe(graph: Graph, frames: Tensor, about: &str, number: u64) -> Option<Probe> {
    Probe::new(graph, frames, DT, format!("{about}, draw {number}"))
}

/// A size of weights, so that some of the draws drive a neuron of whatever gain.
fn size(draw: &mut Draw) -> f64 {
    draw.pick(&[0.05, 0.3, 1.0, 3.0, 20.0])
}

/// A picture that passes a convolution, a pool or a Flatten.
pub(super) fn picture(known: Known, number: u64) -> Option<Probe> {
    let mut draw = Draw::of_name(&format!("picture{known:?}"), number);
    let draw = &mut draw;
    let size = size(draw);
    let (low, high) = (-0.4 * size, size);
    let enters = [2, 4, 4];
    let (nodes, leaves, about): (Vec<(&str, Primitive)>, Vec<usize>, &str) = match number % 6 {
        0 => (
            vec![(
                "map",
                conv2d(
                    drawn(draw, &[2, 2, 3, 3], low, high),
                    drawn(draw, &[2], -0.2 * size, 0.3 * size),
                    [1, 0, 1, 4],
                ),
            )],
            vec![2, 2, 2],
            "a convolution with a bias",
        ),
        1 => (
            vec![(
                "map",
                conv2d(drawn(draw, &[2, 2, 2, 2], low, high), all(&[2], 0.0), [1, 0, 2, 4]),
            )],
            vec![2, 2, 2],
            "a convolution with a dilation",
        ),
        2 => (
            vec![(
                "map",
                conv2d(drawn(draw, &[2, 2, 3, 3], low, high), all(&[2], 0.0), [1, 1, 1, 4]),
            )],
            vec![2, 4, 4],
            "a convolution with a padding",
        ),
        3 => {
            let layer = known.layer(draw, &enters);
            (
                vec![
                    (
                        "scale",
                        conv2d(
                            drawn(draw, &[2, 2, 1, 1], 0.1 * size, high),
                            all(&[2], 0.0),
                            [1, 0, 1, 4],
                        ),
                    ),
                    ("first", layer),
                    ("map", sum_pool([2, 2], [2, 2], 0)),
                ],
                vec![2, 2, 2],
                "a pool",
            )
        }
        4 => (
            vec![
                (
                    "scale",
                    conv2d(drawn(draw, &[2, 2, 1, 1], low, high), all(&[2], 0.0), [1, 0, 1, 4]),
                ),
                ("map", sum_pool([3, 3], [1, 1], 1)),
            ],
            vec![2, 4, 4],
            "a pool with a padding",
        ),
        _ => (
            vec![("map", flatten(&enters)), ("fc", linear(drawn(draw, &[3, 32], low, high)))],
            vec![3],
            "a Flatten",
        ),
    };
    let mut all_nodes = vec![("input", input(&enters))];
    all_nodes.extend(nodes);
    all_nodes.push(("n", known.layer(draw, &leaves)));
    all_nodes.push(("output", output(&leaves)));
    probe(chain(all_nodes), spikes(draw, STEPS, &enters, 0.3), about, number)
}

/// A graph with a cycle or a branch, its edges in some order.
#[expect(clippy::too_many_lines, reason = "a list, an entry after the other")]
pub(super) fn wiring(known: Known, number: u64) -> Option<Probe> {
    let mut draw = Draw::of_name(&format!("wiring{known:?}"), number);
    let draw = &mut draw;
    let size = size(draw);
    let weights = |draw: &mut Draw, rows, columns| drawn(draw, &[rows, columns], -0.3 * size, size);
    let back = |draw: &mut Draw| drawn(draw, &[2, 2], -0.6 * size, 0.6 * size);
    let (first, second) = (known.layer(draw, &[2]), known.layer(draw, &[2]));
    let (mut net, about) = match number % 7 {
        0 => {
            let rec = linear(back(draw));
            (recurrent(weights(draw, 2, 2), first, rec), "a layer that feeds itself")
        }
        1 => {
            let rec = affine(back(draw), drawn(draw, &[2], 0.1 * size, 0.5 * size));
            (recurrent(weights(draw, 2, 2), first, rec), "a layer that feeds itself with a bias")
        }
        2 => (
            graph(
                vec![
                    ("input", input(&[2])),
                    ("fc", linear(weights(draw, 2, 2))),
                    ("b", first),
                    ("ab", linear(weights(draw, 2, 2))),
                    ("a", second),
                    ("ba", linear(back(draw))),
                    ("output", output(&[2])),
                ],
                &[
                    ("input", "fc"),
                    ("fc", "b"),
                    ("b", "ab"),
                    ("ab", "a"),
                    ("a", "ba"),
                    ("ba", "b"),
                    ("a", "output"),
                ],
            ),
            "two layers that feed each other",
        ),
        3 => (
            graph(
                vec![
                    ("input", input(&[2])),
                    ("z", linear(weights(draw, 2, 2))),
                    ("y", linear(weights(draw, 2, 2))),
                    ("n", first),
                    ("output", output(&[2])),
                ],
                &[("input", "z"), ("input", "y"), ("z", "n"), ("y", "n"), ("n", "output")],
            ),
            "two branches that meet",
        ),
        5 | 6 => {
            let bias = if number % 7 == 5 {
                None
            } else {
                Some(drawn(draw, &[2], 0.1 * size, 0.5 * size))
            };
            let back = back(draw);
            let rec = bias.map_or_else(|| linear(back.clone()), |bias| affine(back.clone(), bias));
            let block = graph(
                vec![
                    ("input", input(&[2])),
                    ("n", first),
                    ("w_rec", rec),
                    ("output", output(&[2])),
                ],
                &[("input", "n"), ("n", "w_rec"), ("w_rec", "n"), ("n", "output")],
            );
            let fc = linear(weights(draw, 2, 2));
            let nodes = vec![
                ("input", input(&[2])),
                ("fc", fc),
                ("rnn", Primitive::Graph(block)),
                ("output", output(&[2])),
            ];
            (chain(nodes), "a recurrent layer as a graph within the graph")
        }
        _ => (
            graph(
                vec![
                    ("input", input(&[2])),
                    ("z", linear(weights(draw, 2, 2))),
                    ("n", first),
                    ("fc", linear(weights(draw, 2, 2))),
                    ("a", linear(weights(draw, 2, 2))),
                    ("last", second),
                    ("output", output(&[2])),
                ],
                &[
                    ("input", "z"),
                    ("z", "n"),
                    ("n", "fc"),
                    ("fc", "last"),
                    ("input", "a"),
                    ("a", "last"),
                    ("last", "output"),
                ],
            ),
            "a branch that passes a layer by",
        ),
    };
    // Some importers follow the order of the list.
    if number % 2 == 1 {
        let edges = net.edges.len();
        for at in (1..edges).rev() {
            net.edges.swap(at, draw.below(at + 1));
        }
    }
    probe(net, spikes(draw, STEPS, &[2], 0.5), about, number)
}

fn recurrent(weights: Tensor, neurons: Primitive, rec: Primitive) -> Graph {
    let mut graph = chain(vec![
        ("input", input(&[2])),
        ("fc", linear(weights)),
        ("n", neurons),
        ("output", output(&[2])),
    ]);
    graph.nodes.insert("w_rec", Node::new(rec));
    graph.edges.extend([Edge::new("n", "w_rec"), Edge::new("w_rec", "n")]);
    graph
}

/// The kinds that a probe can ask for.
pub(super) const KINDS: [&str; 17] = [
    "Affine",
    "Linear",
    "Scale",
    "Conv1d",
    "Conv2d",
    "SumPool2d",
    "AvgPool2d",
    "Flatten",
    "Delay",
    "Threshold",
    "I",
    "LI",
    "CubaLI",
    "IF",
    "LIF",
    "CubaLIF",
    "NIRGraph",
];

/// A node of a kind before a layer that is known; several sizes of what arrives.
pub(super) fn kind(known: Known, kind: &str, number: u64) -> Option<Probe> {
    let mut draw = Draw::of_name(&format!("kind{kind}"), number);
    let draw = &mut draw;
    let size = [1.0, 20.0, 0.1][number as usize % 3];
    let pair = |value: i64| Tensor::vector(vec![value; 2]);
    let cell = Cell { r: vec![1.0], w_in: vec![1.0], ..Cell::normal(0.01) };
    let picture: &[usize] = &[1, 4, 4];
    let (enters, map, leaves): (&[usize], Primitive, Vec<usize>) = match kind {
        "Affine" => (&[2], affine(drawn(draw, &[2, 2], 0.2, size), all(&[2], 0.0)), vec![2]),
        "Linear" => (&[2], linear(drawn(draw, &[2, 2], 0.2, size)), vec![2]),
        "Scale" => (&[2], Primitive::Scale(Scale { scale: drawn(draw, &[2], 0.2, size) }), vec![2]),
        "Delay" => (&[2], Primitive::Delay(Delay { delay: all(&[2], 0.002) }), vec![2]),
        "Threshold" => {
            (&[2], Primitive::Threshold(Threshold { threshold: all(&[2], 0.5) }), vec![2])
        }
        "I" => (&[2], Primitive::I(I { r: all(&[2], 1.0) }), vec![2]),
        "LI" | "CubaLI" | "IF" | "LIF" | "CubaLIF" => (&[2], cell.of_kind(kind, &[2]), vec![2]),
        "Conv1d" => {
            let map = Conv1d {
                input_shape: Some(Tensor::scalar(4_i64)),
                weight: drawn(draw, &[1, 1, 2], 0.2, size),
                stride: Tensor::scalar(1_i64),
                padding: Padding::Amount(Tensor::scalar(0_i64)),
                dilation: Tensor::scalar(1_i64),
                groups: Tensor::scalar(1_i64),
                bias: all(&[1], 0.0),
            };
            (&[1, 4], Primitive::Conv1d(map), vec![1, 3])
        }
        "Conv2d" => {
            let map = Conv2d {
                input_shape: Some(pair(4)),
                weight: drawn(draw, &[1, 1, 2, 2], 0.2, size),
                stride: pair(1),
                padding: Padding::Amount(pair(0)),
                dilation: pair(1),
                groups: Tensor::scalar(1_i64),
                bias: all(&[1], 0.0),
            };
            (picture, Primitive::Conv2d(map), vec![1, 3, 3])
        }
        "SumPool2d" => (picture, sum_pool([2, 2], [2, 2], 0), vec![1, 2, 2]),
        "AvgPool2d" => {
            let map = AvgPool2d { kernel_size: pair(2), stride: pair(2), padding: pair(0) };
            (picture, Primitive::AvgPool2d(map), vec![1, 2, 2])
        }
        "Flatten" => (picture, flatten(picture), vec![16]),
        _ => {
            let block = chain(vec![
                ("input", input(&[2])),
                ("fc", linear(drawn(draw, &[2, 2], 0.2, size))),
                ("output", output(&[2])),
            ]);
            (&[2], Primitive::Graph(block), vec![2])
        }
    };
    let mut nodes = vec![("input", input(enters)), ("map", map)];
    // Where nothing weights what arrives, the stimulus has the size.
    nodes.push(("n", known.layer(draw, &leaves)));
    nodes.push(("output", output(&leaves)));
    let frames = spikes(draw, STEPS, enters, 0.6);
    let values: Vec<f32> = frames.to_f32()?.iter().map(|&x| x * size as f32).collect();
    let frames = Tensor::new(frames.shape(), values).ok()?;
    probe(chain(nodes), frames, &format!("a node of the kind {kind}"), number)
}
