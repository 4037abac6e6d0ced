//! A span: one leaf over some steps of one sample.

use std::ops::Range;

use super::net::{CURRENT, IMPULSE};
use super::node::{Incoming, Node, Outgoing};
use super::real::Real;
use super::time_block::{BufferPool, InputRef, Pass, PassScratch, Table, gather_row};

/// The part of a step that a leaf takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Its turn.
    Turn,
    /// What arrives at the end of a step.
    Absorb,
    /// One after the other, for a leaf that nobody waits for in between.
    Both,
}

/// A leaf over some rows of a buffer pool.
#[derive(Debug)]
pub(super) struct Span<'a, T> {
    pub(super) buffer_pool: &'a mut BufferPool<T>,
    /// What arrives on each part.
    pub(super) input_refs: [&'a [InputRef]; 2],
    /// Channels that enter.
    pub(super) inputs: usize,
    /// Where what leaves on each part goes.
    pub(super) outs: [Option<Table>; 2],
    pub(super) state: &'a mut [T],
    pub(super) rows: Range<usize>,
    /// Number of the step of the first row.
    pub(super) number: usize,
    pub(super) part: Part,
    /// Where the voltage and the synaptic current are kept after each step, if anybody wants them.
    pub(super) traces: [Option<Table>; 2],
    pub(super) scratch: &'a mut PassScratch<T>,
    /// Room for what arrives and leaves in a step.
    pub(super) frames: &'a mut [Vec<T>; 4],
}

impl<T: Real> Span<'_, T> {
    /// Calls `each` with a pass for every part on which something can leave, and whether it is that
    /// of currents.
    pub(super) fn each_lane(&mut self, mut each: impl FnMut(&mut Pass<'_, T>, bool)) {
        for (part, out) in self.outs.into_iter().enumerate() {
            let Some(out) = out.filter(|_| self.part != Part::Absorb) else { continue };
            let mut pass = Pass {
                buffer_pool: self.buffer_pool,
                input_refs: self.input_refs[part],
                inputs: self.inputs,
                truth: false,
                out,
                rows: self.rows.clone(),
                scratch: self.scratch,
            };
            each(&mut pass, part == CURRENT);
        }
    }

    /// Steps a leaf through the rows.
    pub(super) fn step_by_step<N: Node<T> + ?Sized>(&mut self, node: &N) {
        for row in self.rows.clone() {
            let number = self.number + (row - self.rows.start);
            if self.part != Part::Absorb {
                self.gather(row, !node.has_feedthrough());
                let [current, impulse, out_current, out_impulse] = &mut *self.frames;
                for (out, table) in [&mut *out_current, out_impulse].into_iter().zip(self.outs) {
                    out.clear();
                    out.resize(table.map_or(0, |table| table.width), T::ZERO);
                }
                let output = Outgoing { current: out_current, impulse: out_impulse };
                node.step(number, Incoming { current, impulse }, self.state, output);
                for (out, table) in [out_current, out_impulse].into_iter().zip(self.outs) {
                    if let Some(table) = table {
                        self.buffer_pool.row_mut(table, row).copy_from_slice(out);
                    }
                }
            }
            if self.part != Part::Turn && node.accepts_input() {
                self.gather(row, false);
                let [current, impulse, ..] = &*self.frames;
                node.accept_input(number, Incoming { current, impulse }, self.state);
            }
        }
    }

    /// Sums what arrives in a row; zeros for who does not look.
    fn gather(&mut self, row: usize, is_blind: bool) {
        let [current, impulse, ..] = &mut *self.frames;
        let input_refs = if is_blind { [&[][..]; 2] } else { self.input_refs };
        gather_row(self.buffer_pool, input_refs[CURRENT], row, self.inputs, current);
        let width = if input_refs[IMPULSE].is_empty() { 0 } else { self.inputs };
        gather_row(self.buffer_pool, input_refs[IMPULSE], row, width, impulse);
    }
}
