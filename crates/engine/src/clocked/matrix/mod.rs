//! Matrices, stored by source.
//!
//! Each target's sum starts at +0 and takes its sources in ascending order; vector instructions run
//! across targets. A source whose input is 0 is left out, and a matrix that is mostly zero keeps its
//! other weights only. Neither changes a bit: such a source would add +0 or -0, and a sum that
//! starts at +0 never becomes -0 (a sum of two numbers is -0 only if both are), so adding either
//! leaves it as it is. A weight of 0 that meets an infinite input, or NaN, gives NaN, whether the
//! weight is kept or not. A source of 0 is left out whatever its weights are; where a weight is not
//! finite, which happens only when rounding to `f32` overflows, no way is taken that would multiply
//! it by 0.

mod dense;
mod sparse;

use std::ops::Range;

use nirkit_numerics::Tensor;

use self::dense::Dense;
use self::sparse::Sparse;
use super::real::Real;
use super::time_block::{BufferPool, InputRef, Pass, Table};

/// A matrix may have this share of weights other than 0, and no more, to be kept as a list of them.
/// A listed weight takes twice the memory of a dense one and cannot be added by vector instructions.
const SPARSE_SHARE: f64 = 0.1;

/// A linear map from sources to targets.
#[derive(Clone, Debug)]
pub(super) struct Matrix<T> {
    targets: usize,
    rows: Rows<T>,
}

/// The weights of each source.
#[derive(Clone, Debug)]
enum Rows<T> {
    Dense(Dense<T>),
    Sparse(Sparse<T>),
}

impl<T: Real> Matrix<T> {
    /// The matrix of a tensor of shape (targets, sources); `None` for a tensor of another rank or
    /// of complex numbers.
    pub(super) fn new(weight: &Tensor) -> Option<Self> {
        let &[targets, sources] = weight.shape() else { return None };
        // Single precision, in which weights mostly come, is looked at as it stands.
        Some(match weight.as_slice::<f32>() {
            Some(weights) => Self::of(weights, targets, sources),
            None => Self::of(&T::elements(weight)?, targets, sources),
        })
    }

    /// The matrix of numbers of a format that is not wider.
    fn of<U: Real>(weights: &[U], targets: usize, sources: usize) -> Self {
        let nonzero = weights.iter().filter(|&&weight| weight != U::ZERO).count();
        let sparse = nonzero as f64 <= SPARSE_SHARE * weights.len() as f64;
        let rows = if sparse && u32::try_from(targets.max(sources)).is_ok() {
            Rows::Sparse(Sparse::new(weights, targets, sources))
        } else {
            Rows::Dense(Dense::new(weights, targets, sources))
        };
        Self { targets, rows }
    }

    /// A matrix of connections `(source, target, weight)`, ascending; there are no others.
    pub(super) fn listed(sources: usize, targets: usize, weights: &[(usize, u32, T)]) -> Self {
        Self { targets, rows: Rows::Sparse(Sparse::listed(sources, targets, weights)) }
    }

    /// Writes the sums of all targets.
    pub(super) fn apply(&self, input: &[T], output: &mut [T]) {
        let output = &mut output[..self.targets];
        output.fill(T::ZERO);
        match &self.rows {
            Rows::Dense(rows) => rows.add(input, output),
            Rows::Sparse(rows) => rows.add(input, output),
        }
    }

    /// Writes the sums of all targets, and the bias added to them, for every row of a pass; whether
    /// marks are written as well.
    pub(super) fn run_block(&self, pass: &mut Pass<'_, T>, bias: &[T]) -> bool {
        if let (Rows::Dense(rows), Some(input_ref)) = (&self.rows, pass.flat_tap())
            && rows.is_narrow()
        {
            rows.run_by_bitmask(pass, input_ref, bias);
            return false;
        }
        pass.collect();
        match &self.rows {
            Rows::Dense(rows) => {
                rows.run_block(pass, bias);
                false
            }
            Rows::Sparse(rows) => rows.run_block(pass, bias),
        }
    }

    /// Writes rows from the marks of their source, all of which are 1, if few registers hold all
    /// targets; whether it did. `bias` has a number for each of a whole tile of targets, or none.
    #[inline(always)]
    pub(super) fn step_by_bitmask(
        &self,
        buffer_pool: &mut BufferPool<T>,
        input_ref: InputRef,
        out: Table,
        rows: Range<usize>,
        bias: &[T],
    ) -> bool {
        match &self.rows {
            Rows::Dense(matrix) if matrix.is_narrow() => {
                matrix.add_by_bitmask(buffer_pool, input_ref, out, rows, bias);
            }
            _ => return false,
        }
        true
    }

    /// Number of targets.
    pub(super) fn targets(&self) -> usize {
        self.targets
    }

    /// Whether few registers hold all targets.
    pub(super) fn is_narrow(&self) -> bool {
        matches!(&self.rows, Rows::Dense(rows) if rows.is_narrow())
    }

    /// The number of tiles of targets; 0 for a list of weights.
    pub(super) fn tiles(&self) -> usize {
        if let Rows::Dense(rows) = &self.rows { rows.tiles() } else { 0 }
    }

    /// Calls `taken` with each tile of the sums of a pass, bias and all: the targets, and the pass whose
    /// output is this tile.
    pub(super) fn run_tiles(
        &self,
        pass: &mut Pass<'_, T>,
        bias: &[T],
        taken: impl FnMut(Range<usize>, &mut Pass<'_, T>),
    ) {
        pass.collect();
        if let Rows::Dense(rows) = &self.rows {
            rows.run_tiles(pass, bias, taken);
        }
    }

    /// Bytes of the weights.
    pub(super) fn bytes(&self) -> usize {
        match &self.rows {
            Rows::Dense(rows) => rows.bytes(),
            Rows::Sparse(rows) => rows.bytes(),
        }
    }
}

#[cfg(test)]
mod tests;
