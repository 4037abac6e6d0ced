//! Nodes without a state under a semantics.

use std::ops::Range;

use nirkit_ir::facts::{Leaf, Window};
use nirkit_ir::primitive::Primitive;
use nirkit_numerics::Tensor;

use super::super::matrix::Matrix;
use super::super::parameter::Parameter;
use super::super::real::Real;
use super::super::simd::padded;
use super::super::time_block::{BufferPool, InputRef, Pass, Table};
use super::super::window::Windowed;
use super::error::SemanticsError;
use super::taken;
use super::values::{Axes, Pool, Semantics, Sums};

/// Where a node stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'a> {
    pub(super) leaf: &'a Leaf,
    pub(super) semantics: &'a Semantics,
    /// Whether the node is part of a cycle.
    pub(super) recurrent: bool,
}

impl Site<'_> {
    /// The error for a graph that contradicts its facts.
    pub(super) fn foreign(&self) -> SemanticsError {
        SemanticsError::ForeignFacts { node: self.leaf.name.clone() }
    }

    /// The error for a layer whose neurons differ where a semantics has one number for all.
    pub(super) fn uneven(&self) -> SemanticsError {
        SemanticsError::Uneven { node: self.leaf.name.clone() }
    }

    /// The error for a node that the semantics has no rule for.
    pub(super) fn unknown(&self, kind: &str) -> SemanticsError {
        SemanticsError::NoRule { node: self.leaf.name.clone(), kind: kind.to_owned() }
    }
}

/// What a map does.
#[derive(Debug)]
pub(super) enum Op<T> {
    Same,
    Matrix(Matrix<T>),
    Window(Windowed<T>),
    /// A matrix of the inputs in reverse.
    Backward(Matrix<T>),
    /// A weighted map that adds in double precision and rounds once.
    Wide(Box<Wide>),
    /// Sums over windows, divided by the first number and multiplied by the second.
    Pool(Windowed<T>, T, T),
    Scale(Vec<T>),
    /// Output `n` is input `order[n]`.
    Permute(Vec<usize>),
}

/// A weighted map in double precision.
#[derive(Debug)]
pub(super) struct Wide {
    op: Op<f64>,
    /// The bias of each output; empty without one.
    bias: Vec<f64>,
    shift: Option<Shift>,
}

/// How far the roundings of other numbers can shift a sum.
#[derive(Debug)]
struct Shift {
    /// The map with the magnitudes of the weights.
    magnitudes: Op<f64>,
    /// The shift for a sum of magnitudes of 1; negative for one downwards.
    factor: f64,
}

/// A map, ready to run.
#[derive(Debug)]
pub(super) struct Map<T> {
    pub(super) op: Op<T>,
    /// The bias of each output; empty without one.
    pub(super) bias: Vec<T>,
    /// The same, up to a whole tile.
    padded_bias: Vec<T>,
    /// Whether inputs that are not 0 count as 1.
    pub(super) truth_only: bool,
}

impl Wide {
    /// Writes the sums with their biases, each shifted as far as the roundings of others can.
    fn apply<T: Real>(&self, input: &[T], output: &mut [T]) {
        let mut input: Vec<f64> = input.iter().map(|x| x.wide()).collect();
        let mut sums = vec![0.0; output.len()];
        self.op.apply(&input, &mut sums);
        add_to(&mut sums, &self.bias);
        if let Some(Shift { magnitudes, factor }) = &self.shift {
            for x in &mut input {
                *x = x.abs();
            }
            let mut bounds = vec![0.0; output.len()];
            magnitudes.apply(&input, &mut bounds);
            add_to(&mut bounds, &self.bias.iter().map(|bias| bias.abs()).collect::<Vec<f64>>());
            add_to(&mut sums, &bounds.iter().map(|bound| bound * factor).collect::<Vec<f64>>());
        }
        for (out, sum) in output.iter_mut().zip(sums) {
            *out = T::round(sum);
        }
    }
}

fn add_to(sums: &mut [f64], others: &[f64]) {
    for (sum, other) in sums.iter_mut().zip(others) {
        *sum += other;
    }
}

impl<T: Real> Op<T> {
    /// Writes what leaves, without a bias.
    fn apply(&self, input: &[T], output: &mut [T]) {
        match self {
            Self::Same => output.copy_from_slice(input),
            Self::Matrix(matrix) => matrix.apply(input, output),
            Self::Window(window) => window.apply(input, output),
            Self::Backward(matrix) => {
                let reversed: Vec<T> = input.iter().rev().copied().collect();
                matrix.apply(&reversed, output);
            }
            Self::Wide(wide) => wide.apply(input, output),
            Self::Pool(window, divisor, factor) => {
                window.apply(input, output);
                for sum in output.iter_mut() {
                    *sum = *sum / *divisor * *factor;
                }
            }
            Self::Scale(factors) => {
                for ((out, &x), &factor) in output.iter_mut().zip(input).zip(factors) {
                    *out = x * factor;
                }
            }
            Self::Permute(order) => {
                for (out, &from) in output.iter_mut().zip(order) {
                    *out = input[from];
                }
            }
        }
    }
}

impl<T: Real> Map<T> {
    /// The map of a primitive; `gains` multiply what leaves it, one for each output.
    pub(super) fn new(
        primitive: &Primitive,
        site: &Site<'_>,
        gains: Option<&[f64]>,
    ) -> Result<Self, SemanticsError> {
        let maps = &site.semantics.maps;
        let weighted = |op, bias: Vec<T>| {
            let (op, bias) = match op {
                Op::Wide(mut wide) => {
                    wide.bias = bias.iter().map(|bias| bias.wide()).collect();
                    (Op::Wide(wide), Vec::new())
                }
                op => (op, bias),
            };
            let mut padded_bias = bias.clone();
            padded_bias.resize(padded(bias.len()), T::ZERO);
            Self { op, bias, padded_bias, truth_only: maps.truth_only }
        };
        let bias = |bias: &Tensor| biases(bias, site, gains);
        match primitive {
            Primitive::Affine(p) => {
                let is_used = maps.recurrent_bias || !site.recurrent;
                let bias = if is_used { bias(&p.bias)? } else { Vec::new() };
                Ok(weighted(matrix(&p.weight, site, gains)?, bias))
            }
            Primitive::Linear(p) => Ok(weighted(matrix(&p.weight, site, gains)?, Vec::new())),
            Primitive::Conv1d(p) => {
                let bias = if maps.convolution_bias { bias(&p.bias)? } else { Vec::new() };
                Ok(weighted(convolution(primitive, &p.weight, site, gains)?, bias))
            }
            Primitive::Conv2d(p) => {
                let bias = if maps.convolution_bias { bias(&p.bias)? } else { Vec::new() };
                Ok(weighted(convolution(primitive, &p.weight, site, gains)?, bias))
            }
            other => Ok(Self {
                op: plain(other, site)?,
                bias: Vec::new(),
                padded_bias: Vec::new(),
                truth_only: false,
            }),
        }
    }

    /// The map that hands on what arrives.
    pub(super) fn same() -> Self {
        Self { op: Op::Same, bias: Vec::new(), padded_bias: Vec::new(), truth_only: false }
    }

    /// The map of connections.
    pub(super) fn connected(matrix: Matrix<T>) -> Self {
        Self { op: Op::Matrix(matrix), ..Self::same() }
    }

    /// The map that adds the same numbers in each step.
    pub(super) fn constant(bias: Vec<T>) -> Self {
        let mut padded_bias = bias.clone();
        padded_bias.resize(padded(bias.len()), T::ZERO);
        let op = Op::Matrix(Matrix::listed(bias.len(), bias.len(), &[]));
        Self { op, bias, padded_bias, truth_only: false }
    }

    /// Writes what leaves. `scratch` is overwritten.
    pub(super) fn apply(&self, input: &[T], scratch: &mut Vec<T>, output: &mut [T]) {
        let input = if self.truth_only { truth(input, scratch) } else { input };
        self.op.apply(input, output);
        for (sum, &bias) in output.iter_mut().zip(&self.bias) {
            *sum += bias;
        }
    }
}

impl<T: Real> Map<T> {
    /// Writes what leaves for every row of a pass.
    pub(super) fn run_block(&self, pass: &mut Pass<'_, T>) {
        pass.truth = self.truth_only;
        let is_marked = match &self.op {
            Op::Matrix(matrix) => matrix.run_block(pass, &self.bias),
            Op::Window(window) => window.run_block(pass, &self.bias),
            Op::Pool(window, divisor, factor) => {
                let is_marked = window.run_block(pass, &[]);
                if *divisor != T::ONE {
                    for row in pass.rows.clone() {
                        for sum in pass.buffer_pool.row_mut(pass.out, row) {
                            *sum = *sum / *divisor * *factor;
                        }
                    }
                }
                is_marked && *divisor == T::ONE
            }
            Op::Same | Op::Backward(_) | Op::Wide(_) | Op::Scale(_) | Op::Permute(_) => {
                pass.each(|input, output| self.apply(input, &mut Vec::new(), output));
                false
            }
        };
        if !is_marked {
            pass.buffer_pool.mark_rows(pass.out, pass.rows.clone());
        }
    }

    /// Whether a block mostly knows which sums are not 0 without looking at them.
    pub(super) fn makes_marks(&self) -> bool {
        matches!(&self.op, Op::Pool(window, ..) if window.is_listed())
    }

    /// Takes the rows of a step, if few registers hold what leaves and a single source spikes; whether
    /// it did.
    #[inline(always)]
    pub(super) fn step_marked(
        &self,
        buffer_pool: &mut BufferPool<T>,
        input_refs: &[InputRef],
        out: Table,
        rows: Range<usize>,
    ) -> bool {
        match (&self.op, input_refs) {
            (Op::Matrix(matrix), &[input_ref]) if buffer_pool.is_binary(input_ref.table) => {
                matrix.step_marked(buffer_pool, input_ref, out, rows, &self.padded_bias)
            }
            _ => false,
        }
    }

    /// Whether [`step_marked`](Self::step_marked) takes what arrives from these sources.
    pub(super) fn is_narrow(&self, buffer_pool: &BufferPool<T>, input_refs: &[InputRef]) -> bool {
        match (&self.op, input_refs) {
            (Op::Matrix(matrix), [input_ref]) => {
                buffer_pool.is_binary(input_ref.table) && matrix.is_narrow()
            }
            _ => false,
        }
    }

    /// Whether a block reads only the events of its input.
    pub(super) fn takes_events(&self) -> bool {
        match &self.op {
            Op::Matrix(_) => true,
            Op::Window(window) | Op::Pool(window, ..) => window.takes_events(),
            Op::Same | Op::Backward(_) | Op::Wide(_) | Op::Scale(_) | Op::Permute(_) => false,
        }
    }

    /// The number of tiles in which a block makes sums; 0 where it makes them otherwise.
    pub(super) fn tiles(&self) -> usize {
        if let Op::Matrix(matrix) = &self.op { matrix.tiles() } else { 0 }
    }

    /// Calls `taken` with each tile of the sums of a pass: the channels, and the pass whose output is
    /// this tile.
    pub(super) fn run_tiles(
        &self,
        pass: &mut Pass<'_, T>,
        taken: impl FnMut(Range<usize>, &mut Pass<'_, T>),
    ) {
        pass.truth = self.truth_only;
        if let Op::Matrix(matrix) = &self.op {
            matrix.run_tiles(pass, &self.bias, taken);
        }
    }

    /// Whether a block can leave channels side by side, as those of a convolution; their number.
    pub(super) fn channels_last(&self) -> Option<usize> {
        match &self.op {
            Op::Window(window) => window.channels_last(&self.bias),
            _ => None,
        }
    }

    /// Whether what leaves is what arrives.
    pub(super) fn changes_nothing(&self) -> bool {
        matches!(self.op, Op::Same) && self.bias.is_empty() && !self.truth_only
    }

    /// Bytes of the weights.
    pub(super) fn bytes(&self) -> usize {
        match &self.op {
            Op::Matrix(matrix) | Op::Backward(matrix) => matrix.bytes(),
            Op::Window(window) | Op::Pool(window, ..) => window.bytes(),
            Op::Same | Op::Wide(_) | Op::Scale(_) | Op::Permute(_) => 0,
        }
    }
}

/// 1 where an input is not 0.
fn truth<'a, T: Real>(input: &[T], scratch: &'a mut Vec<T>) -> &'a [T] {
    scratch.clear();
    scratch.extend(input.iter().map(|&x| if x == T::ZERO { T::ZERO } else { T::ONE }));
    scratch
}

/// Maps without weights.
fn plain<T: Real>(primitive: &Primitive, site: &Site<'_>) -> Result<Op<T>, SemanticsError> {
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

fn matrix<T: Real>(
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
            wide(&values, sums, columns, |values| made(shape, values).map(Op::Matrix))
        }
    }
    .ok_or_else(|| site.foreign())
}

fn made<T: Real>(shape: &[usize], values: Vec<T>) -> Option<Matrix<T>> {
    Matrix::new(&Tensor::new(shape, values).ok()?)
}

/// A map with weights in double precision; `terms` products make a sum.
fn wide<T: Real>(
    weights: &[T],
    sums: Sums,
    terms: usize,
    map: impl Fn(Vec<f64>) -> Option<Op<f64>>,
) -> Option<Op<T>> {
    let op = map(weights.iter().map(|weight| weight.wide()).collect())?;
    let sign = match sums {
        Sums::High => Some(1.0),
        Sums::Low => Some(-1.0),
        Sums::Forward | Sums::Backward | Sums::Wide => None,
    };
    let shift = |sign: f64| {
        let magnitudes = map(weights.iter().map(|weight| weight.wide().abs()).collect())?;
        // A product and a bias are rounded as well.
        Some(Shift { magnitudes, factor: sign * (terms + 1) as f64 * T::ROUNDOFF })
    };
    let shift = match sign {
        Some(sign) => Some(shift(sign)?),
        None => None,
    };
    Some(Op::Wide(Box::new(Wide { op, bias: Vec::new(), shift })))
}

fn convolution<T: Real>(
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
            wide(&values, sums, kernel, |values| Windowed::new(&window, values).map(Op::Window))
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
fn biases<T: Real>(
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
