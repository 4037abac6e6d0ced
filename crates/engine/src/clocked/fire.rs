//! Spikes: the test against the threshold and the reset.

use nirkit_numerics::Tensor;
use nirkit_step::{CellBuilder, Comparison as Held, Expr, Variable};
use pulp::Simd;

use super::error::PrepareError;
use super::lower::numbers::{column, number};
use super::node::Site;
use super::option::{Comparison, SpikesPerStep, Timing};
use super::parameter::{Columns, Parameter};
use super::real::Real;
use super::simd::{Vector, padded};
use nirkit_run::choice::Reset;

/// The spike rule of the neurons of a node.
#[derive(Debug)]
pub(super) struct Fire<T> {
    /// The threshold, and the value after a reset to a value.
    levels: Columns<T, 2>,
    after: After,
    comparison: Comparison,
    timing: Timing,
}

/// What a reset does to the voltage.
#[derive(Clone, Copy, Debug)]
enum After {
    /// It becomes the second of the levels.
    Value,
    /// The threshold is taken off.
    Difference,
}

impl<T: Real> Fire<T> {
    /// The rule with these levels under the choices of the site; `v_reset` is 0 where it is absent.
    pub(super) fn new(
        site: &Site<'_>,
        v_threshold: &Tensor,
        v_reset: Option<&Tensor>,
    ) -> Result<Self, PrepareError> {
        let SpikesPerStep::One = site.options.spikes_per_step;
        let threshold = Parameter::of(site.leaf, "v_threshold", v_threshold)?;
        let (reset, after) = match site.options.reset {
            Reset::VReset => (Parameter::or(site.leaf, "v_reset", v_reset, 0.0)?, After::Value),
            Reset::Zero => (Parameter::Uniform(0.0), After::Value),
            Reset::Subtract => (Parameter::Uniform(0.0), After::Difference),
        };
        Ok(Self {
            levels: Columns::new(site.channels(), [&threshold, &reset], |levels| levels),
            after,
            comparison: site.options.comparison,
            timing: site.options.reset_timing,
        })
    }

    /// Numbers of state, in whole chunks: with a reset in the next step, who waits for it.
    pub(super) fn state_len(&self, neurons: usize) -> usize {
        padded(self.waiting(neurons))
    }

    /// The neurons that can wait for a reset.
    pub(super) fn waiting(&self, neurons: usize) -> usize {
        match self.timing {
            Timing::Same => 0,
            Timing::Next => neurons,
        }
    }

    /// The voltages of the neurons from one on, after the resets of those that wait.
    #[inline(always)]
    pub(super) fn reset_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        v: Vector<S, T, W>,
        waiting: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        if self.timing == Timing::Same {
            return v;
        }
        let [threshold, reset] = self.levels.vectors(simd, at);
        waiting.is_zero().choose(v, self.after_vector(v, threshold, reset))
    }

    /// The spikes of the neurons from one on, who are reset or have it wait, and a bit for each.
    #[inline(always)]
    pub(super) fn test_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        v: &mut Vector<S, T, W>,
        waiting: &mut Vector<S, T, W>,
    ) -> (Vector<S, T, W>, u64) {
        let [threshold, reset] = self.levels.vectors(simd, at);
        let above = match self.comparison {
            Comparison::Above => v.above(threshold),
            Comparison::AtLeast => v.at_least(threshold),
        };
        let spikes = above.choose(Vector::splat(simd, T::ONE), Vector::splat(simd, T::ZERO));
        match self.timing {
            Timing::Same => *v = above.choose(self.after_vector(*v, threshold, reset), *v),
            Timing::Next => *waiting = spikes,
        }
        (spikes, above.bits())
    }

    /// The voltages after a reset.
    #[inline(always)]
    fn after_vector<S: Simd, const W: usize>(
        &self,
        v: Vector<S, T, W>,
        threshold: Vector<S, T, W>,
        reset: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        match self.after {
            After::Value => reset,
            After::Difference => v - threshold,
        }
    }

    /// Writes the resets of the neurons of which `who` is not 0 to a cell of a step program.
    pub(super) fn lower_reset(&self, builder: &mut CellBuilder, v: Variable, who: Variable) {
        let after = match self.after {
            After::Value => column(builder, &self.levels, 1, "v_reset"),
            After::Difference => Expr::of(v) - column(builder, &self.levels, 0, "v_threshold"),
        };
        let zero = Expr::Constant(number(T::ZERO));
        let next = Expr::select(Held::Equal, [Expr::of(who), zero], [Expr::of(v), after]);
        builder.set(v, next);
    }

    /// Writes the spikes, and the resets of who spiked, or that they wait.
    pub(super) fn lower_test(
        &self,
        builder: &mut CellBuilder,
        v: Variable,
        waiting: Option<Variable>,
        spikes: Variable,
    ) {
        let threshold = column(builder, &self.levels, 0, "v_threshold");
        let [one, zero] = [T::ONE, T::ZERO].map(|x| Expr::Constant(number(x)));
        let comparison = self.comparison.lowered();
        builder.set(spikes, Expr::select(comparison, [Expr::of(v), threshold], [one, zero]));
        if let Some(waiting) = waiting {
            builder.set(waiting, Expr::of(spikes));
        } else {
            self.lower_reset(builder, v, spikes);
        }
    }

    /// Resets the neurons that spiked in the step before and were not reset there.
    pub(super) fn reset_waiting(&self, v: &mut [T], waiting: &[T]) {
        let neurons = waiting.len();
        let v = &mut v[..neurons];
        match self.after {
            After::Value => self.levels.visit(neurons, |neuron, [_, reset]| {
                v[neuron] = if waiting[neuron] == T::ONE { reset } else { v[neuron] };
            }),
            After::Difference => self.levels.visit(neurons, |neuron, [threshold, _]| {
                v[neuron] =
                    if waiting[neuron] == T::ONE { v[neuron] - threshold } else { v[neuron] };
            }),
        }
    }

    /// Writes the spikes, and resets who spiked or has it wait.
    pub(super) fn test(&self, v: &mut [T], waiting: &mut [T], spikes: &mut [T]) {
        match self.comparison {
            Comparison::Above => self.test_by(|v, threshold| v > threshold, v, waiting, spikes),
            Comparison::AtLeast => self.test_by(|v, threshold| v >= threshold, v, waiting, spikes),
        }
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "one loop for each comparison")]
    fn test_by(
        &self,
        is_spike: impl Fn(T, T) -> bool,
        v: &mut [T],
        waiting: &mut [T],
        spikes: &mut [T],
    ) {
        let neurons = v.len();
        let spikes = &mut spikes[..neurons];
        if self.timing == Timing::Next {
            self.levels.visit(neurons, |neuron, [threshold, _]| {
                spikes[neuron] = if is_spike(v[neuron], threshold) { T::ONE } else { T::ZERO };
            });
            waiting.copy_from_slice(spikes);
            return;
        }
        match self.after {
            After::Value => self.levels.visit(neurons, |neuron, [threshold, reset]| {
                let spike = is_spike(v[neuron], threshold);
                spikes[neuron] = if spike { T::ONE } else { T::ZERO };
                v[neuron] = if spike { reset } else { v[neuron] };
            }),
            After::Difference => self.levels.visit(neurons, |neuron, [threshold, _]| {
                let spike = is_spike(v[neuron], threshold);
                spikes[neuron] = if spike { T::ONE } else { T::ZERO };
                v[neuron] = if spike { v[neuron] - threshold } else { v[neuron] };
            }),
        }
    }
}
