//! Maps: matrices, deliveries, convolutions and pools over the steps of a block.

use std::ops::Range;

use nirkit_step::range::bounds::{accumulated, on_delivery};
use nirkit_step::range::interval::Interval;
use nirkit_step::{BufferId, Operation, Program, Register};
use pulp::{Simd, WithSimd};

use super::buffer::{Buffers, Place, Rows};
use super::cell::Load;
use super::cell::is_narrow;
use super::kernel::{self, Dense, Ends, Kernel, Short, Windowed, list};
use super::number::{Lane, List, Stored, each_stored};
use super::schedule::Schedule;
use crate::vectorized::{outlined, vectorized};

/// A map, ready to run.
#[derive(Debug)]
pub(super) struct MapCode {
    from: Load,
    to: Load,
    kernel: AnyKernel,
    bias: Option<List>,
    register: Option<Register>,
}

/// A kernel in the format in which it sums up.
#[derive(Debug)]
enum AnyKernel {
    F32(Kernel<f32>),
    F64(Kernel<f64>),
    I64(Kernel<i64>),
    I32(Kernel<i32>),
}

/// Evaluates an expression for the kernel in whichever format it is.
macro_rules! each_kernel {
    ($any:expr, $kernel:ident => $value:expr) => {
        match $any {
            AnyKernel::F32($kernel) => $value,
            AnyKernel::F64($kernel) => $value,
            AnyKernel::I64($kernel) => $value,
            AnyKernel::I32($kernel) => $value,
        }
    };
}

/// Room for what arrives in a block of steps, and for a row of sums. Lists are as long as the busiest map needs them.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    places: Vec<u32>,
    /// Where the elements of each step begin; the last entry is the end.
    starts: Vec<usize>,
    numbers: [List; 4],
    sums: [List; 4],
}

impl Scratch {
    pub(super) fn new<'a>(
        maps: impl Iterator<Item = &'a MapCode>,
        places: &[Place],
        block: usize,
    ) -> Self {
        let (mut listed, mut wide) = ([0; 4], [0; 4]);
        for map in maps {
            let at = map.stored() as usize;
            // A row is written in whole chunks.
            listed[at] = listed[at].max(places[map.from.buffer.0].elements * block + 1);
            wide[at] = wide[at].max(places[map.to.buffer.0].width());
        }
        let all = [Stored::F32, Stored::F64, Stored::I64, Stored::I32];
        let zeros = |lens: [usize; 4]| all.map(|stored| List::zeros(stored, lens[stored as usize]));
        let most = listed.iter().copied().max().unwrap_or(0);
        Self {
            places: vec![0; most],
            starts: Vec::with_capacity(block + 1),
            numbers: zeros(listed),
            sums: zeros(wide),
        }
    }
}

impl MapCode {
    /// The map of an operation; `None` of another operation.
    pub(super) fn new(
        program: &Program,
        operation: &Operation,
        places: &[Place],
        known: &[Interval],
        schedule: &Schedule,
        at: usize,
    ) -> Option<Self> {
        let len = |buffer: BufferId| program.buffers[buffer.0].len();
        let ends = |from: BufferId, to: BufferId| Ends {
            from: places[from.0].layout,
            to: places[to.0].layout,
        };
        let (from, to) = match operation {
            Operation::Dense(map) => (map.from, map.to),
            Operation::Deliver(map) => (map.from, map.to),
            Operation::Convolution(map) => (map.from, map.to),
            Operation::Pool(map) => (map.from, map.to),
            _ => return None,
        };
        let stored = sums_in(program, operation, known, [from, to]);
        let shape = [len(from), len(to)];
        let rows = |weights| kernel::Rows { weights, sources: shape[0] };
        let ends = ends(from, to);
        macro_rules! each_format {
            ($make:expr) => {
                match stored {
                    Stored::F32 => AnyKernel::F32($make),
                    Stored::F64 => AnyKernel::F64($make),
                    Stored::I64 => AnyKernel::I64($make),
                    Stored::I32 => AnyKernel::I32($make),
                }
            };
        }
        let (kernel, bias, register) = match operation {
            Operation::Dense(map) => (
                each_format!(Kernel::matrix(&rows(&map.weights), shape, ends)),
                map.bias.as_ref(),
                None,
            ),
            Operation::Deliver(map) => {
                let kernel =
                    each_format!(Kernel::Dense(Dense::new(&rows(&map.weights), shape, ends)));
                (kernel, None, Some(map.register))
            }
            Operation::Convolution(map) => {
                let kernel = each_format!(Kernel::Window({
                    let weights = map.weights.iter().map(Lane::from_number).collect();
                    Windowed::new(&map.window, ends, weights)
                }));
                (kernel, map.bias.as_ref(), None)
            }
            Operation::Pool(map) => {
                (each_format!(Kernel::Window(Windowed::pool(&map.window, ends))), None, None)
            }
            _ => return None,
        };
        let place = &places[to.0];
        let bias = bias.map(|bias| {
            List::new(bias, stored).arranged(place.width(), |at| place.layout.place(at))
        });
        // A delivery adds to what a buffer held before.
        let to = Load { buffer: to, previous: schedule.is_first(at, to) };
        Some(Self { from: schedule.load(at, from), to, kernel, bias, register })
    }

    fn stored(&self) -> Stored {
        match self.kernel {
            AnyKernel::F32(_) => Stored::F32,
            AnyKernel::F64(_) => Stored::F64,
            AnyKernel::I64(_) => Stored::I64,
            AnyKernel::I32(_) => Stored::I32,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        each_kernel!(&self.kernel, kernel => kernel.bytes())
    }

    pub(super) fn run(
        &self,
        buffers: &mut Buffers<'_>,
        scratch: &mut Scratch,
        steps: Range<usize>,
    ) {
        each_kernel!(&self.kernel, kernel => {
            vectorized(Steps { map: self, kernel, buffers, scratch, steps });
        });
    }
}

/// The format in which a map sums up: 32 bits where they hold everything on the way.
fn sums_in(
    program: &Program,
    operation: &Operation,
    known: &[Interval],
    [from, to]: [BufferId; 2],
) -> Stored {
    let stored = Stored::of(program.buffers[to.0].format());
    if stored != Stored::I64 {
        return stored;
    }
    let weights = match operation {
        Operation::Dense(map) => Interval::of(&map.weights),
        Operation::Deliver(map) => Interval::of(&map.weights),
        Operation::Convolution(map) => Interval::of(&map.weights),
        _ => Interval::point(1),
    };
    let sums = match operation {
        Operation::Deliver(map) => on_delivery(map, known[from.0], known[to.0]).map(|sum| {
            // The distance from the lower end is computed as well.
            let low = i128::from(map.register.low);
            let far = Interval::exact(i128::from(sum.low) - low, i128::from(sum.high) - low);
            let register = Interval { low: map.register.low, high: map.register.high };
            sum.join(far).join(register)
        }),
        operation => accumulated(program, operation, known).map(|(_, sums)| sums),
    };
    let is_held = sums.is_some_and(is_narrow);
    let all = [weights, known[from.0], known[to.0]];
    if is_held && all.into_iter().all(is_narrow) { Stored::I32 } else { Stored::I64 }
}

struct Steps<'a, 'b, T> {
    map: &'a MapCode,
    kernel: &'a Kernel<T>,
    buffers: &'a mut Buffers<'b>,
    scratch: &'a mut Scratch,
    steps: Range<usize>,
}

impl<T: Short> WithSimd for Steps<'_, '_, T> {
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
        places.iter().zip(numbers).map(|(&place, &number)| (place as usize, number))
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
