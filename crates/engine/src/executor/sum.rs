//! Sums of products over the steps of a block: what arrives is listed once, and then brought to the sums.

use std::ops::Range;

use nirkit_step::Register;
use pulp::{Simd, WithSimd};

use super::buffer::{Buffers, Place, Rows};
use super::kernel::{Dense, Kernel, Short, list};
use super::map::{MapCode, Scratch};
use super::number::{Lane, List, Stored, each_stored};
use crate::vectorized::outlined;

/// A map over some steps.
pub(super) struct MapRun<'a, 'b, T> {
    pub(super) map: &'a MapCode,
    pub(super) kernel: &'a Kernel<T>,
    pub(super) buffers: &'a mut Buffers<'b>,
    pub(super) scratch: &'a mut Scratch,
    pub(super) steps: Range<usize>,
}

impl<T: Short> WithSimd for MapRun<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { map, kernel, buffers, scratch, steps } = self;
        let place = buffers.places[map.from.buffer.0];
        scratch.starts.clear();
        scratch.starts.push(0);
        let mut end = 0;
        for step in steps.clone() {
            each_stored!(place.stored, A => {
                let row = &buffers.row::<A>(map.from.buffer, map.from.previous, step);
                let row = &row[..place.elements];
                let numbers = &mut scratch.numbers[T::STORED as usize];
                let places = &mut scratch.places;
                end = outlined(simd, ListRow::<A, T> { row, places, numbers, at: end, of: [] });
            });
            scratch.starts.push(end);
        }
        let to = buffers.places[map.to.buffer.0];
        let mut out = buffers.take(map.to.buffer);
        let Scratch { places, starts, numbers, sums } = scratch;
        let listed = Listed { places, starts, numbers: T::of(&numbers[T::STORED as usize]) };
        let mut sum = Sum { map, kernel, listed, first: steps.start };
        if to.stored == T::STORED {
            let rows = T::of_mut(&mut out);
            outlined(simd, Direct { sum, rows, to, steps });
        } else {
            let sums = T::of_mut(&mut sums[T::STORED as usize]);
            each_stored!(to.stored, B => {
                let rows = B::of_mut(&mut out);
                for step in steps {
                    outlined(simd, Converted { sum: &mut sum, rows: &mut *rows, sums: &mut *sums, to, step });
                }
            });
        }
        buffers.put(map.to.buffer, out);
    }
}

struct ListRow<'a, A, T> {
    row: &'a [A],
    places: &'a mut [u32],
    numbers: &'a mut List,
    at: usize,
    of: [T; 0],
}

impl<A: Lane, T: Lane> WithSimd for ListRow<'_, A, T> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        let [] = self.of;
        list::<A, T>(self.row, self.places, self.numbers, self.at)
    }
}

/// What arrives in some steps.
struct Listed<'a, T> {
    places: &'a [u32],
    starts: &'a [usize],
    numbers: &'a [T],
}

struct Sum<'a, T> {
    map: &'a MapCode,
    kernel: &'a Kernel<T>,
    listed: Listed<'a, T>,
    first: usize,
}

impl<T: Short> Sum<'_, T> {
    /// What arrives in a step.
    #[inline(always)]
    fn arrivals(&self, step: usize) -> impl Iterator<Item = (usize, T)> + Clone {
        let starts = &self.listed.starts[step - self.first..];
        let places = &self.listed.places[starts[0]..starts[1]];
        let numbers = &self.listed.numbers[starts[0]..starts[1]];
        let len = places.len().min(numbers.len());
        let (places, numbers) = (&places[..len], &numbers[..len]);
        (0..len).map(move |at| (places[at] as usize, numbers[at]))
    }

    /// Adds to a tile of sums that a register holds.
    #[inline(always)]
    fn deliver(
        &self,
        dense: &Dense<T>,
        register: Register,
        tile: usize,
        step: usize,
        sums: &mut [T],
    ) {
        let arrivals = self.arrivals(step);
        let [low, high] = [register.low, register.high].map(T::from_i64);
        let span = register.high - register.low + 1;
        if !register.wraps {
            dense.add(tile, arrivals, sums, |sum, more| sum.add(more).most(low).least(high));
        } else if (span as u64).is_power_of_two() {
            let mask = T::from_i64(span - 1);
            let held = |sum: T| sum.subtract(low).masked(mask).add(low);
            dense.add(tile, arrivals, sums, |sum, more| held(sum.add(more)));
        } else {
            let span = T::from_i64(span);
            let held = |sum: T| sum.subtract(low).modulo(span).add(low);
            dense.add(tile, arrivals, sums, |sum, more| held(sum.add(more)));
        }
    }

    /// Adds to a whole row.
    #[inline(always)]
    fn add(&self, step: usize, row: &mut [T]) {
        match (self.kernel, self.map.register) {
            (Kernel::Dense(dense), Some(register)) => {
                for tile in 0..dense.tiles() {
                    let sums = &mut row[dense.lanes(tile)];
                    self.deliver(dense, register, tile, step, sums);
                }
            }
            (kernel, _) => kernel.add(self.arrivals(step), row),
        }
        if let Some(bias) = &self.map.bias {
            for (sum, &bias) in row.iter_mut().zip(T::of(bias)) {
                *sum = sum.add(bias);
            }
        }
    }
}

/// Sums that are summed up where they stay.
struct Direct<'a, T> {
    sum: Sum<'a, T>,
    rows: &'a mut [T],
    to: Place,
    steps: Range<usize>,
}

impl<T: Short> WithSimd for Direct<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { sum, rows, to, steps } = self;
        let width = to.width();
        let start = |step: usize| if to.rows == Rows::One { 0 } else { (step + 1) * width };
        match sum.kernel {
            Kernel::Dense(dense) if sum.map.register.is_some() || sum.map.bias.is_none() => {
                let is_carried = sum.map.to.previous && to.rows == Rows::Block;
                for tile in 0..dense.tiles() {
                    let lanes = dense.lanes(tile);
                    for step in steps.clone() {
                        let start = start(step);
                        if is_carried && sum.map.register.is_some() {
                            let before = start - width;
                            let before = before + lanes.start..before + lanes.end;
                            rows.copy_within(before, start + lanes.start);
                        }
                        let sums = &mut rows[start + lanes.start..start + lanes.end];
                        match sum.map.register {
                            Some(register) => sum.deliver(dense, register, tile, step, sums),
                            None => dense.sum(tile, sum.arrivals(step), sums),
                        }
                    }
                }
            }
            _ => {
                for step in steps {
                    let row = &mut rows[start(step)..][..width];
                    row.fill(T::default());
                    sum.add(step, row);
                }
            }
        }
    }
}

/// Sums of another format than that in which they stay.
struct Converted<'a, 'b, T, B> {
    sum: &'a mut Sum<'b, T>,
    rows: &'a mut [B],
    sums: &'a mut [T],
    to: Place,
    step: usize,
}

impl<T: Short, B: Lane> WithSimd for Converted<'_, '_, T, B> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { sum, rows, sums, to, step } = self;
        let width = to.width();
        let row = if to.rows == Rows::One { 0 } else { step + 1 };
        let sums = &mut sums[..width];
        if sum.map.register.is_some() {
            let is_carried = sum.map.to.previous && to.rows == Rows::Block;
            let before = (row - usize::from(is_carried)) * width;
            for (sum, &before) in sums.iter_mut().zip(&rows[before..before + width]) {
                *sum = before.convert();
            }
        } else {
            sums.fill(T::default());
        }
        sum.add(step, sums);
        for (number, &sum) in rows[row * width..][..width].iter_mut().zip(&*sums) {
            *number = sum.convert();
        }
    }
}
