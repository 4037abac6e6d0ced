//! Graphs within graphs.

use nirkit::ir::Primitive;

use super::super::super::case::Level;
use super::super::super::draw::Draw;
use super::super::super::net::{Cell, chain, draft, drawn, graph, input, linear, output, spikes};
use super::super::super::plan::{Plans, Wants};
use super::STEPS;

/// A graph of its own: a matrix and a layer.
fn block(draw: &mut Draw, cell: &Cell) -> Primitive {
    Primitive::Graph(chain(vec![
        ("input", input(&[2])),
        ("fc", linear(drawn(draw, &[2, 2], 0.2, 0.9))),
        ("lif", cell.lif(&[2])),
        ("output", output(&[2])),
    ]))
}

/// Adds the cases.
pub(super) fn nested(plans: &mut Plans) {
    plans.several("nested", 3, Wants::Robust, |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let net = chain(vec![
            ("input", input(&[2])),
            ("block", block(draw, &cell)),
            ("output", output(&[2])),
        ]);
        draft(Level::Graphs, "a graph within the graph", net, spikes(draw, STEPS, &[2], 0.25))
    });
    plans.several("nested_twice", 2, Wants::Any, |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let net = chain(vec![
            ("input", input(&[2])),
            ("a", block(draw, &cell)),
            ("b", block(draw, &cell)),
            ("output", output(&[2])),
        ]);
        draft(
            Level::Graphs,
            "two graphs within the graph, one after the other, with the same names inside",
            net,
            spikes(draw, STEPS, &[2], 0.35),
        )
    });
    plans.several("nested_deep", 2, Wants::Robust, |draw: &mut Draw| {
        let inner = block(draw, &Cell::normal(0.03));
        let middle = Primitive::Graph(chain(vec![
            ("input", input(&[2])),
            ("inner", inner),
            ("output", output(&[2])),
        ]));
        let net = chain(vec![("input", input(&[2])), ("middle", middle), ("output", output(&[2]))]);
        draft(
            Level::Graphs,
            "a graph within a graph within the graph",
            net,
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
    plans.several("nested_recurrent", 3, Wants::Any, |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let block = graph(
            vec![
                ("input", input(&[2])),
                ("lif", cell.lif(&[2])),
                ("w_rec", linear(drawn(draw, &[2, 2], -0.5, 0.2))),
                ("output", output(&[2])),
            ],
            &[("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")],
        );
        let net = chain(vec![
            ("input", input(&[2])),
            ("fc", linear(drawn(draw, &[2, 2], 0.3, 0.9))),
            ("rnn", Primitive::Graph(block)),
            ("output", output(&[2])),
        ]);
        draft(
            Level::Graphs,
            "a recurrent layer as a graph within the graph",
            net,
            spikes(draw, STEPS, &[2], 0.35),
        )
    });
}
