//! Execution of cells, tile by tile, so that states stay in the nearest cache while the steps pass.

use std::ops::Range;

use nirkit_step::When;
use pulp::{Simd, WithSimd};

use super::super::buffer::Buffers;
use super::super::number::{Lane, List, Stored, each_stored};
use super::instruction::{CellCode, Instruction, Kind, Operand, TILE};
use super::kernel;
use crate::vectorized::vectorized;

/// What the instructions of a cell write.
#[derive(Clone, Debug)]
pub(crate) struct Registers(Vec<List>);

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
                vectorized(Steps { code: self, buffers, registers, steps: step..step + 1 });
            } else {
                self.carried.iter().for_each(|&buffer| buffers.carry(buffer, step));
            }
            steps.start += 1;
        }
        vectorized(Steps { code: self, buffers, registers, steps });
    }
}

struct Steps<'a, 'b> {
    code: &'a CellCode,
    buffers: &'a mut Buffers<'b>,
    registers: &'a mut Registers,
    steps: Range<usize>,
}

impl WithSimd for Steps<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { code, buffers, registers, steps } = self;
        let width = super::super::buffer::padded(code.neurons);
        for start in (0..width).step_by(TILE) {
            let len = TILE.min(width - start);
            for step in steps.clone() {
                let mut tile = Tile { code, buffers, registers, start, len, step };
                for number in 0..code.instructions.len() {
                    tile.execute(simd, number);
                }
                tile.write();
            }
        }
    }
}

/// Neurons side by side in a step.
struct Tile<'a, 'b> {
    code: &'a CellCode,
    buffers: &'a mut Buffers<'b>,
    registers: &'a mut Registers,
    start: usize,
    len: usize,
    step: usize,
}

impl Tile<'_, '_> {
    /// The numbers of an operand; none if they have another format.
    #[inline(always)]
    fn numbers<T: Lane>(&self, operand: Operand) -> &[T] {
        match operand {
            Operand::Register(at) => &T::of(&self.registers.0[at])[..self.len],
            Operand::Constant(at) => &T::of(&self.code.constants[at])[..self.len],
            Operand::Parameter(at) => {
                &T::of(&self.code.parameters[at])[self.start..self.start + self.len]
            }
            Operand::Load(at) => {
                let load = self.code.loads[at];
                let row = self.buffers.row::<T>(load.buffer, load.previous, self.step);
                &row[self.start..self.start + self.len]
            }
        }
    }

    #[inline(always)]
    fn execute<S: Simd>(&mut self, simd: S, number: usize) {
        let Instruction { kind, inputs } = self.code.instructions[number];
        let mut out = std::mem::take(&mut self.registers.0[number]);
        self.compute(simd, kind, inputs, &mut out);
        self.registers.0[number] = out;
    }

    #[inline(always)]
    fn compute<S: Simd>(&self, simd: S, kind: Kind, inputs: [Operand; 4], out: &mut List) {
        let [a, b, c, d] = inputs;
        match kind {
            Kind::Binary(operation, stored) => each_stored!(stored, T => {
                let inputs = [self.numbers::<T>(a), self.numbers::<T>(b)];
                kernel::binary(simd, operation, inputs, T::of_mut(out));
            }),
            Kind::MultiplyAdd(stored) => each_stored!(stored, T => {
                let inputs = [a, b, c].map(|x| self.numbers::<T>(x));
                kernel::multiply_add(simd, inputs, T::of_mut(out));
            }),
            Kind::Select(comparison, from, to) => each_stored!(from, A => each_stored!(to, B => {
                let held = [a, b].map(|x| self.numbers::<A>(x));
                let then = [c, d].map(|x| self.numbers::<B>(x));
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

    /// Writes what is left of the neurons into their buffers.
    #[inline(always)]
    fn write(&mut self) {
        for &(buffer, operand, stored) in &self.code.writes {
            let mut list = self.buffers.take(buffer);
            each_stored!(stored, T => {
                let row = self.buffers.place(buffer, self.step);
                let to = &mut T::of_mut(&mut list)[row.start + self.start..][..self.len];
                to.copy_from_slice(self.numbers::<T>(operand));
            });
            self.buffers.put(buffer, list);
        }
    }
}
