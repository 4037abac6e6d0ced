//! Operations that move numbers: frames that enter, permutations, and rings.

use std::ops::Range;

use nirkit_step::{BufferId, Format};

use super::buffer::{Buffers, Rows};
use super::cell::Load;
use super::frame::{OutOfBounds, enter};
use super::number::{Lane, Stored, each_stored};
use super::port::Frames;

/// An operation that computes nothing.
#[derive(Debug)]
pub(super) enum Move {
    Frame {
        input: usize,
        format: Format,
        to: BufferId,
        /// What may enter, of integers that 32 bits hold.
        bounds: Option<[i64; 2]>,
    },
    /// Element `at` becomes that at `order[at]`, both as they lie.
    Permute {
        from: Load,
        to: BufferId,
        order: Vec<u32>,
    },
    Store {
        from: Load,
        ring: Load,
        rows: usize,
    },
    /// `delays` are as they lie.
    Recall {
        ring: Load,
        to: BufferId,
        delays: Vec<usize>,
        rows: usize,
    },
}

impl Move {
    /// Moves the numbers of some steps of a block, whose first step is number `first` of the run.
    pub(super) fn run(
        &self,
        buffers: &mut Buffers<'_>,
        first: usize,
        steps: Range<usize>,
        block: usize,
        frames: &impl Frames,
    ) -> Result<(), OutOfBounds> {
        for step in steps {
            match self {
                Self::Frame { input, format, to, bounds } => {
                    let frame = frames.frame(*input, first + step);
                    enter(buffers, *to, step, *format, *bounds, frame)?;
                }
                Self::Permute { from, to, order } => {
                    let mut list = buffers.take(*to);
                    let place = buffers.place(*to, step);
                    each_stored!(list.stored(), T => {
                        let row = &mut T::of_mut(&mut list)[place];
                        each_stored!(buffers.places[from.buffer.0].stored, A => {
                            let from = buffers.row::<A>(from.buffer, from.previous, step);
                            for (number, &at) in row.iter_mut().zip(order) {
                                *number = from[at as usize].convert();
                            }
                        });
                    });
                    buffers.put(*to, list);
                }
                Self::Store { from, ring, rows } => {
                    store(buffers, *from, *ring, first, step, *rows, block);
                }
                Self::Recall { ring, to, delays, rows } => {
                    let place = &buffers.places[ring.buffer.0];
                    let (width, is_long) = match place.rows {
                        Rows::Ring { .. } => (place.width(), true),
                        _ => (delays.len(), false),
                    };
                    let count = if is_long { rows + block } else { *rows };
                    let base =
                        if is_long { 0 } else { buffers.start(ring.buffer, ring.previous, step) };
                    let now = first + step;
                    let mut list = buffers.take(*to);
                    let row = buffers.place(*to, step);
                    each_stored!(list.stored(), T => {
                        let row = &mut T::of_mut(&mut list)[row];
                        each_stored!(buffers.places[ring.buffer.0].stored, A => {
                            let ring = &A::of(&buffers.lists[ring.buffer.0])[base..];
                            for (at, (number, &delay)) in row.iter_mut().zip(delays).enumerate() {
                                let row = (now + count - delay) % count;
                                *number = ring[row * width + at].convert();
                            }
                        });
                    });
                    buffers.put(*to, list);
                }
            }
        }
        Ok(())
    }
}

fn store(
    buffers: &mut Buffers<'_>,
    from: Load,
    ring: Load,
    first: usize,
    step: usize,
    rows: usize,
    block: usize,
) {
    if ring.previous {
        buffers.carry(ring.buffer, step);
    }
    let ring = Load { previous: false, ..ring };
    let place = buffers.places[ring.buffer.0];
    let elements = buffers.places[from.buffer.0].elements;
    let (start, width) = match place.rows {
        Rows::Ring { .. } => (0, place.width()),
        _ => (buffers.start(ring.buffer, false, step), elements),
    };
    let count = if matches!(place.rows, Rows::Ring { .. }) { rows + block } else { rows };
    let start = start + (first + step) % count * width;
    let mut list = buffers.take(ring.buffer);
    each_stored!(list.stored(), T => {
        let row = &mut T::of_mut(&mut list)[start..start + elements];
        each_stored!(buffers.places[from.buffer.0].stored, A => {
            let from = buffers.row::<A>(from.buffer, from.previous, step);
            for (number, &from) in row.iter_mut().zip(from) {
                *number = from.convert();
            }
        });
    });
    buffers.put(ring.buffer, list);
}
