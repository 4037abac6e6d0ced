//! The order in which operations run: whatever does not depend on itself takes all steps of a block at once.

use std::collections::BTreeMap;

use nirkit_ir::facts::order::strongly_connected;
use nirkit_step::range::simplify::written;
use nirkit_step::{BufferId, Operation, Program, When};

use super::alias::Aliases;
use super::cell::Load;
use super::cell::graph::Graph;

/// What an operation looks at.
#[derive(Clone, Debug, Default)]
struct Access {
    reads: Vec<BufferId>,
    writes: Vec<BufferId>,
}

/// Operations that take each step together, in their order, or a single one that takes a block of steps at once.
pub(super) type Stage = Vec<usize>;

/// The stages of a program, and what each buffer is to them.
pub(super) struct Schedule {
    pub(super) stages: Vec<Stage>,
    /// The operations that write each buffer, ascending.
    writers: Vec<Vec<usize>>,
    /// Where operations read what they read of copies.
    aliases: BTreeMap<(usize, BufferId), Load>,
    /// Whether a buffer is a ring that is only stored to and recalled from.
    pub(super) is_ring: Vec<bool>,
    /// Whether each step of a block is looked at after the block, or by several stages.
    pub(super) is_shared: Vec<bool>,
    /// Whether anything looks at a buffer.
    pub(super) is_needed: Vec<bool>,
}

impl Schedule {
    /// The schedule of a simplified program. `graphs` are those of its cells; `is_recorded` holds for buffers that are looked at after
    /// each step.
    pub(super) fn new(
        program: &Program,
        graphs: &BTreeMap<usize, Graph>,
        is_recorded: &[bool],
    ) -> Self {
        let buffers = program.buffers.len();
        let loads = graphs.iter().map(|(&at, graph)| (at, graph.loads())).collect();
        let is_ring = rings(program, &loads, is_recorded);
        let accesses: Vec<Access> = (0..program.operations.len())
            .map(|at| access(&program.operations[at], loads.get(&at), &is_ring))
            .collect();
        let mut writers = vec![Vec::new(); buffers];
        for (at, access) in accesses.iter().enumerate() {
            for buffer in &access.writes {
                if writers[buffer.0].last() != Some(&at) {
                    writers[buffer.0].push(at);
                }
            }
        }
        let copies = Aliases::new(program, graphs, &writers);
        let (mut is_shared, mut is_needed) = (is_recorded.to_vec(), is_recorded.to_vec());
        let (mut targets, mut aliases) = (vec![Vec::new(); accesses.len()], BTreeMap::new());
        for (at, access) in accesses.iter().enumerate() {
            for &buffer in &access.reads {
                let is_previous = writers[buffer.0].first().is_none_or(|&first| first >= at);
                // What is read to be kept or changed is the buffer itself, and an operation does not read what it writes.
                let is_changed = |buffer: BufferId| access.writes.contains(&buffer);
                let load = copies.resolve(buffer, is_previous);
                let load = load.filter(|load| !is_changed(buffer) && !is_changed(load.buffer));
                if let Some(load) = load {
                    aliases.insert((at, buffer), load);
                    targets_of(writers[load.buffer.0].last(), at, &mut targets);
                    is_shared[load.buffer.0] = true;
                    is_needed[load.buffer.0] = true;
                } else {
                    depend(at, &writers[buffer.0], &mut targets);
                    is_needed[buffer.0] = true;
                }
            }
            for buffer in &access.writes {
                let before = writers[buffer.0].iter().rev().find(|&&writer| writer < at);
                targets_of(before, at, &mut targets);
            }
        }
        let stages = strongly_connected(&targets);
        let mut stage_of = vec![0; accesses.len()];
        for (number, stage) in stages.iter().enumerate() {
            for &at in stage {
                stage_of[at] = number;
            }
        }
        let mut users: Vec<Option<usize>> = vec![None; buffers];
        for (at, access) in accesses.iter().enumerate() {
            for &buffer in access.reads.iter().chain(&access.writes) {
                let buffer = aliases.get(&(at, buffer)).map_or(buffer, |load: &Load| load.buffer);
                let first = *users[buffer.0].get_or_insert(stage_of[at]);
                is_shared[buffer.0] |= first != stage_of[at];
            }
        }
        for (shared, writers) in is_shared.iter_mut().zip(&writers) {
            *shared &= !writers.is_empty();
        }
        Self { stages, writers, aliases, is_ring, is_shared, is_needed }
    }

    /// Where an operation reads a buffer.
    pub(super) fn load(&self, operation: usize, buffer: BufferId) -> Load {
        let first = self.writers[buffer.0].first();
        let previous = first.is_none_or(|&first| first >= operation);
        self.aliases.get(&(operation, buffer)).copied().unwrap_or(Load { buffer, previous })
    }

    /// Whether an operation is the first to write a buffer in a step.
    pub(super) fn is_first(&self, operation: usize, buffer: BufferId) -> bool {
        self.writers[buffer.0].first() == Some(&operation)
    }
}

fn targets_of(from: Option<&usize>, to: usize, targets: &mut [Vec<usize>]) {
    if let Some(&from) = from.filter(|&&from| from != to) {
        targets[from].push(to);
    }
}

/// An operation waits for what it reads, and whoever writes that next waits for it.
fn depend(at: usize, writers: &[usize], targets: &mut [Vec<usize>]) {
    let before = writers.iter().rev().find(|&&writer| writer < at);
    if before.is_none() {
        targets_of(writers.last(), at, targets);
        return;
    }
    targets_of(before, at, targets);
    if let Some(&next) = writers.iter().find(|&&writer| writer > at) {
        targets[at].push(next);
    }
}

fn access(operation: &Operation, loads: Option<&Vec<BufferId>>, is_ring: &[bool]) -> Access {
    let mut writes = written(operation);
    let reads = match operation {
        Operation::Dense(map) => vec![map.from],
        Operation::Deliver(map) => vec![map.from, map.to],
        Operation::Convolution(map) => vec![map.from],
        Operation::Pool(map) => vec![map.from],
        Operation::Permute { from, .. } => vec![*from],
        // A part is written, so that the rest is kept; that of a ring stays where it is.
        Operation::Store { from, ring } if is_ring[ring.0] => vec![*from],
        Operation::Store { from, ring } => vec![*from, *ring],
        Operation::Recall { ring, .. } => vec![*ring],
        Operation::Cell(cell) => {
            let mut reads = loads.cloned().unwrap_or_default();
            // Where it is not executed, it keeps what there was.
            if cell.when != When::Always {
                reads.extend(&writes);
            }
            reads
        }
        _ => Vec::new(),
    };
    writes.dedup();
    Access { reads, writes }
}

/// Buffers of which each step one row is written, and which are looked at by nothing but recalls of rows of the same length.
fn rings(
    program: &Program,
    loads: &BTreeMap<usize, Vec<BufferId>>,
    is_recorded: &[bool],
) -> Vec<bool> {
    let mut stores = vec![Vec::new(); program.buffers.len()];
    let mut is_other = is_recorded.to_vec();
    for (at, operation) in program.operations.iter().enumerate() {
        match operation {
            Operation::Store { from, ring } => {
                stores[ring.0].push(program.buffers[from.0].len());
                is_other[from.0] |= from == ring;
            }
            Operation::Recall { .. } => {}
            operation => {
                for buffer in written(operation) {
                    is_other[buffer.0] = true;
                }
                let none = vec![false; program.buffers.len()];
                let access = access(operation, loads.get(&at), &none);
                access.reads.iter().for_each(|buffer| is_other[buffer.0] = true);
            }
        }
    }
    for operation in &program.operations {
        match operation {
            Operation::Store { from, .. } => is_other[from.0] = true,
            Operation::Recall { ring, delays, to } => {
                is_other[to.0] = true;
                is_other[ring.0] |= stores[ring.0] != [delays.len()];
            }
            _ => {}
        }
    }
    (0..program.buffers.len()).map(|at| stores[at].len() == 1 && !is_other[at]).collect()
}
