//! Maps without a state: convolutions, pools, scales, the order of axes.

use nirkit::ir::Primitive;
use nirkit::ir::field::Padding;
use nirkit::ir::primitive::{AvgPool2d, Conv1d, Conv2d, Flatten, Scale};
use nirkit::numerics::Tensor;

use super::super::case::Level;
use super::super::draft::Draft;
use super::super::draw::Draw;
use super::super::net::{
    Cell, chain, conv2d, draft, drawn, flatten, input, linear, output, spikes, sum_pool,
};
use super::super::plan::{Plans, Wants};

const STEPS: usize = 40;

/// A map before a layer of LIF that leaves the network.
fn mapped(
    draw: &mut Draw,
    map: Primitive,
    (enters, leaves): (&[usize], &[usize]),
    asks: &str,
) -> Draft {
    let cell = Cell::normal(draw.between(0.02, 0.05));
    let graph = chain(vec![
        ("input", input(enters)),
        ("map", map),
        ("lif", cell.lif(leaves)),
        ("output", output(leaves)),
    ]);
    draft(Level::Primitives, asks, graph, spikes(draw, STEPS, enters, 0.2))
}

/// Adds the cases.
pub(in super::super) fn maps(plans: &mut Plans) {
    plans.several("scale", 3, Wants::Robust, |draw: &mut Draw| {
        let scale = Primitive::Scale(Scale { scale: drawn(draw, &[3], 0.2, 0.9) });
        mapped(draw, scale, (&[3], &[3]), "a factor for each channel")
    });
    convolutions(plans);
    pools(plans);
    plans.several("flatten", 3, Wants::Any, |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let graph = chain(vec![
            ("input", input(&[2, 2, 3])),
            ("flatten", flatten(&[2, 2, 3])),
            ("fc", linear(drawn(draw, &[2, 12], -0.3, 0.6))),
            ("lif", cell.lif(&[2])),
            ("output", output(&[2])),
        ]);
        draft(
            Level::Primitives,
            "a Flatten keeps C order: channels, rows, columns",
            graph,
            spikes(draw, STEPS, &[2, 2, 3], 0.1),
        )
    });
    plans.several("flatten_some_axes", 2, Wants::Any, |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let flatten = Primitive::Flatten(Flatten {
            input_type: Some(Tensor::vector(vec![2_i64, 2, 3])),
            start_dim: Tensor::scalar(1_i64),
            end_dim: Tensor::scalar(2_i64),
        });
        let graph = chain(vec![
            ("input", input(&[2, 2, 3])),
            ("lif", Cell { v_threshold: vec![0.6], ..cell }.lif(&[2, 2, 3])),
            ("flatten", flatten),
            ("output", output(&[2, 6])),
        ]);
        draft(
            Level::Primitives,
            "a Flatten of the last two axes keeps the first",
            graph,
            spikes(draw, STEPS, &[2, 2, 3], 0.2),
        )
    });
}

#[expect(clippy::too_many_lines, reason = "a list, an entry after the other")]
fn convolutions(plans: &mut Plans) {
    plans.several("conv2d", 3, Wants::Any, |draw: &mut Draw| {
        let (weight, bias) =
            (drawn(draw, &[2, 1, 3, 3], -0.4, 0.6), drawn(draw, &[2], -0.02, 0.05));
        mapped(
            draw,
            conv2d(weight, bias, [1, 0, 1, 5]),
            (&[1, 5, 5], &[2, 3, 3]),
            "a convolution is a cross-correlation, with a bias for each output channel",
        )
    });
    plans.several("conv2d_padding", 2, Wants::Any, |draw: &mut Draw| {
        let (weight, bias) = (drawn(draw, &[2, 2, 3, 3], -0.3, 0.5), drawn(draw, &[2], 0.0, 0.05));
        mapped(
            draw,
            conv2d(weight, bias, [1, 1, 1, 4]),
            (&[2, 4, 4], &[2, 4, 4]),
            "zeros stand around the picture",
        )
    });
    plans.several("conv2d_stride", 2, Wants::Any, |draw: &mut Draw| {
        let (weight, bias) = (drawn(draw, &[2, 1, 2, 2], -0.3, 0.7), drawn(draw, &[2], 0.0, 0.05));
        mapped(
            draw,
            conv2d(weight, bias, [2, 0, 1, 6]),
            (&[1, 6, 6], &[2, 3, 3]),
            "a stride of two",
        )
    });
    plans.several("conv2d_dilation", 2, Wants::Any, |draw: &mut Draw| {
        let (weight, bias) = (drawn(draw, &[1, 1, 2, 2], -0.3, 0.8), drawn(draw, &[1], 0.0, 0.05));
        mapped(
            draw,
            conv2d(weight, bias, [1, 0, 2, 5]),
            (&[1, 5, 5], &[1, 3, 3]),
            "the elements of the kernel lie two apart",
        )
    });
    plans.several("conv2d_groups", 2, Wants::Any, |draw: &mut Draw| {
        let map = Primitive::Conv2d(Conv2d {
            input_shape: Some(Tensor::vector(vec![3_i64; 2])),
            weight: drawn(draw, &[4, 1, 2, 2], -0.3, 0.7),
            stride: Tensor::vector(vec![1_i64; 2]),
            padding: Padding::Amount(Tensor::vector(vec![0_i64; 2])),
            dilation: Tensor::vector(vec![1_i64; 2]),
            groups: Tensor::scalar(2_i64),
            bias: drawn(draw, &[4], 0.0, 0.05),
        });
        mapped(draw, map, (&[2, 3, 3], &[4, 2, 2]), "two groups of channels do not see each other")
    });
    plans.several("conv2d_uneven", 2, Wants::Any, |draw: &mut Draw| {
        let map = Primitive::Conv2d(Conv2d {
            input_shape: Some(Tensor::vector(vec![4_i64, 5])),
            weight: drawn(draw, &[2, 1, 2, 3], -0.3, 0.7),
            stride: Tensor::vector(vec![1_i64, 2]),
            padding: Padding::Amount(Tensor::vector(vec![0_i64, 1])),
            dilation: Tensor::vector(vec![1_i64; 2]),
            groups: Tensor::scalar(1_i64),
            bias: drawn(draw, &[2], 0.0, 0.05),
        });
        mapped(
            draw,
            map,
            (&[1, 4, 5], &[2, 3, 3]),
            "rows and columns have their own kernel, stride and padding",
        )
    });
    plans.several("conv1d", 3, Wants::Any, |draw: &mut Draw| {
        let map = Primitive::Conv1d(Conv1d {
            input_shape: Some(Tensor::scalar(6_i64)),
            weight: drawn(draw, &[2, 2, 3], -0.3, 0.6),
            stride: Tensor::scalar(1_i64),
            padding: Padding::Amount(Tensor::scalar(draw.below(2) as i64)),
            dilation: Tensor::scalar(1_i64),
            groups: Tensor::scalar(1_i64),
            bias: drawn(draw, &[2], 0.0, 0.05),
        });
        let length = match &map {
            Primitive::Conv1d(conv) => match &conv.padding {
                Padding::Amount(amount) => 4 + 2 * amount.get_f64(0).unwrap_or(0.0) as usize,
                Padding::Rule(_) => 4,
            },
            _ => 4,
        };
        mapped(draw, map, (&[2, 6], &[2, length]), "a convolution along one axis")
    });
}

fn pools(plans: &mut Plans) {
    plans.several("sum_pool", 3, Wants::Any, |draw: &mut Draw| {
        pooled(draw, sum_pool([2, 2], [2, 2], 0), (&[2, 4, 4], &[2, 2, 2]), "a pool adds")
    });
    plans.several("sum_pool_overlap", 2, Wants::Any, |draw: &mut Draw| {
        pooled(
            draw,
            sum_pool([2, 3], [1, 2], 0),
            (&[1, 4, 5], &[1, 3, 2]),
            "windows overlap, and rows and columns differ",
        )
    });
    plans.several("sum_pool_padding", 2, Wants::Any, |draw: &mut Draw| {
        pooled(
            draw,
            sum_pool([2, 2], [2, 2], 1),
            (&[1, 4, 4], &[1, 3, 3]),
            "zeros stand around the picture of a pool",
        )
    });
    plans.several("avg_pool", 3, Wants::Any, |draw: &mut Draw| {
        let padding = draw.below(2) as i64;
        let map = Primitive::AvgPool2d(AvgPool2d {
            kernel_size: Tensor::vector(vec![2_i64; 2]),
            stride: Tensor::vector(vec![2_i64; 2]),
            padding: Tensor::vector(vec![padding; 2]),
        });
        let side = if padding == 0 { 2 } else { 3 };
        pooled(
            draw,
            map,
            (&[1, 4, 4], &[1, side, side]),
            "a pool takes the mean; zeros around the picture count as elements",
        )
    });
}

/// A pool between two layers of neurons.
fn pooled(draw: &mut Draw, map: Primitive, shapes: (&[usize], &[usize]), asks: &str) -> Draft {
    let (enters, leaves) = shapes;
    let (first, second) = (Cell::normal(0.03), Cell::normal(0.03));
    let first = Cell { v_threshold: vec![draw.between(0.3, 0.6)], ..first };
    let second = Cell { v_threshold: vec![draw.between(0.5, 1.5)], ..second };
    let graph = chain(vec![
        ("input", input(enters)),
        ("lif1", first.lif(enters)),
        ("pool", map),
        ("lif2", second.lif(leaves)),
        ("output", output(leaves)),
    ]);
    draft(Level::Primitives, asks, graph, spikes(draw, STEPS, enters, 0.25))
}
