//! The jumps that impulses cause, and the rise of an integrator: what arrives, times a factor of the neuron, is added to a state.

use nirkit_step::{CellBuilder, Expr, Variable};
use pulp::Simd;

use super::lower::numbers::{column, times};
use super::parameter::{Columns, Parameter};
use super::real::Real;
use super::simd::Vector;

/// A factor for each neuron, by which what arrives is added to a state.
#[derive(Debug)]
pub(super) struct Gain<T> {
    /// What a step program calls it.
    name: &'static str,
    factors: Columns<T, 1>,
}

impl<T: Real> Gain<T> {
    /// Factors of `channels` channels from parameters.
    pub(super) fn new<const P: usize>(
        name: &'static str,
        channels: usize,
        parameters: [&Parameter; P],
        factor: impl Fn([f64; P]) -> f64,
    ) -> Self {
        Self { name, factors: Columns::new(channels, parameters, |values| [factor(values)]) }
    }

    /// Adds what arrives to the states.
    pub(super) fn add(&self, states: &mut [T], input: &[T]) {
        let input = &input[..states.len()];
        self.factors.visit(states.len(), |neuron, [gain]| states[neuron] += gain * input[neuron]);
    }

    /// Writes the same for a state of a cell.
    pub(super) fn lower(&self, builder: &mut CellBuilder, state: Variable, input: Expr) {
        let gain = column(builder, &self.factors, 0, self.name);
        builder.set(state, Expr::of(state) + times(gain, input));
    }

    /// The states of the neurons from `at` on with what arrives.
    #[inline(always)]
    pub(super) fn add_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        states: Vector<S, T, W>,
        input: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        let [gain] = self.factors.vectors(simd, at);
        states + gain * input
    }
}
