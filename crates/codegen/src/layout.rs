//! What the state of a program consists of, in whatever language.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_step::{Absent, Buffer, BufferId, Format, Operation, Program, Read, Variable, When};

use crate::range::interval::Interval;
use crate::share::Sharing;
use crate::stored::Stored;
use crate::walk::each_variable;
use crate::whole::{Prepared, range_of, stored};

/// The members of a state: the buffers, those of the step before, the row of each ring, whether a step was taken.
pub(crate) struct Layout<'a> {
    pub(crate) program: &'a Program,
    /// The buffers of which the numbers of the step before are read.
    pub(crate) before: BTreeSet<BufferId>,
    /// The buffers in which steps are kept, each with its number of rows.
    rings: BTreeMap<BufferId, usize>,
    /// Whether an operation asks whether a step was taken.
    pub(crate) has_first: bool,
    /// Of a program of integers, what is stored in each buffer.
    pub(crate) stored: Option<&'a [Interval]>,
    /// Bits of a number that enters a program of integers.
    pub(crate) input_bits: u32,
    /// Which buffers share memory.
    pub(crate) sharing: Sharing,
}

impl<'a> Layout<'a> {
    /// The layout of a program; buffers share memory, only those of one length unless `any_len`.
    pub(crate) fn new(prepared: &'a Prepared<'_>, any_len: bool) -> Self {
        let program: &Program = &prepared.program;
        let (mut before, mut rings, mut has_first) = (BTreeSet::new(), BTreeMap::new(), false);
        let len = |buffer: BufferId| program.buffers[buffer.0].len();
        for operation in &program.operations {
            match operation {
                Operation::Add { from, .. } => {
                    let earlier = |read: &&Read| read.before.is_some();
                    before.extend(from.iter().filter(earlier).map(|read| read.buffer));
                    has_first |= from.iter().any(|read| read.before == Some(Absent::Nothing));
                }
                Operation::Store { from: row, ring } | Operation::Recall { to: row, ring, .. } => {
                    rings.insert(*ring, len(*ring) / len(*row).max(1));
                }
                Operation::Cell(cell) => has_first |= cell.when != When::Always,
                _ => {}
            }
        }
        let (stored, input_bits) = (prepared.stored.as_deref(), prepared.input_bits);
        let mut kept: BTreeSet<BufferId> =
            program.probes.iter().map(|probe| probe.buffer).collect();
        kept.extend(before.iter().chain(rings.keys()));
        let sharing = Sharing::default();
        let mut made = Self { program, before, rings, has_first, stored, input_bits, sharing };
        let frames_first = made.frames().is_some();
        made.sharing =
            Sharing::new(program, &kept, |buffer| made.kind(buffer), frames_first, any_len);
        made
    }

    /// The buffers that have memory of their own.
    pub(crate) fn own(&self) -> impl Iterator<Item = (BufferId, &'a Buffer)> + '_ {
        self.buffers().filter(|(id, _)| self.sharing.of[id.0].is_none())
    }

    pub(crate) fn buffer(&self, id: BufferId) -> &'a Buffer {
        &self.program.buffers[id.0]
    }

    pub(crate) fn len(&self, id: BufferId) -> usize {
        self.buffer(id).len()
    }

    /// What is stored in a buffer of integers.
    pub(crate) fn range(&self, id: BufferId) -> Interval {
        self.stored.map_or(Interval::ALL, |stored| range_of(stored, id))
    }

    /// The type in which a buffer is kept.
    pub(crate) fn kind(&self, id: BufferId) -> Stored {
        match self.stored {
            Some(_) => stored(self.range(id)),
            None => Stored::in_full(self.format(id)),
        }
    }

    /// The type of the numbers of a frame.
    pub(crate) fn input_kind(&self, input: usize) -> Stored {
        match self.stored {
            Some(_) => stored(Interval::of_bits(self.input_bits)),
            None => Stored::in_full(self.program.inputs[input].format),
        }
    }

    pub(crate) fn format(&self, id: BufferId) -> Format {
        self.buffer(id).format()
    }

    /// The buffers, each with its place.
    pub(crate) fn buffers(&self) -> impl Iterator<Item = (BufferId, &'a Buffer)> + use<'a> {
        self.program.buffers.iter().enumerate().map(|(at, buffer)| (BufferId(at), buffer))
    }

    /// The number of rows of a ring.
    pub(crate) fn rows(&self, ring: BufferId) -> usize {
        self.rings.get(&ring).copied().unwrap_or(1)
    }

    /// The rings that have more than one row, each with their number: the state has the row of this step for them.
    pub(crate) fn rings(&self) -> impl Iterator<Item = (BufferId, usize)> + '_ {
        self.rings.iter().filter(|(_, rows)| **rows > 1).map(|(ring, rows)| (*ring, *rows))
    }

    /// The operations that write frames, if there are any and all of them can be done at the begin of a step; `None` if an operation
    /// before one of them sees what it writes. Where there are such, frames can be made of events.
    pub(crate) fn frames(&self) -> Option<Vec<Frame>> {
        let mut frames = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, operation) in self.program.operations.iter().enumerate() {
            match operation {
                Operation::Frame { to, .. } if seen.contains(to) => return None,
                &Operation::Frame { input, to } => frames.push(Frame { at, input, to }),
                operation => seen.extend(touched(operation)),
            }
        }
        (!frames.is_empty()).then_some(frames)
    }

    /// The members of the state, each with the buffers that it holds and its bytes.
    pub(crate) fn members(&self) -> Vec<(Vec<BufferId>, usize)> {
        let slots = self.sharing.slots.iter();
        let shared = slots.map(|slot| (slot.buffers.clone(), slot.len * slot.kind.bytes()));
        let own = self.own().map(|(id, buffer)| {
            let copies = 1 + usize::from(self.before.contains(&id));
            (vec![id], copies * buffer.len() * self.kind(id).bytes())
        });
        let rows = self.rings().map(|(ring, _)| (vec![ring], 4));
        shared.chain(own).chain(rows).collect()
    }

    /// Bytes of the state, with each member at a multiple of its size.
    pub(crate) fn state_bytes(&self) -> usize {
        let (mut offset, mut largest) = (0_usize, 1);
        for slot in &self.sharing.slots {
            let element = slot.kind.bytes();
            offset = offset.next_multiple_of(element) + slot.len * element;
            largest = largest.max(element);
        }
        for (id, buffer) in self.own() {
            let element = self.kind(id).bytes();
            let copies = 1 + usize::from(self.before.contains(&id));
            offset = offset.next_multiple_of(element) + copies * buffer.len() * element;
            largest = largest.max(element);
        }
        let rings = self.rings().count();
        if rings > 0 {
            offset = offset.next_multiple_of(4) + 4 * rings;
            largest = largest.max(4);
        }
        (offset + usize::from(self.has_first)).next_multiple_of(largest)
    }
}

/// An operation that writes a frame.
pub(crate) struct Frame {
    /// Its place.
    pub(crate) at: usize,
    /// Place of the input.
    pub(crate) input: usize,
    /// What is written.
    pub(crate) to: BufferId,
}

/// The buffers that an operation reads or writes in this step.
pub(crate) fn touched(operation: &Operation) -> Vec<BufferId> {
    match operation {
        Operation::Frame { to, .. } => vec![*to],
        Operation::Add { from, to } => {
            let now = from.iter().filter(|read| read.before.is_none());
            now.map(|read| read.buffer).chain([*to]).collect()
        }
        Operation::Truth { from, to }
        | Operation::Scale { from, to, .. }
        | Operation::Permute { from, to, .. } => vec![*from, *to],
        Operation::Dense(dense) => vec![dense.from, dense.to],
        Operation::Deliver(deliver) => vec![deliver.from, deliver.to],
        Operation::Convolution(made) => vec![made.from, made.to],
        Operation::Pool(pool) => vec![pool.from, pool.to],
        Operation::Store { from, ring } => vec![*from, *ring],
        Operation::Recall { ring, to, .. } => vec![*ring, *to],
        Operation::Cell(cell) => {
            let mut buffers = Vec::new();
            for statement in &cell.statements {
                buffers.extend(buffer_of(statement.target));
                each_variable(&statement.value, &mut |variable| {
                    buffers.extend(buffer_of(variable));
                });
            }
            buffers
        }
    }
}

fn buffer_of(variable: Variable) -> Option<BufferId> {
    match variable {
        Variable::Buffer(buffer) => Some(buffer),
        Variable::Parameter(_) | Variable::Local(_) => None,
    }
}

/// Number of elements of an input.
pub(crate) fn input_len(input: &nirkit_step::Input) -> usize {
    input.shape.iter().product()
}
