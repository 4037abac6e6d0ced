//! Parameters of neurons and channels: one number for all of them, or one for each.

use nirkit_ir::facts::Leaf;
use nirkit_numerics::{Tensor, broadcast};
use pulp::Simd;

use super::error::PrepareError;
use super::real::Real;
use super::simd::{Vector, padded};
use nirkit_ir::facts::WiringError;

/// A field with one number a channel, in double precision.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Parameter {
    /// The same number for every channel.
    Uniform(f64),
    /// One number for each channel, in C order.
    Each(Vec<f64>),
}

impl Parameter {
    /// The values of a field, spread over the shape of a leaf's input.
    pub(super) fn of(
        leaf: &Leaf,
        field: &'static str,
        tensor: &Tensor,
    ) -> Result<Self, PrepareError> {
        let misfit = || WiringError::Parameter {
            node: leaf.name.clone(),
            field,
            found: tensor.shape().to_vec(),
            shape: leaf.input.clone(),
        };
        let values = tensor.to_f64().ok_or_else(misfit)?;
        if let [value] = *values {
            return Ok(Self::Uniform(value));
        }
        let spread = broadcast::spread(&values, tensor.shape(), &leaf.input).ok_or_else(misfit)?;
        Ok(Self::joined(spread))
    }

    /// The values of a field that a file may lack, or its default.
    pub(super) fn or(
        leaf: &Leaf,
        field: &'static str,
        tensor: Option<&Tensor>,
        default: f64,
    ) -> Result<Self, PrepareError> {
        tensor.map_or(Ok(Self::Uniform(default)), |tensor| Self::of(leaf, field, tensor))
    }

    /// One number if all are the same to the bit, so that it is stored and read once.
    fn joined(values: Vec<f64>) -> Self {
        match values.first() {
            Some(first) if values.iter().all(|value| value.to_bits() == first.to_bits()) => {
                Self::Uniform(*first)
            }
            _ => Self::Each(values),
        }
    }

    /// The number of a channel.
    pub(super) fn at(&self, channel: usize) -> f64 {
        match self {
            Self::Uniform(value) => *value,
            Self::Each(values) => values[channel],
        }
    }
}

/// `K` coefficients for each channel, worked out in double precision and then rounded once.
#[derive(Clone, Debug)]
pub(super) enum Columns<T, const K: usize> {
    /// The same for every channel: they stay in registers.
    Uniform([T; K]),
    /// One column a coefficient, with one number a channel; the last is repeated up to a whole
    /// chunk.
    Each([Vec<T>; K]),
}

impl<T: Real, const K: usize> Columns<T, K> {
    /// Coefficients of `channels` channels from parameters.
    pub(super) fn new<const P: usize>(
        channels: usize,
        parameters: [&Parameter; P],
        coefficients: impl Fn([f64; P]) -> [f64; K],
    ) -> Self {
        let at = |channel| coefficients(parameters.map(|p| p.at(channel))).map(T::round);
        if parameters.iter().all(|p| matches!(p, Parameter::Uniform(_))) {
            return Self::Uniform(at(0));
        }
        Self::each(channels, at)
    }

    /// Coefficients of `channels` channels from their numbers.
    pub(super) fn numbered(channels: usize, coefficients: impl Fn(usize) -> [f64; K]) -> Self {
        Self::each(channels, |channel| coefficients(channel).map(T::round))
    }

    fn each(channels: usize, at: impl Fn(usize) -> [T; K]) -> Self {
        let mut columns = std::array::from_fn(|_| Vec::with_capacity(padded(channels)));
        for channel in 0..padded(channels) {
            for (column, value) in columns.iter_mut().zip(at(channel.min(channels - 1))) {
                column.push(value);
            }
        }
        Self::Each(columns)
    }

    /// The coefficients of the channels from one on.
    #[inline(always)]
    pub(super) fn vectors<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
    ) -> [Vector<S, T, W>; K] {
        let mut vectors = [Vector::splat(simd, T::ZERO); K];
        for k in 0..K {
            vectors[k] = match self {
                Self::Uniform(coefficients) => Vector::splat(simd, coefficients[k]),
                Self::Each(columns) => Vector::load(simd, &columns[k], at),
            };
        }
        vectors
    }

    /// Calls `visit` with each of the first `channels` channels and its coefficients.
    ///
    /// It is inlined, and the columns are cut to the length of the loop, so that a body over slices
    /// of the same length becomes vector instructions.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the loop is vectorised only together with its body")]
    pub(super) fn visit(&self, channels: usize, mut visit: impl FnMut(usize, [T; K])) {
        match self {
            Self::Uniform(coefficients) => {
                for channel in 0..channels {
                    visit(channel, *coefficients);
                }
            }
            Self::Each(columns) => {
                let columns = columns.each_ref().map(|column| &column[..channels]);
                for channel in 0..channels {
                    visit(channel, columns.map(|column| column[channel]));
                }
            }
        }
    }
}
