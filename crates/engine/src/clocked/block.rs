//! Blocks of steps, leaf by leaf: the fast way to take many steps (see [`time_block`](super::time_block)).

use std::ops::Range;
use std::sync::Arc;

use super::drive::{GridInput, GridSignal, Scratch};
use super::net::Net;
use super::node::Leaving;
use super::real::Real;
use super::record::{Dense, RecordMode, Subject};
use super::run::Stepper;
use super::signals::{Signals, passes_on};
use super::span::{Part, Span};
use super::time_block::{self, BufferPool, InputRef, PassScratch, Plan, Stage, Table};
use nirkit_run::interrupt;

/// What a run needs while it takes blocks of steps, one sample after the other.
pub(super) struct Block<T> {
    net: Arc<Net<T>>,
    /// Most steps in a block.
    len: usize,
    buffer_pool: BufferPool<T>,
    /// What stands in each slot.
    tables: Vec<Table>,
    /// What arrives at each leaf on each part.
    input_refs: Vec<[Vec<InputRef>; 2]>,
    /// The same as it is seen in this block.
    seen: Vec<[Vec<InputRef>; 2]>,
    /// Whether what leaves a leaf stands in the tables of its source.
    passes_on: Vec<bool>,
    /// Where voltages and synaptic currents of each leaf are kept.
    traces: Vec<[Option<Table>; 2]>,
    /// Where each probe looks.
    views: Vec<View>,
    /// The slots whose step before is needed.
    delayed: Vec<usize>,
    pass_scratch: PassScratch<T>,
    frames: [Vec<T>; 4],
    scratch: Scratch,
}

/// Where a probe looks.
#[derive(Clone, Copy)]
enum View {
    /// At the numbers of a table.
    One(Table),
    /// At the sums of two.
    Sum(Table, Table),
    /// At nothing.
    Zeros,
}

impl<T: Real> Block<T> {
    /// Room for blocks of a run with a recorder, of which no more than so many steps are left.
    pub(super) fn new(stepper: &Stepper<T>, dense: &Dense, steps: usize) -> Self {
        let net = Arc::clone(&stepper.net);
        let subjects = || dense.probes.iter().map(|(probe, _)| &probe.subject);
        let states = subjects().filter_map(|subject| match subject {
            Subject::State { at, .. } => Some(Plan::numbers(at.len())),
            Subject::Output(_) => None,
        });
        let signals = Signals::new(&net, subjects());
        let plans = signals.plans.iter().copied().chain(states);
        let row = plans.clone().map(Plan::row_bytes::<T>).sum();
        let len = time_block::block(row, weights(&net)).min(steps.max(1));
        let (mut buffer_pool, mut tables) = BufferPool::new(plans, len + 1);
        let mut kept = tables.split_off(net.slots.len()).into_iter();
        for (slot, &other) in signals.alias_of.iter().enumerate() {
            tables[slot] = tables[other];
        }
        for planned_node in &net.planned_nodes {
            if planned_node.node.as_ref().is_some_and(|node| node.leaving() == Leaving::Spikes) {
                for slot in planned_node.slots.into_iter().flatten() {
                    buffer_pool.set_uniform_value(tables[slot], Some(T::ONE));
                }
            }
        }
        let mut traces = vec![[None; 2]; net.planned_nodes.len()];
        let mut view = |subject: &Subject| match subject {
            Subject::Output([Some(a), Some(b)]) => View::Sum(tables[*a], tables[*b]),
            Subject::Output([Some(slot), None] | [None, Some(slot)]) => View::One(tables[*slot]),
            Subject::Output([None, None]) => View::Zeros,
            Subject::State { leaf, at, .. } => {
                // The voltages stand first in every state.
                let trace = &mut traces[*leaf][usize::from(at.start > 0)];
                let table = kept.next();
                *trace = trace.or(table);
                trace.map_or(View::Zeros, View::One)
            }
        };
        let views = dense.probes.iter().map(|(probe, _)| view(&probe.subject)).collect();
        let input_refs: Vec<[Vec<InputRef>; 2]> = net
            .planned_nodes
            .iter()
            .map(|planned_node| {
                planned_node.reads.each_ref().map(|reads| {
                    let input_ref = |read: &super::net::Read| InputRef {
                        table: tables[read.slot],
                        delay_steps: usize::from(read.is_delayed),
                    };
                    reads.iter().map(input_ref).collect()
                })
            })
            .collect();
        let reads =
            net.planned_nodes.iter().flat_map(|planned_node| planned_node.reads.iter().flatten());
        let mut delayed: Vec<usize> =
            reads.filter(|read| read.is_delayed).map(|read| read.slot).collect();
        delayed.sort_unstable();
        delayed.dedup();
        let (pass_scratch, scratch) = (PassScratch::default(), Scratch::default());
        let frames = std::array::from_fn(|_| Vec::new());
        let passes_on = net.planned_nodes.iter().map(passes_on).collect();
        let seen = input_refs.clone();
        Self {
            net,
            len,
            buffer_pool,
            tables,
            input_refs,
            seen,
            passes_on,
            traces,
            views,
            delayed,
            pass_scratch,
            frames,
            scratch,
        }
    }

    /// Takes a run forward, and records it.
    pub(super) fn record(
        mut self,
        stepper: &mut Stepper<T>,
        until: usize,
        drive: &GridInput<'_>,
        dense: &mut Dense,
        progress: &mut dyn FnMut(usize),
    ) {
        let net = Arc::clone(&self.net);
        let steps = until.saturating_sub(stepper.number);
        let starts: Vec<usize> = dense
            .probes
            .iter_mut()
            .map(|(probe, samples)| match dense.keep {
                RecordMode::Steps => samples.lengthen(steps * stepper.batch * probe.channels()),
                RecordMode::Sums => 0,
            })
            .collect();
        let mut told = 0;
        for sample in 0..stepper.batch {
            self.begin(stepper, sample);
            for first in (0..steps).step_by(self.len) {
                if interrupt::is_requested() {
                    return;
                }
                let count = self.len.min(steps - first);
                self.enter(&net, drive, sample, stepper.number + first, count);
                for stage in &net.stages {
                    self.run(&net, stage, stepper, sample, stepper.number + first, count);
                }
                match dense.keep {
                    RecordMode::Steps => {
                        self.write(
                            dense,
                            &starts,
                            first * stepper.batch + sample,
                            stepper.batch,
                            count,
                        );
                    }
                    RecordMode::Sums => self.add(dense, sample, count),
                }
                if first + count == steps {
                    self.end(stepper, sample, count);
                }
                for &slot in &self.delayed {
                    self.buffer_pool.copy_row(self.tables[slot], count, 0);
                }
                // A step counts when the last sample would have taken it.
                let done = (sample * steps + first + count) / stepper.batch;
                progress(done - told);
                told = done;
            }
        }
        dense.steps += steps;
        stepper.number += steps;
    }

    /// Takes up a sample.
    fn begin(&mut self, stepper: &Stepper<T>, sample: usize) {
        for (&table, now) in self.tables.iter().zip(&stepper.buffers.now) {
            let row = &now[sample * table.width..][..table.width];
            self.buffer_pool.write(table, 0, row);
        }
    }

    /// Leaves a sample with the last two of so many rows.
    fn end(&self, stepper: &mut Stepper<T>, sample: usize, count: usize) {
        let buffers = &mut stepper.buffers;
        for (slot, &table) in self.tables.iter().enumerate() {
            for (buffer, row) in [(&mut buffers.now, count), (&mut buffers.before, count - 1)] {
                let place = sample * table.width..(sample + 1) * table.width;
                if let Some(to) = buffer[slot].get_mut(place) {
                    to.fill(T::ZERO);
                    self.buffer_pool.read(table, row, to);
                }
            }
        }
    }

    /// Writes what the stimulus puts into the Inputs.
    fn enter(
        &mut self,
        net: &Net<T>,
        drive: &GridInput<'_>,
        sample: usize,
        first: usize,
        count: usize,
    ) {
        for (tracks, &leaf) in drive.tracks.iter().zip(&net.entries) {
            let Some(track) = tracks.get(sample) else { continue };
            let slots =
                net.planned_nodes[leaf].slots.map(|slot| slot.map(|slot| self.tables[slot]));
            for row in 1..=count {
                self.enter_row(track, slots, row, first + row - 1);
            }
            for table in slots.into_iter().flatten() {
                let is_binary = track.is_binary() && self.buffer_pool.row_is_binary(table, 0);
                self.buffer_pool.set_uniform_value(table, is_binary.then_some(T::ONE));
                self.buffer_pool.fill_bitmasks(table, 1..count + 1);
            }
        }
    }

    fn enter_row(
        &mut self,
        track: &GridSignal<'_>,
        slots: [Option<Table>; 2],
        row: usize,
        step: usize,
    ) {
        match slots {
            // A pulse of one step is a current.
            [Some(table), None] => {
                track.joined(step, self.buffer_pool.row_mut(table, row), &mut self.scratch);
            }
            [current, impulse] => {
                let width = current.or(impulse).map_or(0, |table| table.width);
                let (spikes, steady) = track.parts(step, width, &mut self.scratch);
                for (table, values) in [(current, steady), (impulse, spikes)] {
                    let Some(table) = table else { continue };
                    for (to, &value) in self.buffer_pool.row_mut(table, row).iter_mut().zip(values)
                    {
                        *to = T::round(value);
                    }
                }
            }
        }
    }

    /// Says what a stage sees of its sources in so many rows, as far as these have had their turns.
    fn look(&mut self, net: &Net<T>, stage: &Stage, count: usize) {
        for &leaf in &stage.members {
            let input_refs = self.input_refs[leaf].iter().flatten();
            for (seen, input_ref) in self.seen[leaf].iter_mut().flatten().zip(input_refs) {
                let slots = stage.members.iter().flat_map(|&leaf| net.planned_nodes[leaf].slots);
                let is_own = slots.flatten().any(|slot| self.tables[slot] == input_ref.table);
                if !is_own {
                    seen.table = self.buffer_pool.held(
                        input_ref.table,
                        1 - input_ref.delay_steps..count + 1 - input_ref.delay_steps,
                    );
                }
            }
        }
    }

    /// Runs a stage over a block.
    fn run(
        &mut self,
        net: &Net<T>,
        stage: &Stage,
        stepper: &mut Stepper<T>,
        sample: usize,
        first: usize,
        count: usize,
    ) {
        self.look(net, stage, count);
        let mut turn = |leaf: usize, rows: Range<usize>, part: Part| {
            let planned_node = &net.planned_nodes[leaf];
            let Some(node) = &planned_node.node else { return };
            if self.passes_on[leaf] {
                return;
            }
            let (len, number) = (node.state_len(), first + rows.start - 1);
            node.run_block(&mut Span {
                buffer_pool: &mut self.buffer_pool,
                input_refs: self.seen[leaf].each_ref().map(Vec::as_slice),
                inputs: planned_node.inputs,
                outs: planned_node.slots.map(|slot| slot.map(|slot| self.tables[slot])),
                state: &mut stepper.states[leaf][sample * len..][..len],
                rows,
                number,
                part,
                traces: self.traces[leaf],
                scratch: &mut self.pass_scratch,
                frames: &mut self.frames,
            });
        };
        if !stage.stepped {
            for &leaf in &stage.members {
                turn(leaf, 1..count + 1, Part::Both);
            }
            return;
        }
        for row in 1..=count {
            for &leaf in &stage.members {
                turn(leaf, row..row + 1, Part::Turn);
            }
            for leaf in net.accepting.iter().filter(|leaf| stage.members.contains(leaf)) {
                turn(*leaf, row..row + 1, Part::Absorb);
            }
        }
    }

    /// Records so many rows of a sample; `first` counts samples of steps up to the first.
    fn write(
        &mut self,
        dense: &mut Dense,
        starts: &[usize],
        first: usize,
        batch: usize,
        count: usize,
    ) {
        let probes = dense.probes.iter_mut().zip(starts).zip(&self.views);
        for (((probe, samples), start), view) in probes {
            for row in 1..=count {
                let at = start + (first + (row - 1) * batch) * probe.channels();
                match *view {
                    View::One(table) if table.has_numbers() => {
                        samples.write(at, self.buffer_pool.row(table, row));
                    }
                    View::One(table) => samples.set(at, self.buffer_pool.bitmask(table, row)),
                    View::Sum(a, b) => {
                        let sum = &mut self.frames[0];
                        sum.clear();
                        let pairs =
                            self.buffer_pool.row(a, row).iter().zip(self.buffer_pool.row(b, row));
                        sum.extend(pairs.map(|(&a, &b)| a + b));
                        samples.write(at, sum);
                    }
                    View::Zeros => {}
                }
            }
        }
    }
}

impl<T: Real> Block<T> {
    /// Adds so many rows of a sample to the sums.
    fn add(&mut self, dense: &mut Dense, sample: usize, count: usize) {
        for ((probe, sums), view) in dense.probes.iter_mut().zip(&self.views) {
            let at = sample * probe.channels();
            for row in 1..=count {
                match *view {
                    View::One(table) if table.has_numbers() => {
                        sums.add(at, self.buffer_pool.row(table, row));
                    }
                    View::One(table) => sums.count(at, self.buffer_pool.bitmask(table, row)),
                    View::Sum(a, b) => {
                        sums.add(at, self.buffer_pool.row(a, row));
                        sums.add(at, self.buffer_pool.row(b, row));
                    }
                    View::Zeros => {}
                }
            }
        }
    }
}

/// Bytes of the weights that a block of steps shares.
fn weights<T: Real>(net: &Net<T>) -> usize {
    let shared = net.stages.iter().filter(|stage| !stage.stepped);
    let nodes = shared
        .flat_map(|stage| &stage.members)
        .filter_map(|&leaf| net.planned_nodes[leaf].node.as_ref());
    nodes.map(|node| node.bytes()).sum()
}
