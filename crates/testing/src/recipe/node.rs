//! Nodes for what arrives: neurons, matrices, convolutions, pools.

use nirkit_ir::Primitive;
use nirkit_ir::field::Padding;
use nirkit_ir::primitive::{
    Affine, AvgPool2d, Conv1d, Conv2d, CubaLi, CubaLif, Delay, Flatten, I, If, Li, Lif, Linear,
    Scale, SumPool2d, Threshold,
};
use nirkit_numerics::Tensor;

use super::bytes::{Bytes, tensor};
use super::counts;

/// Time constants in seconds. Some simulators take them for numbers of steps.
const TAUS: [f32; 5] = [2e-3, 5e-3, 1e-3, 2.0, 5.0];

fn count(value: usize) -> Tensor {
    Tensor::scalar(value as i64)
}

/// A node for what arrives, and the shape of what leaves it.
pub(super) fn node(bytes: &mut Bytes<'_>, shape: &[usize]) -> Option<(Primitive, Vec<usize>)> {
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
