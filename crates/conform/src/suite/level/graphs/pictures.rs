//! Convolutions, pools and Flattens in a network of several layers.

use nirkit::ir::Document;

use super::super::super::case::Level;
use super::super::super::draft::Draft;
use super::super::super::draw::Draw;
use super::super::super::net::{
    Cell, chain, conv2d, draft, drawn, flatten, input, linear, output, spikes, sum_pool,
};
use super::super::super::plan::{Plans, Wants};

/// A small network for pictures.
fn picture(draw: &mut Draw, cell: &Cell, pooled: bool) -> Draft {
    let conv =
        conv2d(drawn(draw, &[2, 1, 3, 3], -0.4, 0.7), drawn(draw, &[2], 0.0, 0.05), [1, 0, 1, 6]);
    let mut nodes =
        vec![("input", input(&[1, 6, 6])), ("conv", conv), ("lif1", cell.lif(&[2, 4, 4]))];
    let (shape, length) = if pooled { ([2, 2, 2], 8) } else { ([2, 4, 4], 32) };
    if pooled {
        nodes.push(("pool", sum_pool([2, 2], [2, 2], 0)));
    }
    nodes.push(("flat", flatten(&shape)));
    nodes.push(("fc", linear(drawn(draw, &[3, length], -0.3, 0.45))));
    nodes.push(("lif2", cell.lif(&[3])));
    nodes.push(("output", output(&[3])));
    let asks = if pooled {
        "a convolution, a pool, a Flatten and a matrix"
    } else {
        "a convolution, a Flatten and a matrix: the weights follow C order, channels first"
    };
    draft(Level::Graphs, asks, chain(nodes), spikes(draw, 40, &[1, 6, 6], 0.15))
}

/// Adds the cases.
pub(super) fn pictures(plans: &mut Plans) {
    plans.several("picture", 3, Wants::Any, |draw: &mut Draw| {
        picture(draw, &Cell::normal(0.03), false)
    });
    plans.several("picture_pool", 3, Wants::Any, |draw: &mut Draw| {
        picture(draw, &Cell::normal(0.03), true)
    });
    plans.several("picture_out", 2, Wants::Any, |draw: &mut Draw| {
        let conv = conv2d(
            drawn(draw, &[2, 1, 2, 2], -0.3, 0.8),
            drawn(draw, &[2], 0.0, 0.05),
            [1, 0, 1, 4],
        );
        let net = chain(vec![
            ("input", input(&[1, 4, 4])),
            ("conv", conv),
            ("lif", Cell::normal(0.03).lif(&[2, 3, 3])),
            ("output", output(&[2, 3, 3])),
        ]);
        let drafted = draft(
            Level::Graphs,
            "a picture leaves the network with its axes",
            net,
            spikes(draw, 40, &[1, 4, 4], 0.2),
        );
        Draft { graph: Document { left_out: Vec::new(), ..drafted.graph.clone() }, ..drafted }
    });
}
