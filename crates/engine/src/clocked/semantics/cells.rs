//! Neurons in vectors: a layer over a block of steps.
//!
//! The operations are those of [`layer`](super::layer), [`membrane`](super::membrane) and
//! [`fire`](super::fire), in the same order for every neuron. Where neurons do not wait for each
//! other, a vector of them takes all steps while its state stays in registers.

mod vector;

use std::iter::StepBy;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::super::real::Real;
use super::super::simd::{UNROLL, Vector, VectorLoop};
use super::super::time_block::{BufferPool, InputRef, Table, gather};
use super::fire::Firing;
use super::fused_recurrence::{FusedRecurrence, NoHook, StepHook};
use super::layer::{Layer, LayerState};
use super::state::State;
use crate::vectorized::outlined;
use vector::Cells;

pub(super) use vector::Others;

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

/// A layer over rows that hold whole steps of all samples.
pub(super) struct Layers<'a, T> {
    pub(super) layer: &'a Layer<T>,
    /// A state for each sample.
    pub(super) states: &'a mut [State<T>],
    pub(super) buffer_pool: &'a mut BufferPool<T>,
    pub(super) input_refs: &'a [InputRef],
    pub(super) out: Table,
    pub(super) traces: Traces,
    pub(super) rows: Range<usize>,
    /// The neurons, in whole tiles.
    pub(super) neurons: Range<usize>,
    pub(super) part: Part,
}

impl<T: Real> WithSimd for Layers<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { layer, states, buffer_pool, input_refs, out, traces, rows, neurons, part } =
            self;
        let apart = states.len();
        for (state, first) in states.iter_mut().zip(rows.start..) {
            let State::Layer(state) = state else { continue };
            let rows = (first..rows.end).step_by(apart);
            let neurons = neurons.clone();
            BlockPass { layer, state, buffer_pool, input_refs, out, traces, rows, neurons, part }
                .run(simd);
        }
        if part != Part::Take {
            buffer_pool.order_bitmasks(out, rows.clone());
        }
        if layer.spreads() {
            spread(states, buffer_pool, out, traces, rows);
        }
    }
}

/// Spreads what is no number from a neuron to its whole layer, one step late and from then on.
fn spread<T: Real>(
    states: &mut [State<T>],
    buffer_pool: &mut BufferPool<T>,
    out: Table,
    traces: Traces,
    rows: Range<usize>,
) {
    let apart = states.len();
    for (state, first) in states.iter_mut().zip(rows.start..) {
        let State::Layer(state) = state else { continue };
        for row in (first..rows.end).step_by(apart) {
            if state.is_spread {
                for table in [Some(out), traces.spikes, traces.v, traces.isyn].into_iter().flatten()
                {
                    buffer_pool.row_mut(table, row).fill(T::round(f64::NAN));
                }
            } else {
                state.is_spread = buffer_pool.row(out, row).iter().any(|x| x.wide().is_nan());
            }
        }
    }
    buffer_pool.fill_bitmasks(out, rows);
}

/// A [plain](Layer::is_plain) layer that feeds itself, over rows that hold whole steps of all samples;
/// whether the vector unit holds all its neurons at once, and nothing is done where it does not.
pub(super) struct FusedLayers<'a, T> {
    pub(super) layer: &'a Layer<T>,
    /// A state for each sample.
    pub(super) states: &'a mut [State<T>],
    pub(super) buffer_pool: &'a mut BufferPool<T>,
    pub(super) input_refs: &'a [InputRef],
    pub(super) out: Table,
    pub(super) rows: Range<usize>,
    pub(super) fused_recurrence: FusedRecurrence<'a, T>,
}

impl<T: Real> WithSimd for FusedLayers<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Self { layer, states, buffer_pool, input_refs, out, rows, fused_recurrence } = self;
        if out.width > Vector::<S, T, UNROLL>::LEN {
            return false;
        }
        let Some(firing) = &layer.firing else { return false };
        let (neurons, traces, part, apart) = (0..0, Traces::default(), Part::Both, states.len());
        for (state, first) in states.iter_mut().zip(rows.start..) {
            let State::Layer(state) = state else { continue };
            let rows = (first..rows.end).step_by(apart);
            let neurons = neurons.clone();
            let block = BlockPass {
                layer,
                state,
                buffer_pool,
                input_refs,
                out,
                traces,
                rows,
                neurons,
                part,
            };
            if layer.synapse.is_some() {
                block.fused_recurrence::<S, true>(simd, firing, &fused_recurrence);
            } else {
                block.fused_recurrence::<S, false>(simd, firing, &fused_recurrence);
            }
        }
        true
    }
}

/// A layer of one sample over some rows.
struct BlockPass<'a, T> {
    layer: &'a Layer<T>,
    state: &'a mut LayerState<T>,
    buffer_pool: &'a mut BufferPool<T>,
    input_refs: &'a [InputRef],
    out: Table,
    traces: Traces,
    rows: StepBy<Range<usize>>,
    neurons: Range<usize>,
    part: Part,
}

impl<T: Real> BlockPass<'_, T> {
    /// Takes the steps.
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (layer, neurons) = (self.layer, self.neurons.clone());
        let is_plain = layer.is_plain() && self.traces.is_empty();
        let block = &mut self;
        match &layer.firing {
            Some(firing) if is_plain && layer.synapse.is_some() => {
                outlined(simd, Plain::<T, true> { block, firing, neurons });
            }
            Some(firing) if is_plain => {
                outlined(simd, Plain::<T, false> { block, firing, neurons });
            }
            _ => outlined(simd, General { block, neurons }),
        }
    }
}

/// Neurons of any layer.
struct General<'s, 'a, T> {
    block: &'s mut BlockPass<'a, T>,
    neurons: Range<usize>,
}

impl<T: Real> WithSimd for General<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for at in self.neurons.step_by(Vector::<S, T, 1>::LEN) {
            self.block.take::<S, 1>(simd, at);
        }
    }
}

/// Neurons of a [plain](Layer::is_plain) layer.
struct Plain<'s, 'a, T, const SYNAPSE: bool> {
    block: &'s mut BlockPass<'a, T>,
    firing: &'s Firing<T>,
    neurons: Range<usize>,
}

impl<T: Real, const SYNAPSE: bool> WithSimd for Plain<'_, '_, T, SYNAPSE> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let neurons = self.neurons.clone();
        self.walk(simd, neurons);
    }
}

impl<T: Real, const SYNAPSE: bool> VectorLoop<T> for Plain<'_, '_, T, SYNAPSE> {
    #[inline(always)]
    fn take<S: Simd, const W: usize>(&mut self, simd: S, at: usize) {
        self.block.take_plain::<S, W, SYNAPSE>(simd, at, self.firing, &NoHook);
    }
}

impl<T: Real> BlockPass<'_, T> {
    /// Takes all neurons of a plain layer and its fused recurrence.
    #[inline(always)]
    fn fused_recurrence<S: Simd, const SYNAPSE: bool>(
        mut self,
        simd: S,
        firing: &Firing<T>,
        fused_recurrence: &FusedRecurrence<'_, T>,
    ) {
        let registers = self.out.width.div_ceil(Vector::<S, T, 1>::LEN);
        let block = &mut self;
        // Padding is left out: there may be less of it than another register holds.
        match registers {
            0 | 1 => outlined(simd, Recurrent::<T, 1, SYNAPSE> { block, firing, fused_recurrence }),
            2 => outlined(simd, Recurrent::<T, 2, SYNAPSE> { block, firing, fused_recurrence }),
            3 => outlined(simd, Recurrent::<T, 3, SYNAPSE> { block, firing, fused_recurrence }),
            _ => {
                outlined(simd, Recurrent::<T, UNROLL, SYNAPSE> { block, firing, fused_recurrence });
            }
        }
    }

    /// [`take`](Self::take) of a plain layer, of which little has to be kept in registers.
    #[inline(always)]
    fn take_plain<S: Simd, const W: usize, const SYNAPSE: bool>(
        &mut self,
        simd: S,
        at: usize,
        firing: &Firing<T>,
        hook: &impl StepHook<T>,
    ) {
        let Self { layer, state, buffer_pool, input_refs, out, rows, part, .. } = self;
        let height = Vector::<S, T, W>::splat(simd, layer.height);
        let (has_feedthrough, has_pending_reset) =
            (firing.has_feedthrough(), firing.has_pending_reset());
        let [before_leak, after_input] = [firing.resets_before_leak(), firing.resets_after_input()];
        let emits = !has_feedthrough && *part != Part::Take;
        let (first, others) = layer.first(input_refs);
        let zeros = Vector::splat(simd, T::ZERO);
        let mut v = Vector::load(simd, &state.v, at);
        let mut isyn = if SYNAPSE { Vector::load(simd, &state.isyn, at) } else { zeros };
        for row in rows.clone() {
            let (pending_reset, bitmask) =
                if has_pending_reset { firing.count_marked(simd, at, v) } else { (zeros, 0) };
            if emits {
                buffer_pool.store_with_bitmask(*out, row, at, bitmask, pending_reset * height);
            }
            hook.step(buffer_pool, row);
            if *part == Part::Emit {
                continue;
            }
            if before_leak {
                v = firing.reset_vector(simd, at, v, pending_reset);
            }
            let x = gather(simd, buffer_pool, first, row, at);
            let others = Others { buffer_pool, input_refs: others, row };
            if let Some(synapse) = layer.synapse.as_ref().filter(|_| SYNAPSE) {
                isyn = synapse.step_vector_with(simd, at, isyn, x, others);
                v = layer.membrane.step_vector(simd, at, v, isyn);
            } else {
                v = layer.membrane.step_vector_with(simd, at, v, x, others);
            }
            if after_input {
                v = firing.reset_vector(simd, at, v, pending_reset);
            }
            if has_feedthrough {
                let (spikes, bitmask) = firing.count_marked(simd, at, v);
                v = firing.at_once_vector(simd, at, v, spikes, pending_reset);
                buffer_pool.store_with_bitmask(*out, row, at, bitmask, spikes * height);
            }
            v = firing.limit_vector(simd, at, v);
        }
        v.store(&mut state.v, at);
        if SYNAPSE {
            isyn.store(&mut state.isyn, at);
        }
    }
}

/// All neurons of a plain layer, in `W` registers, and its fused recurrence.
struct Recurrent<'s, 'a, T, const W: usize, const SYNAPSE: bool> {
    block: &'s mut BlockPass<'a, T>,
    firing: &'s Firing<T>,
    fused_recurrence: &'s FusedRecurrence<'s, T>,
}

impl<T: Real, const W: usize, const SYNAPSE: bool> WithSimd for Recurrent<'_, '_, T, W, SYNAPSE> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { block, firing, fused_recurrence } = self;
        block.take_plain::<S, W, SYNAPSE>(simd, 0, firing, fused_recurrence);
    }
}

impl<T: Real> BlockPass<'_, T> {
    /// Takes the neurons from one on through all rows.
    #[inline(always)]
    fn take<S: Simd, const W: usize>(&mut self, simd: S, at: usize) {
        let Self { layer, state, buffer_pool, input_refs, out, traces, rows, part, .. } = self;
        let (emits, takes) = (*part != Part::Take, *part != Part::Emit);
        let mut cells: Cells<S, T, W> = Cells {
            v: Vector::load(simd, &state.v, at),
            isyn: Vector::load(simd, &state.isyn, at),
            spikes: Vector::load(simd, &state.spikes, at),
            pending_reset: Vector::splat(simd, T::ZERO),
            relayed: Vector::load(simd, &state.relayed, at),
        };
        for row in rows.clone() {
            let early = if emits { layer.emit_vector(simd, at, &mut cells) } else { None };
            if let Some(leaving) = early {
                buffer_pool.store(*out, row, at, leaving);
            }
            if !takes {
                continue;
            }
            let others = Others { buffer_pool, input_refs, row };
            if let Some(leaving) = layer.take_vector(simd, at, &mut cells, others) {
                buffer_pool.store(*out, row, at, leaving);
            }
            let traced =
                [(traces.spikes, cells.spikes), (traces.v, cells.v), (traces.isyn, cells.isyn)];
            for (table, vector) in traced {
                if let Some(table) = table {
                    buffer_pool.store(table, row, at, vector);
                }
            }
        }
        cells.v.store(&mut state.v, at);
        cells.isyn.store(&mut state.isyn, at);
        cells.spikes.store(&mut state.spikes, at);
        cells.relayed.store(&mut state.relayed, at);
    }
}

impl Traces {
    /// Whether nobody wants any.
    pub(super) fn is_empty(self) -> bool {
        self.spikes.is_none() && self.v.is_none() && self.isyn.is_none()
    }
}
