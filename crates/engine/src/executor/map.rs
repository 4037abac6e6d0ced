//! Maps: matrices, deliveries, convolutions and pools over the steps of a block.

use std::ops::Range;

use nirkit_step::range::bounds::{accumulated, on_delivery};
use nirkit_step::range::interval::Interval;
use nirkit_step::{BufferId, Operation, Program, Register};

use super::buffer::{Buffers, Place};
use super::cell::Load;
use super::cell::is_narrow;
use super::kernel::{self, Dense, Ends, Kernel, Windowed};
use super::number::{Lane, List, Stored};
use super::schedule::Schedule;
use super::sum::MapRun;
use crate::vectorized::vectorized;

/// A map, ready to run.
#[derive(Debug)]
pub(super) struct MapCode {
    pub(super) from: Load,
    pub(super) to: Load,
    kernel: AnyKernel,
    pub(super) bias: Option<List>,
    pub(super) register: Option<Register>,
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
    pub(super) places: Vec<u32>,
    /// Where the elements of each step begin; the last entry is the end.
    pub(super) starts: Vec<usize>,
    pub(super) numbers: [List; 4],
    pub(super) sums: [List; 4],
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
                    let weights: Vec<_> = map.weights.iter().map(Lane::from_number).collect();
                    Windowed::new(&map.window, ends, &weights)
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
            vectorized(MapRun { map: self, kernel, buffers, scratch, steps });
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
