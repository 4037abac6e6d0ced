//! Buffers in memory: a row of numbers for each step of a block where others look at them, else one row.

use std::ops::Range;

use nirkit_step::BufferId;

use super::layout::Layout;
use super::number::{Lane, List, Stored, each_list};

/// Rows are padded to whole chunks of so many numbers: as many as a loop over vectors takes in a round.
pub(crate) const CHUNK: usize = 64;

/// The length of a row for so many elements.
pub(crate) fn padded(elements: usize) -> usize {
    elements.div_ceil(CHUNK) * CHUNK
}

/// Which steps a buffer keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The last one.
    One,
    /// All of a block, and the last one before it.
    Block,
    /// A ring of steps, and a block of further ones, so that nothing is overwritten before it is read.
    Ring {
        /// Rows of the ring.
        rows: usize,
        /// Elements of a row.
        elements: usize,
    },
}

/// How a buffer lies in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) stored: Stored,
    pub(crate) elements: usize,
    pub(crate) rows: Rows,
    pub(crate) layout: Layout,
}

impl Place {
    /// The length of a row.
    pub(crate) fn width(&self) -> usize {
        match self.rows {
            Rows::Ring { elements, .. } => padded(elements),
            _ => padded(self.elements),
        }
    }

    /// Rows that are kept for blocks of so many steps.
    pub(crate) fn count(&self, block: usize) -> usize {
        match self.rows {
            Rows::One => 1,
            Rows::Block => block + 1,
            Rows::Ring { rows, .. } => rows + block,
        }
    }
}

/// All buffers in a run.
pub(crate) struct Buffers<'a> {
    pub(crate) places: &'a [Place],
    pub(crate) lists: &'a mut [List],
}

impl Buffers<'_> {
    /// Where the numbers after a step of a block begin, or those after the step before it.
    #[inline(always)]
    pub(crate) fn start(&self, buffer: BufferId, previous: bool, step: usize) -> usize {
        let place = &self.places[buffer.0];
        let row = if place.rows == Rows::One { 0 } else { step + 1 - usize::from(previous) };
        row * place.width()
    }

    /// Numbers after a step of a block, or after the step before it.
    #[inline(always)]
    pub(crate) fn row<T: Lane>(&self, buffer: BufferId, previous: bool, step: usize) -> &[T] {
        let start = self.start(buffer, previous, step);
        &T::of(&self.lists[buffer.0])[start..start + self.places[buffer.0].width()]
    }

    /// Where the numbers of a step lie.
    #[inline(always)]
    pub(crate) fn place(&self, buffer: BufferId, step: usize) -> Range<usize> {
        let start = self.start(buffer, false, step);
        start..start + self.places[buffer.0].width()
    }

    /// Takes the numbers out, so that they can be written while others are read.
    #[inline(always)]
    pub(crate) fn take(&mut self, buffer: BufferId) -> List {
        std::mem::take(&mut self.lists[buffer.0])
    }

    #[inline(always)]
    pub(crate) fn put(&mut self, buffer: BufferId, list: List) {
        // What stood there is an empty list, which has nothing to give back.
        std::mem::forget(std::mem::replace(&mut self.lists[buffer.0], list));
    }

    /// Keeps the numbers of the step before.
    pub(crate) fn carry(&mut self, buffer: BufferId, step: usize) {
        if self.places[buffer.0].rows == Rows::Block {
            let to = self.place(buffer, step);
            let from = to.start - to.len()..to.start;
            each_list!(&mut self.lists[buffer.0], list => list.copy_within(from, to.start));
        }
    }

    /// Ends a block of so many steps: its last row is that before the next block.
    pub(crate) fn end_block(&mut self, steps: usize) {
        for (place, list) in self.places.iter().zip(&mut *self.lists) {
            if place.rows == Rows::Block {
                let width = place.width();
                each_list!(list, list => list.copy_within(steps * width..(steps + 1) * width, 0));
            }
        }
    }
}
