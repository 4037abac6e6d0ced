//! Operations that move numbers: frames that enter, permutations, and rings.

use std::ops::Range;

use nirkit_step::{BufferId, Format};

use super::buffer::{Buffers, Rows};
use super::cell::Load;
use super::layout::Layout;
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
    let start = buffers.start(to, false, step);
    let list = &mut buffers.lists[to.0];
    each_stored!(place.stored, T => {
        let row = &mut T::of_mut(list)[start..start + place.elements];
        let plain = place.layout == Layout::Plain;
        let given = match frame {
            Frame::F64(numbers) => numbers.len(),
            Frame::I64(numbers) => numbers.len(),
        };
        if given < row.len() {
            row.fill(T::default());
        }
        macro_rules! write {
            ($numbers:expr, $held:expr) => {
                if plain {
                    for (to, &number) in row.iter_mut().zip($numbers) {
                        *to = $held(number);
                    }
                } else {
                    for (at, &number) in $numbers.iter().take(place.elements).enumerate() {
                        row[place.layout.place(at)] = $held(number);
                    }
                }
            };
        }
        match (frame, format) {
            (Frame::F64(numbers), Format::F32) => {
                write!(numbers, |x: f64| (x as f32).convert::<T>());
            }
            (Frame::F64(numbers), Format::F64) => write!(numbers, |x: f64| x.convert::<T>()),
            (Frame::F64(numbers), Format::I64) => {
                check(numbers.iter().map(|&x| i64::from_f64(x)), bounds)?;
                write!(numbers, |x: f64| i64::from_f64(x).convert::<T>());
            }
            (Frame::I64(numbers), Format::F32) => {
                write!(numbers, |x: i64| (x as f32).convert::<T>());
            }
            (Frame::I64(numbers), Format::F64) => {
                write!(numbers, |x: i64| (x as f64).convert::<T>());
            }
            (Frame::I64(numbers), Format::I64) => {
                check(numbers.iter().copied(), bounds)?;
                write!(numbers, |x: i64| x.convert::<T>());
            }
        }
    });
    Ok(())
}

/// Whether integers are as promised.
fn check(numbers: impl Iterator<Item = i64>, bounds: Option<[i64; 2]>) -> Result<(), OutOfBounds> {
    let Some([low, high]) = bounds else { return Ok(()) };
    let mut is_beyond = false;
    for number in numbers {
        is_beyond |= number < low || number > high;
    }
    if is_beyond { Err(OutOfBounds) } else { Ok(()) }
}
