//! Cycles: stages whose steps have to be taken one by one.

use std::ops::{Range, RangeInclusive};

use pulp::{Simd, WithSimd};

use super::super::cells::{FusedLayers, Layers, Part};
use super::super::fused_recurrence::FusedRecurrence;
use super::super::program::{Kind, Net, PlannedNode};
use super::BlockExecutor;
use crate::clocked::real::Real;
use crate::clocked::simd::{padded, vectorized};
use crate::clocked::time_block::Stage;

/// Some steps of a stage that has to be stepped.
struct Steps<'a, T> {
    executor: &'a mut BlockExecutor<T>,
    net: &'a Net<T>,
    turns: &'a [(usize, Part)],
    is_first: bool,
    range: RangeInclusive<usize>,
}

impl<T: Real> WithSimd for Steps<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { executor, net, turns, is_first, range } = self;
        for step in range {
            let seen = usize::from(!is_first || step > 1);
            let rows = step * executor.batch_interleave..(step + 1) * executor.batch_interleave;
            for &(at, part) in turns {
                executor.step(simd, &net.planned_nodes[at], at, seen, rows.clone(), part);
            }
        }
    }
}

impl<T: Real> BlockExecutor<T> {
    /// Runs a stage that has to be stepped over a block.
    pub(super) fn run_steps(&mut self, net: &Net<T>, stage: &Stage, is_first: bool, count: usize) {
        let (without_feedthrough, others): (Vec<usize>, Vec<usize>) =
            stage.members.iter().partition(|&&at| !net.planned_nodes[at].kind.has_feedthrough());
        let part = |part| move |&at: &usize| (at, part);
        let turns: Vec<(usize, Part)> = (without_feedthrough.iter().map(part(Part::Emit)))
            .chain(others.iter().map(part(Part::Both)))
            .chain(without_feedthrough.iter().map(part(Part::Take)))
            .collect();
        let turns = turns.as_slice();
        let mut from = 1;
        if is_first {
            // In the first step some sources are not seen yet.
            vectorized(Steps { executor: self, net, turns, is_first, range: 1..=1 });
            from = 2;
        }
        let rows = from * self.batch_interleave..(count + 1) * self.batch_interleave;
        if !rows.is_empty() && !self.fused_recurrence(net, turns, rows) {
            vectorized(Steps { executor: self, net, turns, is_first, range: from..=count });
        }
    }

    /// All turns in some rows, if they are those of a layer that feeds itself through a narrow matrix;
    /// whether they are.
    fn fused_recurrence(
        &mut self,
        net: &Net<T>,
        turns: &[(usize, Part)],
        rows: Range<usize>,
    ) -> bool {
        let is_map = |at: usize| matches!(net.planned_nodes[at].kind, Kind::Map(_));
        let (at, source, behind) = match *turns {
            [(map, Part::Both), (layer, Part::Both)] if is_map(map) => (layer, map, 0),
            [(layer, Part::Both), (map, Part::Both)] => (layer, map, self.batch_interleave),
            [(layer, Part::Emit), (map, Part::Both), (_, Part::Take)] => (layer, map, 0),
            _ => return false,
        };
        let [planned_node, matrix] = [at, source].map(|at| &net.planned_nodes[at]);
        let (Kind::Layer(layer), Kind::Map(map)) = (&planned_node.kind, &matrix.kind) else {
            return false;
        };
        let seen = [source, at].map(|at| self.seen[at][1].as_slice());
        let [taps_back, input_refs] = seen;
        let is_plain = layer.is_plain() && !layer.spreads() && self.traces[at].is_empty();
        if !(is_plain && map.is_narrow(&self.buffer_pool, taps_back)) {
            return false;
        }
        let (first, end, sums) = (rows.start, rows.end, self.tables[matrix.leaf]);
        let fused_recurrence =
            FusedRecurrence { map, input_refs: taps_back, out: sums, behind, first };
        let (states, buffer_pool) =
            (&mut self.states[at][..self.batch_interleave], &mut self.buffer_pool);
        let out = self.tables[planned_node.leaf];
        let has_run = vectorized(FusedLayers {
            layer,
            states,
            buffer_pool,
            input_refs,
            out,
            rows,
            fused_recurrence,
        });
        // Where the matrix comes after the layer, its last turn is left.
        has_run && map.step_by_bitmask(&mut self.buffer_pool, taps_back, sums, end - behind..end)
    }

    /// [`turn`](Self::turn) in a single step, as a part of an operation that is compiled for a vector
    /// unit.
    #[inline(always)]
    fn step<S: Simd>(
        &mut self,
        simd: S,
        planned_node: &PlannedNode<T>,
        at: usize,
        seen: usize,
        rows: Range<usize>,
        part: Part,
    ) {
        let (out, input_refs) = (self.tables[planned_node.leaf], self.seen[at][seen].as_slice());
        match &planned_node.kind {
            Kind::Map(map)
                if map.step_by_bitmask(&mut self.buffer_pool, input_refs, out, rows.clone()) => {}
            Kind::Layer(layer) => {
                let states = &mut self.states[at][..self.batch_interleave];
                let (buffer_pool, traces) = (&mut self.buffer_pool, self.traces[at]);
                let neurons = 0..padded(out.width);
                Layers { layer, states, buffer_pool, input_refs, out, traces, rows, neurons, part }
                    .with_simd(simd);
            }
            _ => self.turn(planned_node, at, seen, rows, part),
        }
    }
}
