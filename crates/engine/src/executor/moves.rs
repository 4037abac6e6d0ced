//! Operations that move numbers: frames that enter, permutations, and rings.

use std::ops::Range;

use nirkit_step::{BufferId, Format};

use super::buffer::{Buffers, Rows};
use super::cell::Load;
use super::number::{Lane, Stored, each_stored};
use super::port::{Frame, Frames};

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

/// A number enters that is beyond what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number enters that is beyond the promised bounds")]
pub struct OutOfBounds;

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
                    let base = if is_long { 0 } else { ring_start(buffers, *ring, step) };
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

/// Where a ring begins that lies like any other buffer.
fn ring_start(buffers: &Buffers<'_>, ring: Load, step: usize) -> usize {
    let place = &buffers.places[ring.buffer.0];
    let row = if place.rows == Rows::One { 0 } else { step + 1 - usize::from(ring.previous) };
    row * place.width()
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
        _ => (ring_start(buffers, ring, step), elements),
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

/// Writes a frame; what is missing is 0.
fn enter(
    buffers: &mut Buffers<'_>,
    to: BufferId,
    step: usize,
    format: Format,
    bounds: Option<[i64; 2]>,
    frame: Frame<'_>,
) -> Result<(), OutOfBounds> {
    let place = buffers.places[to.0];
    let row = buffers.place(to, step).start;
    let list = &mut buffers.lists[to.0];
    match frame {
        Frame::F64(numbers) => each_stored!(place.stored, T => {
            let row = &mut T::of_mut(list)[row..];
            for at in 0..place.elements {
                let number = numbers.get(at).copied().unwrap_or(0.0);
                let held = match (format, bounds) {
                    (Format::F32, _) => f64::from(number as f32).convert(),
                    (Format::F64, _) => number.convert(),
                    (Format::I64, None) => i64::from_f64(number).convert(),
                    (Format::I64, Some(bounds)) => within(i64::from_f64(number), bounds)?.convert(),
                };
                row[place.layout.place(at)] = held;
            }
        }),
        Frame::I64(numbers) => each_stored!(place.stored, T => {
            let row = &mut T::of_mut(list)[row..];
            for at in 0..place.elements {
                let number = numbers.get(at).copied().unwrap_or(0);
                let held = match (format, bounds) {
                    (Format::F32, _) => (number as f32).convert(),
                    (Format::F64, _) => (number as f64).convert(),
                    (Format::I64, None) => number.convert(),
                    (Format::I64, Some(bounds)) => within(number, bounds)?.convert(),
                };
                row[place.layout.place(at)] = held;
            }
        }),
    }
    Ok(())
}

fn within(number: i64, [low, high]: [i64; 2]) -> Result<i64, OutOfBounds> {
    if (low..=high).contains(&number) { Ok(number) } else { Err(OutOfBounds) }
}
