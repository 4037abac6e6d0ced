//! Several nodes: branches, cycles, nesting, ports, pictures.

mod nested;
mod pictures;

use nirkit::ir::{Edge, Graph, Node, Primitive};

use super::super::case::Level;
use super::super::draw::Draw;
use super::super::net::{Cell, affine, chain, draft, drawn, graph, input, linear, output, spikes};
use super::super::plan::{Plans, Wants};
use nested::nested;
use pictures::pictures;

const STEPS: usize = 60;

/// Adds the cases.
pub(in super::super) fn graphs(plans: &mut Plans) {
    for kind in ["LIF", "CubaLIF"] {
        deep(plans, kind);
        cycles(plans, kind);
    }
    branches(plans);
    nested(plans);
    ports(plans);
    pictures(plans);
}

fn weights(draw: &mut Draw, kind: &str, rows: usize, columns: usize) -> nirkit::numerics::Tensor {
    let (low, high) = super::primitives::weights(kind);
    drawn(draw, &[rows, columns], -0.3 * high, 1.1 * high.max(low))
}

fn deep(plans: &mut Plans, kind: &'static str) {
    let name = kind.to_lowercase();
    for layers in [2_usize, 3, 5] {
        plans.several(&format!("{name}_deep_{layers}"), 2, Wants::Any, move |draw: &mut Draw| {
            let cell = Cell::normal(0.03);
            let names: Vec<[String; 2]> =
                (0..layers).map(|at| [format!("fc{at}"), format!("n{at}")]).collect();
            let mut nodes = vec![("input", input(&[3]))];
            let mut width = 3;
            for [fc, neurons] in &names {
                nodes.push((fc, linear(weights(draw, kind, 3, width))));
                nodes.push((neurons, cell.of_kind(kind, &[3])));
                width = 3;
            }
            nodes.push(("output", output(&[3])));
            draft(
                Level::Graphs,
                &format!("{layers} layers; spikes pass all of them in the step of the input"),
                chain(nodes),
                spikes(draw, STEPS, &[3], 0.4),
            )
        });
    }
}

/// A layer that feeds itself.
fn recurrent(draw: &mut Draw, kind: &str, feedback: Primitive) -> Graph {
    let cell = Cell::normal(0.03);
    graph(
        vec![
            ("input", input(&[2])),
            ("fc", linear(weights(draw, kind, 3, 2))),
            ("neurons", cell.of_kind(kind, &[3])),
            ("rec", feedback),
            ("output", output(&[3])),
        ],
        &[
            ("input", "fc"),
            ("fc", "neurons"),
            ("neurons", "rec"),
            ("rec", "neurons"),
            ("neurons", "output"),
        ],
    )
}

fn cycles(plans: &mut Plans, kind: &'static str) {
    let name = kind.to_lowercase();
    let (_, high) = super::primitives::weights(kind);
    plans.several(&format!("{name}_recurrent"), 4, Wants::Any, move |draw: &mut Draw| {
        let feedback = linear(drawn(draw, &[3, 3], -0.6 * high, 0.25 * high));
        let net = recurrent(draw, kind, feedback);
        draft(
            Level::Graphs,
            "a layer feeds itself through a matrix",
            net,
            spikes(draw, STEPS, &[2], 0.35),
        )
    });
    plans.several(&format!("{name}_recurrent_bias"), 3, Wants::Any, move |draw: &mut Draw| {
        let bias = drawn(draw, &[3], 0.02 * high, 0.08 * high);
        let feedback = affine(drawn(draw, &[3, 3], -0.5 * high, 0.2 * high), bias);
        let net = recurrent(draw, kind, feedback);
        draft(
            Level::Graphs,
            "the recurrent weights have a bias, which acts in every step",
            net,
            spikes(draw, STEPS, &[2], 0.3),
        )
    });
    plans.several(&format!("{name}_two_in_a_cycle"), 2, Wants::Any, move |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let net = graph(
            vec![
                ("input", input(&[2])),
                ("fc", linear(weights(draw, kind, 2, 2))),
                ("a", cell.of_kind(kind, &[2])),
                ("ab", linear(weights(draw, kind, 2, 2))),
                ("b", cell.of_kind(kind, &[2])),
                ("ba", linear(drawn(draw, &[2, 2], -0.6 * high, 0.1 * high))),
                ("output", output(&[2])),
            ],
            &[
                ("input", "fc"),
                ("fc", "a"),
                ("a", "ab"),
                ("ab", "b"),
                ("b", "ba"),
                ("ba", "a"),
                ("b", "output"),
            ],
        );
        draft(Level::Graphs, "two layers feed each other", net, spikes(draw, STEPS, &[2], 0.4))
    });
}

#[expect(clippy::too_many_lines, reason = "a list, an entry after the other")]
fn branches(plans: &mut Plans) {
    let cell = Cell::normal(0.03);
    let of = cell.clone();
    plans.several("join", 3, Wants::Robust, move |draw: &mut Draw| {
        let net = graph(
            vec![
                ("input", input(&[2])),
                ("left", linear(drawn(draw, &[2, 2], 0.1, 0.5))),
                ("right", linear(drawn(draw, &[2, 2], -0.2, 0.4))),
                ("lif", of.lif(&[2])),
                ("output", output(&[2])),
            ],
            &[
                ("input", "left"),
                ("input", "right"),
                ("left", "lif"),
                ("right", "lif"),
                ("lif", "output"),
            ],
        );
        draft(
            Level::Graphs,
            "two matrices lead to one layer: their outputs are added",
            net,
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
    let of = cell.clone();
    plans.several("three_join", 2, Wants::Any, move |draw: &mut Draw| {
        let net = graph(
            vec![
                ("input", input(&[2])),
                ("c", linear(drawn(draw, &[2, 2], 0.1, 0.4))),
                ("a", linear(drawn(draw, &[2, 2], -0.2, 0.3))),
                ("b", linear(drawn(draw, &[2, 2], 0.0, 0.3))),
                ("lif", of.lif(&[2])),
                ("output", output(&[2])),
            ],
            &[
                ("input", "c"),
                ("input", "a"),
                ("input", "b"),
                ("c", "lif"),
                ("a", "lif"),
                ("b", "lif"),
                ("lif", "output"),
            ],
        );
        draft(
            Level::Graphs,
            "three matrices lead to one layer",
            net,
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
    let of = cell.clone();
    plans.several("skip", 4, Wants::Any, move |draw: &mut Draw| {
        let net = graph(
            vec![
                ("input", input(&[2])),
                ("fc1", linear(drawn(draw, &[2, 2], 0.3, 0.9))),
                ("lif1", of.lif(&[2])),
                ("fc2", linear(drawn(draw, &[2, 2], 0.2, 0.7))),
                ("skip", linear(drawn(draw, &[2, 2], -0.2, 0.4))),
                ("lif2", of.lif(&[2])),
                ("output", output(&[2])),
            ],
            &[
                ("input", "fc1"),
                ("fc1", "lif1"),
                ("lif1", "fc2"),
                ("fc2", "lif2"),
                ("input", "skip"),
                ("skip", "lif2"),
                ("lif2", "output"),
            ],
        );
        draft(
            Level::Graphs,
            "a branch passes a layer by: both arrive in the same step",
            net,
            spikes(draw, STEPS, &[2], 0.35),
        )
    });
    plans.several("fork", 3, Wants::Any, move |draw: &mut Draw| {
        let net = graph(
            vec![
                ("input", input(&[2])),
                ("fc", linear(drawn(draw, &[2, 2], 0.3, 0.9))),
                ("lif", cell.lif(&[2])),
                ("fast", linear(drawn(draw, &[2, 2], 0.3, 0.8))),
                ("slow", linear(drawn(draw, &[2, 2], 0.1, 0.4))),
                ("li", Cell::normal(0.02).li(&[2])),
                ("last", Cell::normal(0.04).lif(&[2])),
                ("output", output(&[2])),
            ],
            &[
                ("input", "fc"),
                ("fc", "lif"),
                ("lif", "fast"),
                ("lif", "slow"),
                ("slow", "li"),
                ("fast", "last"),
                ("li", "last"),
                ("last", "output"),
            ],
        );
        draft(
            Level::Graphs,
            "a layer leads to two branches that meet again",
            net,
            spikes(draw, STEPS, &[2], 0.4),
        )
    });
}

fn ports(plans: &mut Plans) {
    plans.several("two_inputs", 3, Wants::Robust, |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let net = graph(
            vec![
                ("input", input(&[2])),
                ("second", input(&[1])),
                ("fc", linear(drawn(draw, &[2, 2], 0.2, 0.7))),
                ("fc2", linear(drawn(draw, &[2, 1], -0.3, 0.6))),
                ("lif", cell.lif(&[2])),
                ("output", output(&[2])),
            ],
            &[("input", "fc"), ("second", "fc2"), ("fc", "lif"), ("fc2", "lif"), ("lif", "output")],
        );
        let frames = spikes(draw, STEPS, &[2], 0.25);
        let mut draft = draft(Level::Graphs, "two Inputs", net, frames);
        draft.inputs.insert("second".to_owned(), spikes(draw, STEPS, &[1], 0.25));
        draft
    });
    plans.several("two_outputs", 3, Wants::Any, |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let mut net = chain(vec![
            ("input", input(&[2])),
            ("fc", linear(drawn(draw, &[2, 2], 0.3, 0.9))),
            ("lif1", cell.lif(&[2])),
            ("fc2", linear(drawn(draw, &[1, 2], 0.3, 0.9))),
            ("lif2", cell.lif(&[1])),
            ("output", output(&[1])),
        ]);
        net.nodes.insert("hidden", Node::new(output(&[2])));
        net.edges.push(Edge::new("lif1", "hidden"));
        draft(Level::Graphs, "two Outputs", net, spikes(draw, STEPS, &[2], 0.35))
    });
}
