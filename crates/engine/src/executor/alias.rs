//! Copies: who reads a copy of a buffer reads the buffer itself, so that the copy need not be made.

use std::collections::BTreeMap;

use nirkit_step::{BufferId, Cell, Numbers, Operation, Program, When};

use super::cell::Load;
use super::cell::graph::Graph;

/// The copies of a program.
pub(super) struct Aliases<'a> {
    program: &'a Program,
    writers: &'a [Vec<usize>],
    /// The buffer of which each buffer is a copy, and the operation that copies.
    copies: Vec<Option<(usize, BufferId)>>,
}

/// Copies of copies are followed so far.
const DEPTH: usize = 8;

impl<'a> Aliases<'a> {
    pub(super) fn new(
        program: &'a Program,
        graphs: &BTreeMap<usize, Graph>,
        writers: &'a [Vec<usize>],
    ) -> Self {
        let mut copies = vec![None; program.buffers.len()];
        for (&at, graph) in graphs {
            let always = |cell: &Cell| cell.when == When::Always;
            let Operation::Cell(cell) = &program.operations[at] else { continue };
            for (buffer, from) in graph.copies().filter(|_| always(cell)) {
                if writers[buffer.0] == [at] && !writers[from.0].is_empty() {
                    copies[buffer.0] = Some((at, from));
                }
            }
        }
        Self { program, writers, copies }
    }

    /// Where an operation can read what it reads of a buffer that is a copy, at the end of this step or the step before; `None` where it
    /// has to read the buffer.
    pub(super) fn resolve(&self, buffer: BufferId, is_previous: bool) -> Option<Load> {
        let mut found = None;
        let mut at = Load { buffer, previous: is_previous };
        for _ in 0..DEPTH {
            let Some(next) = self.next(at) else { break };
            at = next;
            found = Some(at);
        }
        found
    }

    fn next(&self, Load { buffer, previous }: Load) -> Option<Load> {
        let (copied, from) = self.copies[buffer.0]?;
        let writers = &self.writers[from.0];
        let is_written_before = writers.last()? < &copied;
        let is_written_after = writers.first()? >= &copied;
        if previous {
            // Before the first step both are what they start with.
            let start = |buffer: BufferId| &self.program.buffers[buffer.0].start;
            (is_written_before && is_same(start(buffer), start(from)))
                .then_some(Load { buffer: from, previous: true })
        } else if is_written_before {
            Some(Load { buffer: from, previous: false })
        } else {
            is_written_after.then_some(Load { buffer: from, previous: true })
        }
    }
}

fn is_same(a: &Numbers, b: &Numbers) -> bool {
    a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.is_same(b))
}
