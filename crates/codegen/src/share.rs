//! Buffers that share memory: those that nothing reads after a step, or before it writes them, as far as they do not live at once.

use std::collections::BTreeSet;

use nirkit_step::{BufferId, Cell, Operation, Program, Variable, When};

use crate::layout::touched;
use crate::stored::Stored;
use crate::walk::each_variable;

/// Memory that several buffers have in turn.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) kind: Stored,
    pub(crate) len: usize,
    /// The buffers, in the order in which they live.
    pub(crate) buffers: Vec<BufferId>,
    /// The last operation that touches it so far.
    end: usize,
}

/// Which memory each buffer has: that of a slot, or its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sharing {
    pub(crate) slots: Vec<Slot>,
    /// The slot of each buffer.
    pub(crate) of: Vec<Option<usize>>,
}

impl Sharing {
    /// Finds memory for the buffers of a program that `kind` says the types of. `kept` are those that stay from step to step. Frames are
    /// written at the begin of a step if `frames_first`. Only buffers of the same length share memory unless `any_len`.
    pub(crate) fn new(
        program: &Program,
        kept: &BTreeSet<BufferId>,
        kind: impl Fn(BufferId) -> Stored,
        frames_first: bool,
        any_len: bool,
    ) -> Self {
        let mut made = Self { slots: Vec::new(), of: vec![None; program.buffers.len()] };
        let mut lives: Vec<(usize, usize, BufferId)> = (0..program.buffers.len())
            .map(BufferId)
            .filter(|buffer| !kept.contains(buffer))
            .filter_map(|buffer| {
                let (begin, end) = life(program, buffer, frames_first)?;
                Some((begin, end, buffer))
            })
            .collect();
        lives.sort_unstable_by_key(|&(begin, end, buffer)| (begin, end, buffer));
        for (begin, end, buffer) in lives {
            let (kind, len) = (kind(buffer), program.buffers[buffer.0].len());
            let fits =
                |slot: &Slot| slot.kind == kind && slot.end < begin && (any_len || slot.len == len);
            let distance = |&at: &usize| made.slots[at].len.abs_diff(len);
            let free = (0..made.slots.len()).filter(|&at| fits(&made.slots[at]));
            let slot = if let Some(at) = free.min_by_key(distance) {
                at
            } else {
                made.slots.push(Slot { kind, len, buffers: Vec::new(), end });
                made.slots.len() - 1
            };
            let found = &mut made.slots[slot];
            (found.len, found.end) = (found.len.max(len), end);
            found.buffers.push(buffer);
            made.of[buffer.0] = Some(slot);
        }
        made
    }
}

/// The first and the last operation that touch a buffer, counted from 1, if the first writes all of it before anything reads it.
fn life(program: &Program, buffer: BufferId, frames_first: bool) -> Option<(usize, usize)> {
    let touch = |(_, operation): &(usize, &Operation)| touched(operation).contains(&buffer);
    let mut all = program.operations.iter().enumerate().filter(touch);
    let (first, operation) = all.next()?;
    let last = all.next_back().map_or(first, |(last, _)| last);
    let begin = match operation {
        Operation::Frame { .. } if frames_first => 0,
        operation if fills(operation, buffer) => first + 1,
        _ => return None,
    };
    Some((begin, last + 1))
}

/// Whether an operation writes all of a buffer, and reads nothing of it before.
fn fills(operation: &Operation, buffer: BufferId) -> bool {
    match operation {
        Operation::Frame { to, .. } | Operation::Recall { to, .. } => *to == buffer,
        Operation::Add { from, to } => {
            *to == buffer && from.iter().all(|read| read.buffer != buffer)
        }
        Operation::Truth { from, to }
        | Operation::Scale { from, to, .. }
        | Operation::Permute { from, to, .. } => *to == buffer && *from != buffer,
        Operation::Dense(map) => map.to == buffer && map.from != buffer,
        Operation::Convolution(map) => map.to == buffer && map.from != buffer,
        Operation::Pool(pool) => pool.to == buffer && pool.from != buffer,
        Operation::Deliver(_) | Operation::Store { .. } => false,
        Operation::Cell(cell) => cell.when == When::Always && writes_first(cell, buffer),
    }
}

/// Whether a cell writes a buffer before it reads it.
fn writes_first(cell: &Cell, buffer: BufferId) -> bool {
    for statement in &cell.statements {
        let mut is_read = false;
        each_variable(&statement.value, &mut |variable| {
            is_read |= variable == Variable::Buffer(buffer);
        });
        if is_read {
            return false;
        }
        if statement.target == Variable::Buffer(buffer) {
            return true;
        }
    }
    false
}
