//! Neurons in chunks: a layer over a block of steps.
//!
//! The operations are those of [`layer`](super::layer), [`membrane`](super::membrane) and
//! [`fire`](super::fire), in the same order for every neuron. Where neurons do not wait for each
//! other, a chunk of them takes all steps while its state stays in registers.

use std::ops::Range;

use pulp::NullaryFnOnce;

use super::super::chunk::{CHUNK, Chunk, chunks, load, store, vectorized};
use super::super::real::Real;
use super::super::sweep::{Arena, Table, Tap, gather};
use super::layer::{Layer, LayerState};
use super::rule::FanIn;

/// The part of a step that a layer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It puts out what it can before it looks at its input.
    Emit,
    /// It takes its input.
    Take,
    /// One after the other.
    Both,
}

/// Where states are kept after each step, if anybody wants them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traces {
    pub(super) spikes: Option<Table>,
    pub(super) v: Option<Table>,
    pub(super) isyn: Option<Table>,
}

/// A layer over some rows.
pub(super) struct Sweep<'a, T> {
    pub(super) layer: &'a Layer<T>,
    pub(super) state: &'a mut LayerState<T>,
    pub(super) arena: &'a mut Arena<T>,
    pub(super) taps: &'a [Tap],
    pub(super) out: Table,
    pub(super) traces: Traces,
    pub(super) rows: Range<usize>,
    pub(super) part: Part,
}

/// The state of a chunk of neurons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<T> {
    pub(super) v: Chunk<T>,
    pub(super) isyn: Chunk<T>,
    pub(super) spikes: Chunk<T>,
    pub(super) owed: Chunk<T>,
    pub(super) relayed: Chunk<T>,
}

impl<T: Real> Sweep<'_, T> {
    /// Takes the steps.
    pub(super) fn run(self) {
        vectorized(self);
    }
}

impl<T: Real> NullaryFnOnce for Sweep<'_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { layer, state, arena, taps, out, traces, rows, part } = self;
        let (emits, takes) = (part != Part::Take, part != Part::Emit);
        for at in (0..chunks(out.width)).map(|chunk| chunk * CHUNK) {
            let mut cells = Cells {
                v: load(&state.v, at),
                isyn: load(&state.isyn, at),
                spikes: load(&state.spikes, at),
                owed: [T::ZERO; CHUNK],
                relayed: load(&state.relayed, at),
            };
            for row in rows.clone() {
                if emits && let Some(leaving) = layer.emit_chunk(at, &mut cells) {
                    arena.store(out.row(row) + at, &leaving);
                }
                if takes && let Some(leaving) = layer.take_chunk(at, &mut cells, arena, taps, row) {
                    arena.store(out.row(row) + at, &leaving);
                }
                if takes {
                    let traced =
                        [(traces.spikes, &cells.spikes), (traces.v, &cells.v), (traces.isyn, &cells.isyn)];
                    for (table, chunk) in traced {
                        if let Some(table) = table {
                            arena.store(table.row(row) + at, chunk);
                        }
                    }
                }
            }
            store(&mut state.v, at, &cells.v);
            store(&mut state.isyn, at, &cells.isyn);
            store(&mut state.spikes, at, &cells.spikes);
            store(&mut state.relayed, at, &cells.relayed);
        }
    }
}

impl<T: Real> Layer<T> {
    /// What a chunk puts out before it looks at its input.
    #[inline(always)]
    fn emit_chunk(&self, at: usize, cells: &mut Cells<T>) -> Option<Chunk<T>> {
        if !self.runs_ahead() {
            return None;
        }
        if let Some(firing) = self.firing.as_ref().filter(|firing| firing.runs_ahead()) {
            cells.spikes = firing.count_chunk(at, &cells.v);
            return Some(scaled(&cells.spikes, self.height));
        }
        self.owe_chunk(at, cells);
        self.membrane.step_chunk(at, &mut cells.v, &cells.isyn);
        self.fire_chunk(at, cells)
    }

    /// Takes the input of a chunk; what it puts out unless the layer runs ahead.
    #[inline(always)]
    fn take_chunk(
        &self,
        at: usize,
        cells: &mut Cells<T>,
        arena: &Arena<T>,
        taps: &[Tap],
        row: usize,
    ) -> Option<Chunk<T>> {
        // Inputs that join are one; those that do not are the first and the others.
        let joined = self.fan_in == FanIn::Joined || taps.is_empty();
        let (first, others) = taps.split_at(if joined { taps.len() } else { 1 });
        let x = gather(arena, first, row, at);
        let others = Others { arena, taps: others, row };
        if self.is_late() && !self.decides_before() {
            self.absorb_chunk(at, cells, &x, &others);
            return None;
        }
        self.owe_chunk(at, cells);
        if self.relay.is_empty() {
            self.integrate_chunk(at, cells, &x, &others);
        } else {
            let arriving = cells.relayed;
            self.integrate_chunk(at, cells, &arriving, &Others { taps: &[], ..others });
            cells.relayed = self.relay_chunk(at, &x, &others);
        }
        let leaving = self.fire_chunk(at, cells);
        if self.runs_ahead() { None } else { leaving }
    }

    #[inline(always)]
    fn absorb_chunk(&self, at: usize, cells: &mut Cells<T>, x: &Chunk<T>, others: &Others<'_, T>) {
        if let Some(synapse) = &self.synapse {
            synapse.step_chunk_with(at, &mut cells.isyn, x, others);
        }
    }

    #[inline(always)]
    fn integrate_chunk(&self, at: usize, cells: &mut Cells<T>, x: &Chunk<T>, others: &Others<'_, T>) {
        if self.synapse.is_none() {
            self.membrane.step_chunk_with(at, &mut cells.v, x, others);
        } else if self.is_late() {
            self.membrane.step_chunk(at, &mut cells.v, &cells.isyn);
            self.absorb_chunk(at, cells, x, others);
        } else {
            self.absorb_chunk(at, cells, x, others);
            self.membrane.step_chunk(at, &mut cells.v, &cells.isyn);
        }
    }

    #[inline(always)]
    fn owe_chunk(&self, at: usize, cells: &mut Cells<T>) {
        let Some(firing) = self.firing.as_ref().filter(|firing| firing.owes()) else { return };
        cells.owed =
            if firing.runs_ahead() { cells.spikes } else { firing.count_chunk(at, &cells.v) };
        if firing.resets_before_leak() {
            firing.reset_chunk(at, &mut cells.v, &cells.owed);
        }
    }

    #[inline(always)]
    fn fire_chunk(&self, at: usize, cells: &mut Cells<T>) -> Option<Chunk<T>> {
        let Some(firing) = &self.firing else { return Some(cells.v) };
        if firing.resets_after_input() {
            firing.reset_chunk(at, &mut cells.v, &cells.owed);
        }
        let mut leaving = None;
        if !firing.runs_ahead() {
            cells.spikes = firing.count_chunk(at, &cells.v);
            firing.at_once_chunk(at, cells);
            leaving = Some(scaled(&cells.spikes, self.height));
        }
        firing.limit_chunk(at, &mut cells.v);
        leaving
    }

    #[inline(always)]
    fn relay_chunk(&self, at: usize, x: &Chunk<T>, others: &Others<'_, T>) -> Chunk<T> {
        let mut active = x.map(|x| x != T::ZERO);
        others.each(at, |x| {
            for lane in 0..CHUNK {
                active[lane] |= x[lane] != T::ZERO;
            }
        });
        let mut relayed = load(&self.relay, at);
        for lane in 0..CHUNK {
            relayed[lane] = if active[lane] { relayed[lane] } else { T::ZERO };
        }
        relayed
    }
}

/// The inputs after the first.
#[derive(Clone, Copy)]
pub(super) struct Others<'a, T> {
    arena: &'a Arena<T>,
    taps: &'a [Tap],
    row: usize,
}

impl<T: Real> Others<'_, T> {
    /// Calls `each` with the chunk at `at` of each of them.
    #[inline(always)]
    pub(super) fn each(&self, at: usize, mut each: impl FnMut(&Chunk<T>)) {
        for tap in self.taps {
            each(&self.arena.load(tap.row(self.row) + at));
        }
    }
}

#[inline(always)]
fn scaled<T: Real>(spikes: &Chunk<T>, height: T) -> Chunk<T> {
    spikes.map(|spike| spike * height)
}
