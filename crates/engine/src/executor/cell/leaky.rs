//! A kernel for the most common cell: a leaky neuron in single precision that takes sums of integers, recognised by its instructions.
//!
//! ```text
//! i = kept i + sum          (or i = sum)
//! v = membrane v + i + offset
//! spikes = v > threshold
//! v = 0 or v - threshold where it spikes
//! ```

use std::ops::Range;

use nirkit_step::{BufferId, Comparison, Operator};
use pulp::{Simd, WithSimd};

use super::super::buffer::{Buffers, CHUNK, Rows, padded};
use super::super::number::{Lane, List, Stored};
use super::instruction::{Binary, CellCode, Instruction, Kind, Load, Operand, TILE};
use super::run::{Registers, Tile};
use crate::vectorized::outlined;

/// The parts of the cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaky {
    /// Instructions before, which compute the sum.
    before: usize,
    sum: Operand,
    kept: Option<Operand>,
    membrane: Operand,
    offset: Operand,
    threshold: Operand,
    subtracts: bool,
    current: Option<Load>,
    voltage: Load,
    spikes: BufferId,
}

impl Leaky {
    /// The parts of a cell that is one.
    pub(super) fn of(code: &CellCode) -> Option<Self> {
        let instruction = |operand: Operand| match operand {
            Operand::Register(at) => code.instructions.get(at).copied(),
            _ => None,
        };
        let is_given =
            |operand: Operand| matches!(operand, Operand::Parameter(_) | Operand::Constant(_));
        let loads = |operand: Operand| match operand {
            Operand::Load(at) => Some(code.loads[at]),
            _ => None,
        };
        let written = |stored: Stored, kind: &dyn Fn(Kind) -> bool| {
            code.writes.iter().find(|&&(_, operand, found)| {
                found == stored && instruction(operand).is_some_and(|found| kind(found.kind))
            })
        };
        let fires = Kind::Select(Comparison::Above, Stored::F32, Stored::I32);
        let resets = Kind::Select(Comparison::Equal, Stored::I32, Stored::F32);
        let &(spikes, fired, _) = written(Stored::I32, &|kind| kind == fires)?;
        let [charged, threshold, one, zero] = instruction(fired)?.inputs;
        let &(voltage, left, _) = written(Stored::F32, &|kind| kind == resets)?;
        let [asked, none, kept_voltage, reset] = instruction(left)?.inputs;
        let is = |operand: Operand, number: i32| match operand {
            Operand::Constant(at) => i32::of(&code.constants[at]).first() == Some(&number),
            _ => false,
        };
        let is_whole = is(one, 1) && is(zero, 0) && is(none, 0);
        if !is_whole || asked != fired || kept_voltage != charged || !is_given(threshold) {
            return None;
        }
        let subtracts = match (reset, instruction(reset)) {
            (Operand::Constant(at), _) => {
                let zero = f32::of(&code.constants[at]).first().map(|number| number.to_bits());
                (zero == Some(0)).then_some(false)?
            }
            (_, Some(Instruction { kind, inputs: [from, less, ..] })) => {
                let is_subtract = kind == Kind::Binary(Binary::Of(Operator::Subtract), Stored::F32);
                (is_subtract && from == charged && less == threshold).then_some(true)?
            }
            _ => return None,
        };
        let added = instruction(charged)?;
        let [leaked, offset, ..] = added.inputs;
        let leak = instruction(leaked)?;
        let [membrane, before, current, _] = leak.inputs;
        let voltage_load = loads(before).filter(|load| load.buffer == voltage)?;
        let is_leak = added.kind == Kind::Binary(Binary::Of(Operator::Add), Stored::F32)
            && leak.kind == Kind::MultiplyAdd(Stored::F32)
            && is_given(offset)
            && is_given(membrane);
        let arrived = instruction(current)?;
        let stays = code.writes.iter().find(|&&(_, operand, _)| operand == current);
        let stays = stays.map(|&(buffer, ..)| buffer);
        let convert = Kind::Convert(Stored::I32, Stored::F32);
        let (kept, current, sum) = match arrived.kind {
            Kind::MultiplyAdd(Stored::F32) => {
                let [kept, before, sum, _] = arrived.inputs;
                let load = loads(before).filter(|load| Some(load.buffer) == stays)?;
                let sum = instruction(sum).filter(|sum| sum.kind == convert)?;
                (Some(kept).filter(|&kept| is_given(kept)).map(Some)?, Some(load), sum.inputs[0])
            }
            kind if kind == convert => {
                let load = |buffer| Load { buffer, previous: false };
                (None, stays.map(load), arrived.inputs[0])
            }
            _ => return None,
        };
        let count = 5 + usize::from(kept.is_some()) + usize::from(subtracts);
        let before = code.instructions.len().checked_sub(count)?;
        let own = [Some(spikes), Some(voltage), current.map(|load| load.buffer)];
        let is_apart = |operand: &Operand| {
            loads(*operand).is_none_or(|load| !own.contains(&Some(load.buffer)))
        };
        let inputs = code.instructions[..before].iter().flat_map(|found| &found.inputs);
        let is_before = match sum {
            Operand::Register(at) => at < before,
            operand => is_apart(&operand),
        };
        let writes = 2 + usize::from(current.is_some());
        if !is_leak
            || !is_before
            || code.writes.len() != writes
            || !inputs.into_iter().all(is_apart)
        {
            return None;
        }
        let voltage = voltage_load;
        Some(Self {
            before,
            sum,
            kept,
            membrane,
            offset,
            threshold,
            subtracts,
            current,
            voltage,
            spikes,
        })
    }

    /// Lets the neurons take some steps.
    #[inline(always)]
    pub(super) fn run<S: Simd>(
        &self,
        simd: S,
        code: &CellCode,
        buffers: &mut Buffers<'_>,
        registers: &mut Registers,
        steps: Range<usize>,
    ) {
        let width = padded(code.neurons);
        let mut voltages = buffers.take(self.voltage.buffer);
        let mut currents = self.current.map(|load| buffers.take(load.buffer));
        let mut spikes = buffers.take(self.spikes);
        for start in (0..width).step_by(TILE) {
            let len = TILE.min(width - start);
            for step in steps.clone() {
                for number in 0..self.before {
                    let (before, after) = registers.0.split_at_mut(number);
                    let tile = Tile { code, buffers, registers: before, start, len, step };
                    tile.compute(simd, code.instructions[number], &mut after[0]);
                }
                let tile = Tile { code, buffers, registers: &registers.0, start, len, step };
                let at = buffers.start(self.spikes, false, step) + start;
                let neurons = Neurons {
                    sums: tile.numbers(self.sum),
                    kept: self.kept.map(|kept| tile.numbers(kept)),
                    membrane: tile.numbers(self.membrane),
                    offset: tile.numbers(self.offset),
                    threshold: tile.numbers(self.threshold),
                    subtracts: self.subtracts,
                    current: match (self.current, &mut currents) {
                        (Some(load), Some(list)) => {
                            Some(place(buffers, load, list, start, len, step))
                        }
                        _ => None,
                    },
                    voltage: place(buffers, self.voltage, &mut voltages, start, len, step),
                    spikes: &mut i32::of_mut(&mut spikes)[at..at + len],
                };
                outlined(simd, neurons);
            }
        }
        buffers.put(self.voltage.buffer, voltages);
        if let (Some(load), Some(list)) = (self.current, currents) {
            buffers.put(load.buffer, list);
        }
        buffers.put(self.spikes, spikes);
    }
}

/// The numbers of some neurons in a step, which are those of the step before until they are written.
#[inline(always)]
fn place<'a>(
    buffers: &Buffers<'_>,
    load: Load,
    list: &'a mut List,
    start: usize,
    len: usize,
    step: usize,
) -> &'a mut [f32] {
    let at = buffers.start(load.buffer, false, step) + start;
    let list = f32::of_mut(list);
    if load.previous && buffers.places[load.buffer.0].rows == Rows::Block {
        let before = buffers.start(load.buffer, true, step) + start;
        list.copy_within(before..before + len, at);
    }
    &mut list[at..at + len]
}

/// Neurons side by side.
struct Neurons<'a> {
    sums: &'a [i32],
    kept: Option<&'a [f32]>,
    membrane: &'a [f32],
    offset: &'a [f32],
    threshold: &'a [f32],
    subtracts: bool,
    current: Option<&'a mut [f32]>,
    voltage: &'a mut [f32],
    spikes: &'a mut [i32],
}

impl WithSimd for Neurons<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        let chunks = self.voltage.len() / CHUNK;
        for chunk in 0..chunks {
            let lanes = chunk * CHUNK..(chunk + 1) * CHUNK;
            let mut i = [0.0; CHUNK];
            let sums = chunk_of(self.sums, &lanes);
            if let (Some(kept), Some(current)) = (self.kept, &self.current) {
                let (kept, current) = (chunk_of(kept, &lanes), chunk_of(current, &lanes));
                for lane in 0..CHUNK {
                    i[lane] = kept[lane] * current[lane] + sums[lane] as f32;
                }
            } else {
                for lane in 0..CHUNK {
                    i[lane] = sums[lane] as f32;
                }
            }
            if let Some(current) = &mut self.current {
                current[lanes.clone()].copy_from_slice(&i);
            }
            let mut v = chunk_of(self.voltage, &lanes);
            let (membrane, offset) =
                (chunk_of(self.membrane, &lanes), chunk_of(self.offset, &lanes));
            for lane in 0..CHUNK {
                v[lane] = membrane[lane] * v[lane] + i[lane] + offset[lane];
            }
            let threshold = chunk_of(self.threshold, &lanes);
            let mut fired = [0; CHUNK];
            for lane in 0..CHUNK {
                let fires = v[lane] > threshold[lane];
                let after = if self.subtracts { v[lane] - threshold[lane] } else { 0.0 };
                v[lane] = if fires { after } else { v[lane] };
                fired[lane] = i32::from(fires);
            }
            self.voltage[lanes.clone()].copy_from_slice(&v);
            self.spikes[lanes].copy_from_slice(&fired);
        }
    }
}

/// A chunk of numbers, by value, so that nothing that is written can overlap it.
#[inline(always)]
fn chunk_of<T: Copy + Default>(numbers: &[T], lanes: &Range<usize>) -> [T; CHUNK] {
    let mut chunk = [T::default(); CHUNK];
    chunk.copy_from_slice(&numbers[lanes.clone()]);
    chunk
}
