//! What enters a run and what leaves it.

use super::layout::Layout;
use super::number::{Lane, List, each_list};

/// What enters an input in a step.
#[derive(Clone, Copy, Debug)]
pub enum Frame<'a> {
    /// Numbers that are rounded to the format of the input.
    F64(&'a [f64]),
    /// Integers.
    I64(&'a [i64]),
}

/// Gives what enters.
pub trait Frames {
    /// Returns what enters an input in a step of the run; what is missing is 0.
    fn frame(&self, input: usize, step: usize) -> Frame<'_>;
}

/// Takes what leaves.
pub trait Sink {
    /// Takes the numbers of a recorded buffer after a step. `record` is its place among those that are recorded.
    fn take(&mut self, record: usize, step: usize, row: Row<'_>);
}

/// The numbers of a buffer after a step.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(super) list: &'a List,
    pub(super) start: usize,
    pub(super) elements: usize,
    pub(super) layout: Layout,
}

impl Row<'_> {
    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.elements
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements == 0
    }

    /// Writes the numbers as doubles; integers beyond 2^53 are rounded.
    pub fn write_f64(&self, to: &mut [f64]) {
        self.write(to);
    }

    /// Writes the numbers in single precision.
    pub fn write_f32(&self, to: &mut [f32]) {
        self.write(to);
    }

    /// Writes the numbers as integers, cut towards zero.
    pub fn write_i64(&self, to: &mut [i64]) {
        self.write(to);
    }

    fn write<B: Lane>(&self, to: &mut [B]) {
        fn write<A: Lane, B: Lane>(from: &[A], to: &mut [B], layout: Layout) {
            if layout == Layout::Plain {
                for (to, &from) in to.iter_mut().zip(from) {
                    *to = from.convert();
                }
            } else {
                for (place, &from) in from.iter().enumerate() {
                    to[layout.channel(place)] = from.convert();
                }
            }
        }
        let range = self.start..self.start + self.elements;
        each_list!(self.list, list => write(&list[range], to, self.layout));
    }
}
