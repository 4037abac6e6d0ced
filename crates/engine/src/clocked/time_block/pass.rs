//! A pass: one leaf over a number of rows.

use std::ops::Range;

use pulp::Simd;

use super::super::real::Real;
use super::super::simd::Vector;
use super::buffer_pool::BufferPool;
use super::events::Events;
use super::table::Table;

/// A source of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct InputRef {
    /// What the source puts out.
    pub(in super::super) table: Table,
    /// Steps by which it is seen late: 0 or 1.
    pub(in super::super) delay_steps: usize,
}

impl InputRef {
    /// Where the row starts that is seen from a row.
    #[inline]
    pub(in super::super) fn row(self, row: usize) -> usize {
        self.table.row(row - self.delay_steps)
    }
}

/// A leaf with one input and one output over some rows: the rows of its sources are added in their
/// order.
#[derive(Debug)]
pub(in super::super) struct Pass<'a, T> {
    pub(in super::super) buffer_pool: &'a mut BufferPool<T>,
    pub(in super::super) input_refs: &'a [InputRef],
    /// Channels that enter.
    pub(in super::super) inputs: usize,
    /// Whether an input that is not 0 counts as 1.
    pub(in super::super) truth: bool,
    /// Where the output goes.
    pub(in super::super) out: Table,
    pub(in super::super) rows: Range<usize>,
    pub(in super::super) scratch: &'a mut PassScratch<T>,
}

/// Room to work in, kept from pass to pass so that nothing is allocated.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct PassScratch<T> {
    pub(in super::super) events: Events<T>,
    pub(in super::super) input: Vec<T>,
    pub(in super::super) other: Vec<T>,
}

impl<T: Real> Pass<'_, T> {
    /// Lists the inputs that are not 0.
    pub(in super::super) fn collect(&mut self) {
        self.scratch.events.list(self.buffer_pool, self.input_refs, self.rows.clone(), self.inputs);
        if self.truth {
            self.scratch.events.flatten();
        }
    }

    /// The source, if it is the only one and all its marks are 1.
    pub(in super::super) fn flat_tap(&self) -> Option<InputRef> {
        let &[input_ref] = self.input_refs else { return None };
        let is_binary =
            self.truth || self.buffer_pool.uniform_value(input_ref.table) == Some(T::ONE);
        (input_ref.table.has_bitmask() && is_binary).then_some(input_ref)
    }

    /// Whether nothing arrives in a row: then the bias leaves, which is written, unless it stands there
    /// from an earlier block. The events have to be listed.
    pub(in super::super) fn is_bias_only(&mut self, number: usize, bias: &[T]) -> bool {
        let row = self.rows.start + number;
        let is_bias_only = self.scratch.events.places(number).is_empty();
        if is_bias_only && !self.buffer_pool.is_bias_only(self.out, row) {
            let output = self.buffer_pool.row_mut(self.out, row);
            output.fill(T::ZERO);
            for (sum, &bias) in output.iter_mut().zip(bias) {
                *sum += bias;
            }
        }
        self.buffer_pool.set_bias_only(self.out, row, is_bias_only);
        is_bias_only
    }

    /// Says that every row is written anew.
    pub(in super::super) fn rewrite(&mut self) {
        for row in self.rows.clone() {
            self.buffer_pool.set_bias_only(self.out, row, false);
        }
    }

    /// Calls `each` with input and output of every row. The output holds what was there before.
    pub(in super::super) fn each(&mut self, mut each: impl FnMut(&[T], &mut [T])) {
        for row in self.rows.clone() {
            let PassScratch { input, .. } = &mut *self.scratch;
            gather_row(self.buffer_pool, self.input_refs, row, self.inputs, input);
            each(input, self.buffer_pool.row_mut(self.out, row));
        }
    }
}

/// Writes the sum of what the input references see from a row; zeros without any.
pub(in super::super) fn gather_row<T: Real>(
    buffer_pool: &BufferPool<T>,
    input_refs: &[InputRef],
    row: usize,
    width: usize,
    sum: &mut Vec<T>,
) {
    let seen = |input_ref: &InputRef| buffer_pool.row(input_ref.table, row - input_ref.delay_steps);
    sum.clear();
    let Some((first, others)) = input_refs.split_first() else {
        sum.resize(width, T::ZERO);
        return;
    };
    sum.extend_from_slice(seen(first));
    for other in others {
        for (sum, &x) in sum.iter_mut().zip(seen(other)) {
            *sum += x;
        }
    }
}

/// What arrives at the channels from `at` on: the sum of what the input references see from a row.
#[inline(always)]
pub(in super::super) fn gather<S: Simd, T: Real, const W: usize>(
    simd: S,
    buffer_pool: &BufferPool<T>,
    input_refs: &[InputRef],
    row: usize,
    at: usize,
) -> Vector<S, T, W> {
    let Some((first, others)) = input_refs.split_first() else {
        return Vector::splat(simd, T::ZERO);
    };
    let mut sum = buffer_pool.load(simd, first.row(row) + at);
    for other in others {
        sum = sum + buffer_pool.load(simd, other.row(row) + at);
    }
    sum
}
