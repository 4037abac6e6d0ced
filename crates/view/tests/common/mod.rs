//! Graphs to draw, and what holds of every drawing.
#![allow(dead_code, reason = "each file of tests takes a part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::borrow::Cow;

use nirkit_ir::primitive::{Delay, Input, Lif, Linear, Output};
use nirkit_ir::{Document, Edge, Graph, Node, Primitive};
use nirkit_numerics::Tensor;
use nirkit_view::{Arrow, Block, Label, Layout, Options, text};

/// Shows texts as they are.
pub(crate) fn as_they_are(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

pub(crate) fn options() -> Options {
    Options::new(as_they_are)
}

pub(crate) fn layout(graph: &Graph, options: &Options) -> Layout {
    Layout::of(&Document::of_graph(graph.clone()), options).unwrap()
}

/// Channels of all signals.
const CHANNELS: usize = 3;

/// A node of one of several kinds.
pub(crate) fn node(kind: usize) -> Node {
    let neuron = |value: f64| Tensor::vector(vec![value; CHANNELS]);
    let shape = || Tensor::vector(vec![CHANNELS as i64]);
    Node::new(match kind % 5 {
        0 => Primitive::Linear(Linear {
            weight: Tensor::new(&[CHANNELS, CHANNELS], vec![0.5; CHANNELS * CHANNELS]).unwrap(),
        }),
        1 => Primitive::Lif(Lif {
            tau: neuron(0.01),
            r: neuron(1.0),
            v_leak: neuron(0.0),
            v_threshold: neuron(1.0),
            v_reset: Some(neuron(0.0)),
        }),
        2 => Primitive::Delay(Delay { delay: neuron(0.001) }),
        3 => Primitive::Input(Input { shape: shape() }),
        _ => Primitive::Output(Output { shape: shape() }),
    })
}

/// A graph of nodes of these kinds with these edges, by positions.
pub(crate) fn graph(kinds: &[usize], edges: &[(usize, usize)]) -> Graph {
    let name = |at: usize| format!("n{at}");
    let nodes = kinds.iter().enumerate().map(|(at, &kind)| (name(at), node(kind))).collect();
    let edge = |&(source, target): &(usize, usize)| {
        Edge::new(name(source % kinds.len().max(1)), name(target % kinds.len().max(1)))
    };
    Graph { nodes, edges: edges.iter().map(edge).collect() }
}

/// A chain from an Input to an Output, of neurons behind weights.
pub(crate) fn chain(len: usize) -> Graph {
    let kind = |at: usize| match at {
        0 => 3,
        _ if at + 1 == len => 4,
        _ => (at + 1) % 2,
    };
    let kinds: Vec<usize> = (0..len).map(kind).collect();
    let edges: Vec<(usize, usize)> = (1..len).map(|at| (at - 1, at)).collect();
    graph(&kinds, &edges)
}

/// Numbers that look random, the same on every machine.
pub(crate) fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below.max(1)
    }
}

/// Nodes around a box, from the inside out.
fn around(layout: &Layout, at: usize) -> Vec<usize> {
    std::iter::successors(Some(at), |&at| layout.nodes[at].parent).collect()
}

/// Left, upper, right and lower edge.
type Area = [f64; 4];

fn area(block: &Block) -> Area {
    [block.x, block.y, block.x + block.width, block.y + block.height]
}

fn overlap(a: Area, b: Area) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

fn is_within(inner: Area, outer: Area) -> bool {
    inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
}

fn is_on_outline(point: [f64; 2], block: &Block) -> bool {
    let [left, top, right, bottom] = area(block);
    let [x, y] = point;
    let within = (left..=right).contains(&x) && (top..=bottom).contains(&y);
    within && (x == left || x == right || y == top || y == bottom)
}

/// Boxes that an edge crosses, but for its ends and the nested graphs around them. A curve stays between the places of its ends.
fn crossed(layout: &Layout, arrow: &Arrow) -> usize {
    let mut own = around(layout, arrow.source);
    own.push(arrow.target);
    let pieces: Vec<Area> = arrow
        .points
        .windows(2)
        .map(|pair| {
            let [a, b] = [pair[0], pair[1]];
            [a[0].min(b[0]), a[1].min(b[1]), a[0].max(b[0]), a[1].max(b[1])]
        })
        .collect();
    let crosses = |block: &Block| pieces.iter().any(|&piece| overlap(piece, area(block)));
    let others = layout.nodes.iter().enumerate().filter(|(at, block)| {
        !own.contains(at) && block.parent == layout.nodes[arrow.source].parent
    });
    others.filter(|(_, block)| crosses(block)).count()
}

/// Checks everything that holds of every drawing, and returns how many boxes edges cross.
pub(crate) fn check(layout: &Layout) -> usize {
    let whole = [0.0, 0.0, layout.width, layout.height];
    for (at, block) in layout.nodes.iter().enumerate() {
        let own = area(block);
        assert!(is_within(own, block.parent.map_or(whole, |parent| area(&layout.nodes[parent]))));
        for other in layout.nodes.iter().skip(at + 1).filter(|other| other.parent == block.parent) {
            assert!(!overlap(own, area(other)), "{} and {} overlap", block.name, other.name);
        }
    }
    for (at, label) in layout.labels.iter().enumerate() {
        let of = |label: &Label| [label.x, label.y, label.x + label.width, label.y + label.height];
        let mut others = layout.labels.iter().skip(at + 1);
        assert!(others.all(|other| !overlap(of(label), of(other))), "{label:?}");
        let own = [label.x, label.y, label.x + label.width, label.y + label.height];
        assert!(is_within(own, whole), "{label:?} in {whole:?}");
        let around = around(layout, label.node);
        for (at, block) in layout.nodes.iter().enumerate() {
            let is_around = at != label.node && around.contains(&at);
            assert!(is_around || !overlap(own, area(block)), "{label:?} and {}", block.name);
        }
    }
    for arrow in &layout.edges {
        let ends = (&layout.nodes[arrow.source], &layout.nodes[arrow.target]);
        assert_eq!(ends.0.parent, ends.1.parent);
        assert!(is_on_outline(*arrow.points.first().unwrap(), ends.0), "{arrow:?}");
        assert!(is_on_outline(*arrow.points.last().unwrap(), ends.1), "{arrow:?}");
        for [x, y] in &arrow.points {
            assert!((0.0..=layout.width).contains(x) && (0.0..=layout.height).contains(y));
        }
    }
    assert_eq!(text(layout).lines().next().unwrap().split_whitespace().next(), Some("layer"));
    layout.edges.iter().map(|arrow| crossed(layout, arrow)).sum()
}
