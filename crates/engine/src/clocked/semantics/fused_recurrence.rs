//! Echoes: a layer that feeds itself through a narrow matrix, the smallest cycle and the most
//! common one. The state of its neurons stays in registers while the steps pass by.

use super::super::real::Real;
use super::super::time_block::{BufferPool, InputRef, Table};
use super::map::Map;

/// The matrix through which a layer feeds itself.
#[derive(Clone, Copy)]
pub(super) struct FusedRecurrence<'a, T> {
    pub(super) map: &'a Map<T>,
    pub(super) input_refs: &'a [InputRef],
    pub(super) out: Table,
    /// Rows by which the matrix is behind the layer: none where it has its turn before the layer takes
    /// its input, those of a step where it comes after the layer.
    pub(super) behind: usize,
    /// The first row that is the matrix's turn.
    pub(super) first: usize,
}

/// What has its turns along with a layer. A trait and no closure, since what is compiled for a vector
/// unit has to be inlined.
pub(super) trait StepHook<T> {
    /// Takes the turn that is due when a layer has put out what it can before it takes its input in a
    /// row.
    fn step(&self, buffer_pool: &mut BufferPool<T>, row: usize);
}

/// Nothing.
pub(super) struct NoHook;

impl<T> StepHook<T> for NoHook {
    #[inline(always)]
    fn step(&self, _: &mut BufferPool<T>, _: usize) {}
}

impl<T: Real> StepHook<T> for FusedRecurrence<'_, T> {
    #[inline(always)]
    fn step(&self, buffer_pool: &mut BufferPool<T>, row: usize) {
        let row = row - self.behind;
        if row >= self.first {
            self.map.step_by_bitmask(buffer_pool, self.input_refs, self.out, row..row + 1);
        }
    }
}
