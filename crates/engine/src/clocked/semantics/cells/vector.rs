//! A vector of neurons: its state, its inputs, and the operations of a layer on it in one step.

use pulp::Simd;

use super::super::layer::Layer;
use super::super::rule::FanIn;
use crate::clocked::real::Real;
use crate::clocked::simd::Vector;
use crate::clocked::time_block::{BufferPool, InputRef, gather};

/// The state of a vector of neurons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<S: Simd, T: Real, const W: usize> {
    pub(super) v: Vector<S, T, W>,
    pub(super) isyn: Vector<S, T, W>,
    pub(super) spikes: Vector<S, T, W>,
    pub(super) pending_reset: Vector<S, T, W>,
    pub(super) relayed: Vector<S, T, W>,
}

impl<T: Real> Layer<T> {
    /// Whether nothing waits from step to step but voltages, and synaptic currents that the membrane
    /// sees at once. Most layers are such.
    pub(in super::super) fn is_plain(&self) -> bool {
        !self.is_late() && self.relay.is_empty()
    }

    /// Inputs that join are one; those that do not are the first and the others.
    #[inline(always)]
    pub(super) fn first<'t>(&self, input_refs: &'t [InputRef]) -> (&'t [InputRef], &'t [InputRef]) {
        let joined = self.fan_in == FanIn::Joined || input_refs.is_empty();
        input_refs.split_at(if joined { input_refs.len() } else { 1 })
    }

    /// What leaves before a layer looks at its input.
    #[inline(always)]
    pub(super) fn emit_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        cells: &mut Cells<S, T, W>,
    ) -> Option<Vector<S, T, W>> {
        if self.has_feedthrough() {
            return None;
        }
        if let Some(firing) = self.firing.as_ref().filter(|firing| !firing.has_feedthrough()) {
            cells.spikes = firing.count_vector(simd, at, cells.v);
            return Some(cells.spikes * Vector::splat(simd, self.height));
        }
        self.note_reset_vector(simd, at, cells);
        cells.v = self.membrane.step_vector(simd, at, cells.v, cells.isyn);
        Some(self.fire_vector(simd, at, cells))
    }

    /// Takes the input; returns the output of a layer with feedthrough.
    #[inline(always)]
    pub(super) fn take_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        cells: &mut Cells<S, T, W>,
        inputs: Others<'_, T>,
    ) -> Option<Vector<S, T, W>> {
        let (first, others) = self.first(inputs.input_refs);
        let x = gather(simd, inputs.buffer_pool, first, inputs.row, at);
        let others = Others { input_refs: others, ..inputs };
        if self.is_late() && !self.decides_before() {
            self.accept_input_vector(simd, at, cells, x, others);
            return None;
        }
        self.note_reset_vector(simd, at, cells);
        if self.relay.is_empty() {
            self.integrate_vector(simd, at, cells, x, others);
        } else {
            let arriving = cells.relayed;
            self.integrate_vector(simd, at, cells, arriving, Others { input_refs: &[], ..others });
            cells.relayed = self.relay_vector(simd, at, x, others);
        }
        let leaving = self.fire_vector(simd, at, cells);
        if self.has_feedthrough() { Some(leaving) } else { None }
    }

    #[inline(always)]
    fn accept_input_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        cells: &mut Cells<S, T, W>,
        x: Vector<S, T, W>,
        others: Others<'_, T>,
    ) {
        if let Some(synapse) = &self.synapse {
            cells.isyn = synapse.step_vector_with(simd, at, cells.isyn, x, others);
        }
    }

    #[inline(always)]
    fn integrate_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        cells: &mut Cells<S, T, W>,
        x: Vector<S, T, W>,
        others: Others<'_, T>,
    ) {
        if self.synapse.is_none() {
            cells.v = self.membrane.step_vector_with(simd, at, cells.v, x, others);
            return;
        }
        if !self.is_late() {
            self.accept_input_vector(simd, at, cells, x, others);
        }
        cells.v = self.membrane.step_vector(simd, at, cells.v, cells.isyn);
        if self.is_late() {
            self.accept_input_vector(simd, at, cells, x, others);
        }
    }

    #[inline(always)]
    fn note_reset_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        cells: &mut Cells<S, T, W>,
    ) {
        let Some(firing) = self.firing.as_ref().filter(|firing| firing.has_pending_reset()) else {
            return;
        };
        cells.pending_reset = if firing.has_feedthrough() {
            firing.count_vector(simd, at, cells.v)
        } else {
            cells.spikes
        };
        if firing.resets_before_leak() {
            cells.v = firing.reset_vector(simd, at, cells.v, cells.pending_reset);
        }
    }

    /// Tests, resets and limits; what leaves, unless the layer decides before its input.
    #[inline(always)]
    fn fire_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        cells: &mut Cells<S, T, W>,
    ) -> Vector<S, T, W> {
        let Some(firing) = &self.firing else { return cells.v };
        if firing.resets_after_input() {
            cells.v = firing.reset_vector(simd, at, cells.v, cells.pending_reset);
        }
        if firing.has_feedthrough() {
            cells.spikes = firing.count_vector(simd, at, cells.v);
            cells.v = firing.at_once_vector(simd, at, cells.v, cells.spikes, cells.pending_reset);
        }
        cells.v = firing.limit_vector(simd, at, cells.v);
        cells.spikes * Vector::splat(simd, self.height)
    }

    #[inline(always)]
    fn relay_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        x: Vector<S, T, W>,
        others: Others<'_, T>,
    ) -> Vector<S, T, W> {
        let zeros = Vector::splat(simd, T::ZERO);
        let weight = Vector::load(simd, &self.relay, at);
        let mut relayed = x.is_zero().choose(zeros, weight);
        for input_ref in others.input_refs {
            relayed = others.see(simd, input_ref, at).is_zero().choose(relayed, weight);
        }
        relayed
    }
}

/// Inputs of a row.
#[derive(Clone, Copy)]
pub(in super::super) struct Others<'a, T> {
    pub(super) buffer_pool: &'a BufferPool<T>,
    pub(in super::super) input_refs: &'a [InputRef],
    pub(super) row: usize,
}

impl<T: Real> Others<'_, T> {
    /// What one of them brings to the neurons from one on.
    #[inline(always)]
    pub(in super::super) fn see<S: Simd, const W: usize>(
        &self,
        simd: S,
        input_ref: &InputRef,
        at: usize,
    ) -> Vector<S, T, W> {
        self.buffer_pool.load(simd, input_ref.row(self.row) + at)
    }
}
