//! The operations of maps, made from the primitives of a graph: their weights, biases, gains and windows.

use nirkit_ir::facts::Window;
use nirkit_ir::primitive::Primitive;
use nirkit_numerics::Tensor;

use super::super::error::SemanticsError;
use super::super::taken;
use super::super::values::{Axes, Pool, Sums};
use super::wide::Wide;
use super::{Op, Site};
use crate::clocked::matrix::Matrix;
use crate::clocked::parameter::Parameter;
use crate::clocked::real::Real;
use crate::clocked::window::Windowed;

/// Maps without weights.
pub(super) fn plain<T: Real>(
    primitive: &Primitive,
    site: &Site<'_>,
) -> Result<Op<T>, SemanticsError> {
    let window = || {
        let window = taken::window(primitive, site)?;
        Windowed::sum(&window).ok_or_else(|| site.foreign())
    };
    let area = |window: &Windowed<T>| T::round(window.area() as f64);
    match primitive {
        Primitive::Input(_) | Primitive::Output(_) => Ok(Op::Same),
        Primitive::Flatten(_) => Ok(flatten(site)),
        Primitive::SumPool2d(_) => {
            let window = window()?;
            let area = match site.semantics.maps.pool {
                Pool::Sum => T::ONE,
                Pool::MeanTimesArea => area(&window),
            };
            Ok(Op::Pool(window, area, area))
        }
        Primitive::AvgPool2d(_) => {
            let window = window()?;
            let area = area(&window);
            Ok(Op::Pool(window, area, T::ONE))
        }
        Primitive::Scale(p) => {
            let scale = Parameter::of(site.leaf, "scale", &p.scale)?;
            Ok(Op::Scale((0..site.leaf.inputs()).map(|n| T::round(scale.at(n))).collect()))
        }
        other => Err(site.unknown(other.kind())),
    }
}

/// Flatten: nothing moves, unless the semantics takes the channels last.
fn flatten<T>(site: &Site<'_>) -> Op<T> {
    match (site.semantics.maps.flatten, site.leaf.input.as_slice()) {
        (Axes::ChannelsLast, &[channels, height, width]) => {
            let pixel = |pixel| (0..channels).map(move |channel| channel * height * width + pixel);
            Op::Permute((0..height * width).flat_map(pixel).collect())
        }
        _ => Op::Same,
    }
}

/// The map of a matrix of weights.
pub(super) fn matrix<T: Real>(
    weight: &Tensor,
    site: &Site<'_>,
    gains: Option<&[f64]>,
) -> Result<Op<T>, SemanticsError> {
    let columns = weight.shape().last().copied().unwrap_or(1).max(1);
    let mut values = weights::<T>(weight, site, |at| gains.map(|gains| gains[at / columns]))?;
    let sums = site.semantics.maps.sums;
    if sums == Sums::Backward {
        values.chunks_exact_mut(columns).for_each(<[T]>::reverse);
    }
    let shape = weight.shape();
    match sums {
        Sums::Forward => made(shape, values).map(Op::Matrix),
        Sums::Backward => made(shape, values).map(Op::Backward),
        Sums::Wide | Sums::High | Sums::Low => {
            Wide::of(&values, sums, columns, |values| made(shape, values).map(Op::Matrix))
        }
    }
    .ok_or_else(|| site.foreign())
}

/// The matrix of weights of a shape; `None` where they are not as many.
fn made<T: Real>(shape: &[usize], values: Vec<T>) -> Option<Matrix<T>> {
    Matrix::new(&Tensor::new(shape, values).ok()?)
}

/// The map of a convolution.
pub(super) fn convolution<T: Real>(
    primitive: &Primitive,
    weight: &Tensor,
    site: &Site<'_>,
    gains: Option<&[f64]>,
) -> Result<Op<T>, SemanticsError> {
    let window = taken::window(primitive, site)?;
    let [outputs, kernel] = [window.channels_out, weight.len() / window.channels_out.max(1)];
    let per_channel = gains.map(|gains| channel_gains(gains, outputs, site)).transpose()?;
    let gain = |at: usize| per_channel.as_ref().map(|gains| gains[at / kernel.max(1)]);
    let values = weights::<T>(weight, site, gain)?;
    let sums = site.semantics.maps.sums;
    match sums {
        Sums::Forward => Windowed::new(&window, values).map(Op::Window),
        Sums::Backward | Sums::Wide | Sums::High | Sums::Low => {
            Wide::of(&values, sums, kernel, |values| Windowed::new(&window, values).map(Op::Window))
        }
    }
    .ok_or_else(|| site.foreign())
}

/// One gain for each output channel; neurons of a channel have to agree.
fn channel_gains(
    gains: &[f64],
    channels: usize,
    site: &Site<'_>,
) -> Result<Vec<f64>, SemanticsError> {
    let planes = gains.chunks(gains.len() / channels.max(1));
    planes
        .map(|plane| {
            let agree = plane.iter().all(|gain| gain.to_bits() == plane[0].to_bits());
            if agree { Ok(plane[0]) } else { Err(site.uneven()) }
        })
        .collect()
}

/// The weights in the numbers of the run, with their gains and on the grid of the semantics.
fn weights<T: Real>(
    weight: &Tensor,
    site: &Site<'_>,
    gain: impl Fn(usize) -> Option<f64>,
) -> Result<Vec<T>, SemanticsError> {
    let mut values = T::elements(weight).ok_or_else(|| site.foreign())?.into_owned();
    for (at, value) in values.iter_mut().enumerate() {
        if let Some(gain) = gain(at) {
            *value = *value * T::round(gain);
        }
        if let Some(grid) = site.semantics.maps.recurrent_grid.filter(|_| site.recurrent) {
            *value = T::round(grid.nearest(value.wide()));
        }
    }
    Ok(values)
}

/// The bias of each output, with its gain.
pub(super) fn biases<T: Real>(
    bias: &Tensor,
    site: &Site<'_>,
    gains: Option<&[f64]>,
) -> Result<Vec<T>, SemanticsError> {
    let values = T::elements(bias).ok_or_else(|| site.foreign())?;
    let outputs = site.leaf.outputs();
    // One number is added to every output.
    let plane = match &site.leaf.window {
        _ if bias.rank() == 0 => outputs,
        window => window.as_ref().map_or(1, plane),
    };
    if values.len() * plane != outputs {
        return Err(site.foreign());
    }
    let gain = |at: usize| gains.map_or(T::ONE, |gains| T::round(gains[at]));
    let biases: Vec<T> = (0..outputs).map(|at| values[at / plane] * gain(at)).collect();
    // Nothing changes by a bias of 0, since no sum is -0.
    let acts = biases.iter().any(|&bias| bias != T::ZERO);
    Ok(if acts { biases } else { Vec::new() })
}

/// Outputs of one channel.
fn plane(window: &Window) -> usize {
    window.output.iter().product::<usize>().max(1)
}
