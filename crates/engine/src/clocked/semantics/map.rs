//! Nodes without a state under a semantics.

mod build;
mod wide;

use std::ops::Range;

use nirkit_ir::facts::Leaf;
use nirkit_ir::primitive::Primitive;
use nirkit_numerics::Tensor;

use super::super::matrix::Matrix;
use super::super::real::Real;
use super::super::simd::padded;
use super::super::time_block::{BufferPool, InputRef, Pass, Table};
use super::super::window::Windowed;
use super::error::SemanticsError;
use super::values::Semantics;
use build::{biases, convolution, matrix, plain};
use wide::Wide;

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
                    wide.set_bias(&bias);
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
        let has_bitmask = match &self.op {
            Op::Matrix(matrix) => matrix.run_block(pass, &self.bias),
            Op::Window(window) => window.run_block(pass, &self.bias),
            Op::Pool(window, divisor, factor) => {
                let has_bitmask = window.run_block(pass, &[]);
                if *divisor != T::ONE {
                    for row in pass.rows.clone() {
                        for sum in pass.buffer_pool.row_mut(pass.out, row) {
                            *sum = *sum / *divisor * *factor;
                        }
                    }
                }
                has_bitmask && *divisor == T::ONE
            }
            Op::Same | Op::Backward(_) | Op::Wide(_) | Op::Scale(_) | Op::Permute(_) => {
                pass.each(|input, output| self.apply(input, &mut Vec::new(), output));
                false
            }
        };
        if !has_bitmask {
            pass.buffer_pool.fill_bitmasks(pass.out, pass.rows.clone());
        }
    }

    /// Whether a block mostly knows which sums are not 0 without looking at them.
    pub(super) fn makes_bitmask(&self) -> bool {
        matches!(&self.op, Op::Pool(window, ..) if window.is_listed())
    }

    /// Takes the rows of a step, if few registers hold what leaves and a single source spikes; whether
    /// it did.
    #[inline(always)]
    pub(super) fn step_by_bitmask(
        &self,
        buffer_pool: &mut BufferPool<T>,
        input_refs: &[InputRef],
        out: Table,
        rows: Range<usize>,
    ) -> bool {
        match (&self.op, input_refs) {
            (Op::Matrix(matrix), &[input_ref]) if buffer_pool.is_binary(input_ref.table) => {
                matrix.step_by_bitmask(buffer_pool, input_ref, out, rows, &self.padded_bias)
            }
            _ => false,
        }
    }

    /// Whether [`step_by_bitmask`](Self::step_by_bitmask) takes what arrives from these sources.
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
