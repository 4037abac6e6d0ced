//! Frames that enter, in the format of their input and then in that of a buffer.

use nirkit_step::{BufferId, Format};
use pulp::{Simd, WithSimd};

use super::buffer::Buffers;
use super::layout::Layout;
use super::number::{Lane, Stored, each_stored};
use super::port::Frame;
use crate::vectorized::vectorized;

/// A number enters that is beyond what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number enters that is beyond the promised bounds")]
pub struct OutOfBounds;

/// Writes a frame into a buffer; what is missing is 0.
pub(super) fn enter(
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
        let to = &mut T::of_mut(list)[start..start + place.elements];
        let layout = place.layout;
        match (frame, format) {
            (Frame::F64(from), Format::F32) => {
                vectorized(Enter { from, to, layout, held: |x: f64| (x as f32).convert::<T>() });
            }
            (Frame::F64(from), Format::F64) => {
                vectorized(Enter { from, to, layout, held: |x: f64| x.convert::<T>() });
            }
            (Frame::F64(from), Format::I64) => {
                let bounds = bounds.unwrap_or([i64::MIN, i64::MAX]);
                if !vectorized(Within { from, bounds, held: i64::from_f64 }) {
                    return Err(OutOfBounds);
                }
                let held = |x: f64| i64::from_f64(x).convert::<T>();
                vectorized(Enter { from, to, layout, held });
            }
            (Frame::I64(from), Format::F32) => {
                vectorized(Enter { from, to, layout, held: |x: i64| (x as f32).convert::<T>() });
            }
            (Frame::I64(from), Format::F64) => {
                vectorized(Enter { from, to, layout, held: |x: i64| (x as f64).convert::<T>() });
            }
            (Frame::I64(from), Format::I64) => {
                let bounds = bounds.unwrap_or([i64::MIN, i64::MAX]);
                if !vectorized(Within { from, bounds, held: |x: i64| x }) {
                    return Err(OutOfBounds);
                }
                vectorized(Enter { from, to, layout, held: |x: i64| x.convert::<T>() });
            }
        }
    });
    Ok(())
}

/// Whether integers are within bounds.
struct Within<'a, A, F> {
    from: &'a [A],
    bounds: [i64; 2],
    held: F,
}

impl<A: Copy, F: Fn(A) -> i64> WithSimd for Within<'_, A, F> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> bool {
        let Self { from, bounds: [low, high], held } = self;
        let mut is_beyond = false;
        for at in 0..from.len() {
            let number = held(from[at]);
            is_beyond |= number < low;
            is_beyond |= number > high;
        }
        !is_beyond
    }
}

struct Enter<'a, A, T, F> {
    from: &'a [A],
    to: &'a mut [T],
    layout: Layout,
    held: F,
}

impl<A: Copy, T: Lane, F: Fn(A) -> T> WithSimd for Enter<'_, A, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { from, to, layout, held } = self;
        let len = from.len().min(to.len());
        if layout == Layout::Plain {
            let (given, missing) = to.split_at_mut(len);
            let from = &from[..given.len()];
            for at in 0..given.len() {
                given[at] = held(from[at]);
            }
            missing.fill(T::default());
            return;
        }
        if len < to.len() {
            to.fill(T::default());
        }
        for at in 0..len {
            to[layout.place(at)] = held(from[at]);
        }
    }
}
