//! A kernel for the most common cell: a leaky neuron in single precision that takes sums of integers.
//!
//! ```text
//! i = kept i + sum          (or i = sum)
//! v = membrane v + i + offset
//! spikes = v > threshold
//! v = 0 or v - threshold where it spikes
//! ```

use std::ops::Range;

use nirkit_step::BufferId;
use pulp::{Simd, WithSimd};

use super::super::buffer::{Buffers, CHUNK, Rows, padded};
use super::super::number::{Lane, List};
use super::instruction::{CellCode, Load, Operand, TILE};
use super::run::{Registers, Tile};
use crate::vectorized::outlined;

/// The parts of the cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaky {
    /// Instructions before, which compute the sum.
    pub(super) before: usize,
    pub(super) sum: Operand,
    /// What is added to the sum.
    pub(super) more: Option<Operand>,
    pub(super) kept: Option<Operand>,
    pub(super) membrane: Operand,
    pub(super) offset: Operand,
    pub(super) threshold: Operand,
    pub(super) subtracts: bool,
    pub(super) current: Option<Load>,
    pub(super) voltage: Load,
    pub(super) spikes: BufferId,
}

impl Leaky {
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
                    more: self.more.map(|more| tile.numbers(more)),
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
    more: Option<&'a [i32]>,
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
    fn with_simd<S: Simd>(self, _: S) {
        let Self { sums, more, kept, membrane, offset, threshold, subtracts, .. } = self;
        let Self { mut current, voltage, spikes, .. } = self;
        let [membrane, offset, threshold] = [chunks(membrane), chunks(offset), chunks(threshold)];
        let (voltage, spikes) = (chunks_mut(voltage), chunks_mut(spikes));
        // Chunks are taken by value, so that nothing that is written can overlap them.
        for (chunk, &(mut sums)) in chunks(sums).iter().enumerate() {
            if let Some(more) = more {
                let more = chunks(more)[chunk];
                for lane in 0..CHUNK {
                    sums[lane] = sums[lane].wrapping_add(more[lane]);
                }
            }
            let mut i = [0.0; CHUNK];
            for lane in 0..CHUNK {
                i[lane] = sums[lane] as f32;
            }
            if let Some(current) = &mut current {
                let current = &mut chunks_mut(current)[chunk];
                if let Some(kept) = kept {
                    let (kept, before) = (chunks(kept)[chunk], *current);
                    for lane in 0..CHUNK {
                        i[lane] += kept[lane] * before[lane];
                    }
                }
                *current = i;
            }
            let (membrane, offset, threshold) = (membrane[chunk], offset[chunk], threshold[chunk]);
            let mut v = voltage[chunk];
            for lane in 0..CHUNK {
                v[lane] = membrane[lane] * v[lane] + i[lane] + offset[lane];
            }
            let mut fired = [0; CHUNK];
            for lane in 0..CHUNK {
                let fires = v[lane] > threshold[lane];
                let after = if subtracts { v[lane] - threshold[lane] } else { 0.0 };
                v[lane] = if fires { after } else { v[lane] };
                fired[lane] = i32::from(fires);
            }
            (voltage[chunk], spikes[chunk]) = (v, fired);
        }
    }
}

#[inline(always)]
fn chunks<T>(numbers: &[T]) -> &[[T; CHUNK]] {
    numbers.as_chunks().0
}

#[inline(always)]
fn chunks_mut<T>(numbers: &mut [T]) -> &mut [[T; CHUNK]] {
    numbers.as_chunks_mut().0
}
