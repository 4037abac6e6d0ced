//! Execution of cells, tile by tile, so that states stay in the nearest cache while the steps pass.

use std::ops::Range;

use nirkit_step::When;
use pulp::{Simd, WithSimd};

use super::super::buffer::{Buffers, padded};
use super::super::number::{Lane, List, Stored, each_stored};
use super::instruction::{CellCode, Instruction, Kind, Load, Operand, TILE};
use super::kernel;
use crate::vectorized::vectorized;

/// What the instructions of a cell write.
#[derive(Clone, Debug)]
pub(crate) struct Registers(pub(super) Vec<List>);

impl Registers {
    pub(crate) fn new(code: &CellCode) -> Self {
        let zeros = |instruction: &Instruction| List::zeros(instruction.kind.result(), TILE);
        Self(code.instructions.iter().map(zeros).collect())
    }
}

impl Kind {
    /// The format of what an instruction gives.
    fn result(self) -> Stored {
        match self {
            Self::Binary(_, stored)
            | Self::MultiplyAdd(stored)
            | Self::Select(_, _, stored)
            | Self::Floor(stored)
            | Self::Truncate(stored)
            | Self::Convert(_, stored)
            | Self::Copy(stored) => stored,
        }
    }
}

impl CellCode {
    /// Lets the neurons take some steps of a block, whose first step is number `first` of the run.
    pub(crate) fn run(
        &self,
        buffers: &mut Buffers<'_>,
        registers: &mut Registers,
        first: usize,
        steps: Range<usize>,
    ) {
        let takes = |step: usize| match self.when {
            When::Always => true,
            When::First => first + step == 0,
            When::Later => first + step > 0,
        };
        let mut steps = steps;
        // Only the first step of a run can differ from the others.
        while steps.start < steps.end && (self.when == When::First || !takes(steps.start)) {
            let step = steps.start;
            if takes(step) {
                let (buffers, registers) = (&mut *buffers, &mut *registers);
                vectorized(CellRun { code: self, buffers, registers, steps: step..step + 1 });
            } else {
                self.carried.iter().for_each(|&buffer| buffers.carry(buffer, step));
            }
            steps.start += 1;
        }
        vectorized(CellRun { code: self, buffers, registers, steps });
    }
}

struct CellRun<'a, 'b> {
    code: &'a CellCode,
    buffers: &'a mut Buffers<'b>,
    registers: &'a mut Registers,
    steps: Range<usize>,
}

impl WithSimd for CellRun<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { code, buffers, registers, steps } = self;
        if let Some(leaky) = &code.leaky {
            leaky.run(simd, code, buffers, registers, steps);
            return;
        }
        let width = padded(code.neurons);
        for start in (0..width).step_by(TILE) {
            let len = TILE.min(width - start);
            for step in steps.clone() {
                for (number, &instruction) in code.instructions.iter().enumerate() {
                    let (before, after) = registers.0.split_at_mut(number);
                    let tile = Tile { code, buffers, registers: before, start, len, step };
                    tile.compute(simd, instruction, &mut after[0]);
                }
                write(code, buffers, &registers.0, start, len, step);
            }
        }
    }
}

/// Writes what is left of some neurons into their buffers.
#[inline(always)]
fn write(
    code: &CellCode,
    buffers: &mut Buffers<'_>,
    registers: &[List],
    start: usize,
    len: usize,
    step: usize,
) {
    for &(buffer, operand, stored) in &code.writes {
        let at = buffers.place(buffer, step).start + start;
        let to = &mut buffers.lists[buffer.0];
        let (from, first) = match operand {
            Operand::Parameter(at) => (&code.parameters[at], start),
            Operand::Constant(at) => (&code.constants[at], 0),
            // Loads were copied.
            Operand::Register(at) | Operand::Load(at) => (&registers[at], 0),
        };
        each_stored!(stored, T => {
            T::of_mut(to)[at..at + len].copy_from_slice(&T::of(from)[first..first + len]);
        });
    }
}

/// Neurons side by side in a step.
pub(super) struct Tile<'a, 'b> {
    pub(super) code: &'a CellCode,
    pub(super) buffers: &'a Buffers<'b>,
    /// What the instructions before wrote.
    pub(super) registers: &'a [List],
    pub(super) start: usize,
    pub(super) len: usize,
    pub(super) step: usize,
}

impl<'a> Tile<'a, '_> {
    /// The numbers of an operand.
    #[inline(always)]
    pub(super) fn numbers<T: Lane>(&self, operand: Operand) -> &'a [T] {
        let (list, at) = match operand {
            Operand::Register(at) => (&self.registers[at], 0),
            Operand::Constant(at) => (&self.code.constants[at], 0),
            Operand::Parameter(at) => (&self.code.parameters[at], self.start),
            Operand::Load(at) => {
                let Load { buffer, previous } = self.code.loads[at];
                let row = self.buffers.start(buffer, previous, self.step);
                (&self.buffers.lists[buffer.0], row + self.start)
            }
        };
        &T::of(list)[at..at + self.len]
    }

    #[inline(always)]
    pub(super) fn compute<S: Simd>(&self, simd: S, instruction: Instruction, out: &mut List) {
        let Instruction { kind, inputs: [a, b, c, d] } = instruction;
        match kind {
            Kind::Binary(operation, stored) => each_stored!(stored, T => {
                let inputs = [self.numbers::<T>(a), self.numbers::<T>(b)];
                kernel::binary(simd, operation, inputs, T::of_mut(out));
            }),
            Kind::MultiplyAdd(stored) => each_stored!(stored, T => {
                let inputs =
                    [self.numbers::<T>(a), self.numbers::<T>(b), self.numbers::<T>(c)];
                kernel::multiply_add(simd, inputs, T::of_mut(out));
            }),
            Kind::Select(comparison, from, to) => each_stored!(from, A => each_stored!(to, B => {
                let held = [self.numbers::<A>(a), self.numbers::<A>(b)];
                let then = [self.numbers::<B>(c), self.numbers::<B>(d)];
                kernel::select(simd, comparison, held, then, B::of_mut(out));
            })),
            Kind::Floor(stored) => each_stored!(stored, T => {
                kernel::floor(simd, self.numbers::<T>(a), T::of_mut(out));
            }),
            Kind::Truncate(stored) => each_stored!(stored, T => {
                kernel::truncate(simd, self.numbers::<T>(a), T::of_mut(out));
            }),
            Kind::Convert(from, to) => each_stored!(from, A => each_stored!(to, B => {
                kernel::convert(simd, self.numbers::<A>(a), B::of_mut(out));
            })),
            Kind::Copy(stored) => each_stored!(stored, T => {
                T::of_mut(out)[..self.len].copy_from_slice(self.numbers::<T>(a));
            }),
        }
    }
}
