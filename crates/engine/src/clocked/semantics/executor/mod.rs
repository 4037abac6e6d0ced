//! Block executor: owns all mutable buffers and runs blocks of time steps, leaf by leaf (see
//! [`time_block`](super::super::time_block)).

mod cycle;
mod setup;

use std::ops::Range;
use std::sync::Arc;

use nirkit_numerics::{Tensor, TensorError};

use super::cells::{Layers, Part, Traces};
use super::fixed::FixedLayer;
use super::program::{Kind, Net, PlannedNode, Subject};
use super::state::State;
use crate::clocked::drive::{GridSignal, Scratch};
use crate::clocked::real::Real;
use crate::clocked::simd::{padded, vectorized};
use crate::clocked::time_block::{
    BufferPool, InputRef, Pass, PassScratch, Stage, Table, gather_row,
};
use nirkit_run::interrupt;

pub(super) use setup::Size;

/// Everything that changes while stimuli are played.
///
/// Some samples are interleaved: row `k * batch_interleave + n` of a table is the `k`-th step of sample `n`.
#[derive(Clone, Debug)]
pub(super) struct BlockExecutor<T> {
    net: Arc<Net<T>>,
    size: Size,
    /// Samples that are played now.
    batch_interleave: usize,
    buffer_pool: BufferPool<T>,
    /// What each leaf puts out.
    tables: Vec<Table>,
    /// Whether what a leaf puts out stands in the table of its source.
    passed_on: Vec<bool>,
    /// Whether anybody asks for the numbers of a leaf and not for its events.
    asked_for: Vec<bool>,
    /// What each planned node sees, in the first step and later.
    seen: Vec<[Vec<InputRef>; 2]>,
    /// What changes in each planned node, for each sample.
    states: Vec<Vec<State<T>>>,
    traces: Vec<Traces>,
    /// For each planned node the one whose sums it takes tile by tile, if there is one.
    fused_source: Vec<Option<usize>>,
    /// Whether a planned node, by its position, is one of them.
    feeds: Vec<bool>,
    /// Where each subject is read.
    reads: Vec<Table>,
    pass_scratch: PassScratch<T>,
    scratch: Scratch,
}

impl<T: Real> BlockExecutor<T> {
    /// Runs samples, each with a track for every Input, and returns the arrays of each.
    pub(super) fn play(
        &mut self,
        samples: &[&[GridSignal<'_>]],
        steps: usize,
        subjects: &[&Subject],
    ) -> Result<Vec<Vec<Tensor>>, TensorError> {
        let mut played = Vec::with_capacity(samples.len());
        for samples in samples.chunks(self.size.batch_interleave) {
            for numbers in self.run_interleaved(samples, steps, subjects)? {
                let tensor = |(subject, numbers): (&&Subject, Vec<T>)| {
                    Tensor::new(&[&[steps], subject.shape.as_slice()].concat(), numbers)
                };
                let tensors = subjects.iter().zip(numbers).map(tensor);
                played.push(tensors.collect::<Result<_, _>>()?);
            }
        }
        Ok(played)
    }

    /// Runs as many samples as the buffers hold: for each, the numbers of each subject.
    fn run_interleaved(
        &mut self,
        samples: &[&[GridSignal<'_>]],
        steps: usize,
        subjects: &[&Subject],
    ) -> Result<Vec<Vec<Vec<T>>>, TensorError> {
        let zeros = |subject: &&Subject| {
            let shape = [&[steps], subject.shape.as_slice()].concat();
            let too_large = || TensorError::TooLarge { shape: shape.clone(), dtype: T::DTYPE };
            let len = shape.iter().try_fold(1_usize, |len, &axis| len.checked_mul(axis));
            let len = len.ok_or_else(too_large)?;
            let mut zeros = Vec::new();
            zeros.try_reserve_exact(len).map_err(|_| too_large())?;
            zeros.resize(len, T::ZERO);
            Ok(zeros)
        };
        let mut recorded: Vec<Vec<Vec<T>>> = (samples.iter())
            .map(|_| subjects.iter().map(zeros).collect())
            .collect::<Result<_, TensorError>>()?;
        self.start(samples.len());
        let net = Arc::clone(&self.net);
        let block = (self.size.rows / self.batch_interleave).max(1);
        for first in (0..steps).step_by(block) {
            if interrupt::is_requested() {
                break;
            }
            let count = block.min(steps - first);
            self.enter(&net, samples, first, count);
            for stage in &net.stages {
                self.run(&net, stage, first == 0, count);
            }
            for (sample, numbers) in recorded.iter_mut().enumerate() {
                self.read(sample, first, count, numbers);
            }
            for (&table, _) in self.tables.iter().zip(&net.history).filter(|(_, needed)| **needed) {
                for sample in 0..self.batch_interleave {
                    self.buffer_pool.copy_row(
                        table,
                        count * self.batch_interleave + sample,
                        sample,
                    );
                }
            }
        }
        Ok(recorded)
    }

    /// Reads what is recorded of a sample in so many steps.
    fn read(&self, sample: usize, first: usize, count: usize, recorded: &mut [Vec<T>]) {
        for (&table, numbers) in self.reads.iter().zip(recorded) {
            let rows = numbers[first * table.width..].chunks_exact_mut(table.width.max(1));
            for (step, numbers) in (1..=count).zip(rows) {
                self.buffer_pool.read(table, step * self.batch_interleave + sample, numbers);
            }
        }
    }

    /// Goes back to the start, with so many samples.
    fn start(&mut self, batch_interleave: usize) {
        self.batch_interleave = batch_interleave;
        for input_ref in
            self.seen.iter_mut().flatten().flatten().filter(|input_ref| input_ref.delay_steps > 0)
        {
            input_ref.delay_steps = batch_interleave;
        }
        for (&table, rest) in self.tables.iter().zip(&self.net.rest) {
            for sample in 0..batch_interleave {
                self.buffer_pool.write(table, sample, rest);
            }
        }
        for (planned_node, states) in self.net.planned_nodes.iter().zip(&mut self.states) {
            states[..batch_interleave]
                .iter_mut()
                .for_each(|state| state.restart(&planned_node.kind));
        }
    }

    /// Writes what the stimuli put into the Inputs.
    fn enter(&mut self, net: &Net<T>, samples: &[&[GridSignal<'_>]], first: usize, count: usize) {
        for planned_node in &net.planned_nodes {
            let Kind::Entry(input) = planned_node.kind else { continue };
            let table = self.tables[planned_node.leaf];
            let tracks = || samples.iter().map(|tracks| tracks.get(input));
            let is_binary = tracks().all(|track| track.is_none_or(GridSignal::is_binary));
            if first == 0 {
                self.buffer_pool.set_uniform_value(table, is_binary.then_some(T::ONE));
            }
            let has_numbers = !is_binary || self.asked_for[planned_node.leaf];
            for (sample, track) in tracks().enumerate() {
                for step in 0..count {
                    let row = (step + 1) * self.batch_interleave + sample;
                    self.enter_row(table, row, track, first + step, has_numbers);
                }
            }
            if !is_binary {
                self.buffer_pool.fill_bitmasks(
                    table,
                    self.batch_interleave..(count + 1) * self.batch_interleave,
                );
            }
        }
    }

    /// Writes what enters in a step: the marks, and the numbers if they are wanted.
    fn enter_row(
        &mut self,
        table: Table,
        row: usize,
        track: Option<&GridSignal<'_>>,
        step: usize,
        has_numbers: bool,
    ) {
        if let Some(bitmask) = track.map_or(Some(&[][..]), |track| track.bitmask(step)) {
            self.buffer_pool.write_bitmask(table, row, bitmask);
        }
        if has_numbers {
            let frame = self.buffer_pool.row_mut(table, row);
            match track {
                Some(track) => track.joined(step, frame, &mut self.scratch),
                None => frame.fill(T::ZERO),
            }
        }
    }

    /// Runs a stage over a block.
    fn run(&mut self, net: &Net<T>, stage: &Stage, is_first: bool, count: usize) {
        if stage.stepped {
            return self.run_steps(net, stage, is_first, count);
        }
        let (start, end) = (self.batch_interleave, (count + 1) * self.batch_interleave);
        for &at in &stage.members {
            if self.feeds[at] {
                continue;
            }
            // In the first step some sources are not seen yet.
            let [first, later] = &self.seen[self.fused_source[at].unwrap_or(at)];
            let from =
                if is_first && first != later { start + self.batch_interleave } else { start };
            for (seen, rows) in [(0, start..from), (1, from..end)] {
                match self.fused_source[at] {
                    _ if rows.is_empty() => {}
                    Some(source) => self.run_fused(net, source, at, seen, rows),
                    None => self.turn(&net.planned_nodes[at], at, seen, rows, Part::Both),
                }
            }
        }
    }

    /// A planned node's turn in some steps.
    fn turn(
        &mut self,
        planned_node: &PlannedNode<T>,
        at: usize,
        seen: usize,
        rows: Range<usize>,
        part: Part,
    ) {
        let out = self.tables[planned_node.leaf];
        if self.passed_on[planned_node.leaf] {
            return;
        }
        match &planned_node.kind {
            Kind::Entry(_) => {}
            Kind::Map(map) => map.run_block(&mut Pass {
                buffer_pool: &mut self.buffer_pool,
                input_refs: &self.seen[at][seen],
                inputs: planned_node.inputs,
                truth: false,
                out,
                rows,
                scratch: &mut self.pass_scratch,
            }),
            Kind::Layer(layer) => vectorized(Layers {
                layer,
                states: &mut self.states[at][..self.batch_interleave],
                buffer_pool: &mut self.buffer_pool,
                input_refs: &self.seen[at][seen],
                out,
                traces: self.traces[at],
                rows,
                neurons: 0..padded(out.width),
                part,
            }),
            Kind::Fixed(layer) => {
                for row in rows {
                    self.step_fixed(layer, at, seen, row, out);
                }
            }
        }
    }

    /// The turn of a matrix and of the layer that it feeds, tile by tile.
    fn run_fused(
        &mut self,
        net: &Net<T>,
        source: usize,
        at: usize,
        seen: usize,
        rows: Range<usize>,
    ) {
        let [matrix, planned_node] = [source, at].map(|at| &net.planned_nodes[at]);
        let (Kind::Map(map), Kind::Layer(layer)) = (&matrix.kind, &planned_node.kind) else {
            return;
        };
        let (out, traces) = (self.tables[planned_node.leaf], self.traces[at]);
        let states = &mut self.states[at][..self.batch_interleave];
        let mut pass = Pass {
            buffer_pool: &mut self.buffer_pool,
            input_refs: &self.seen[source][seen],
            inputs: matrix.inputs,
            truth: false,
            out: self.tables[matrix.leaf],
            rows: rows.clone(),
            scratch: &mut self.pass_scratch,
        };
        map.run_tiles(&mut pass, |neurons, pass| {
            let (states, buffer_pool) = (&mut *states, &mut *pass.buffer_pool);
            let (input_refs, rows) =
                (&[InputRef { table: pass.out, delay_steps: 0 }], rows.clone());
            let part = Part::Both;
            let layers =
                Layers { layer, states, buffer_pool, input_refs, out, traces, rows, neurons, part };
            vectorized(layers);
        });
    }

    /// Takes a step of a layer in fixed point.
    fn step_fixed(&mut self, layer: &FixedLayer, at: usize, seen: usize, row: usize, out: Table) {
        let input_refs = self.seen[at][seen].as_slice();
        let State::Fixed(state) = &mut self.states[at][row % self.batch_interleave] else { return };
        let PassScratch { input, other, .. } = &mut self.pass_scratch;
        input.clear();
        for input_ref in input_refs {
            gather_row(&self.buffer_pool, std::slice::from_ref(input_ref), row, out.width, other);
            input.extend_from_slice(other);
        }
        if input_refs.is_empty() {
            input.resize(out.width, T::ZERO);
        }
        let inputs = input.chunks_exact(out.width.max(1));
        layer.step(state, &inputs, self.buffer_pool.row_mut(out, row));
        let traced = [(self.traces[at].v, &state.v), (self.traces[at].isyn, &state.isyn)];
        for (trace, numbers) in traced {
            let Some(trace) = trace else { continue };
            for (to, &number) in self.buffer_pool.row_mut(trace, row).iter_mut().zip(numbers) {
                *to = T::round(f64::from(number));
            }
        }
    }
}
