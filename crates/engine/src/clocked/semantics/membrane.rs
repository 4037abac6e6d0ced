//! One state of a layer of neurons: the loops behind [`Form`].

use pulp::Simd;

use super::super::parameter::Columns;
use super::super::real::Real;
use super::super::simd::Vector;
use super::cells::Others;
use super::coefficient::{Numbers, Parameters, Setting, Which};
use super::rule::{Form, Rest, Stage};

/// A state with its coefficients.
#[derive(Debug)]
pub(super) struct State<T> {
    pub(super) form: Form,
    /// Whether `v_leak` is added in every step.
    pub(super) biased: bool,
    /// Coefficient, gain and rest.
    pub(super) columns: Columns<T, 3>,
    /// Where the state starts; at 0 without.
    start: Option<Columns<T, 1>>,
}

impl<T: Real> State<T> {
    pub(super) fn new(
        stage: &Stage,
        which: Which,
        setting: Setting<'_>,
        parameters: &Parameters,
        neurons: usize,
    ) -> Self {
        let keeps = matches!(stage.form, Form::Keep | Form::KeepBoth | Form::Filter | Form::Late);
        Self {
            form: stage.form,
            biased: stage.rest == Rest::Bias || (stage.rest == Rest::Pull && keeps),
            columns: Columns::new(neurons, parameters.all(), |numbers| {
                setting.stage(stage, which, Numbers::new(numbers))
            }),
            start: match stage.rest {
                Rest::Pull | Rest::PullByTau => Some(&parameters.v_leak),
                Rest::Reset => Some(&parameters.v_reset),
                Rest::Ignored | Rest::Bias => None,
            }
            .map(|start| Columns::new(neurons, [start], |start| start)),
        }
    }

    /// Whether all neurons have the same coefficients and start.
    pub(super) fn is_uniform(&self) -> bool {
        matches!(self.columns, Columns::Uniform(_))
            && self.start.as_ref().is_none_or(|start| matches!(start, Columns::Uniform(_)))
    }

    /// Whether what is handed on is the state before the step.
    pub(super) fn is_late(&self) -> bool {
        self.form.is_late()
    }

    /// Writes the state before the first step.
    pub(super) fn start(&self, state: &mut [T]) {
        if let Some(start) = &self.start {
            start.visit(state.len(), |neuron, [rest]| state[neuron] = rest);
        }
    }

    /// Takes a step. Inputs after the first are added to the state by themselves.
    pub(super) fn step(&self, state: &mut [T], first: &[T], others: &[&[T]]) {
        let neurons = state.len();
        let x = &first[..neurons];
        let columns = &self.columns;
        match self.form {
            Form::Keep | Form::Late => columns.visit(neurons, |n, [keep, gain, _]| {
                state[n] = keep * state[n] + gain * x[n];
            }),
            Form::KeepBoth => columns.visit(neurons, |n, [_, gain, _]| {
                state[n] += gain * x[n];
            }),
            Form::Approach => columns.visit(neurons, |n, [share, gain, rest]| {
                state[n] += share * ((gain * x[n] + rest) - state[n]);
            }),
            Form::Recover => columns.visit(neurons, |n, [share, gain, rest]| {
                state[n] += share * ((rest - state[n]) + gain * x[n]);
            }),
            Form::Relax => columns.visit(neurons, |n, [negative_share, gain, rest]| {
                state[n] = state[n] - ((gain * x[n] + rest) - state[n]) * negative_share;
            }),
            Form::Add => columns.visit(neurons, |n, [dt, gain, _]| {
                state[n] += gain * x[n] * dt;
            }),
            Form::Filter => columns.visit(neurons, |n, [keep, gain, _]| {
                state[n] = keep * state[n] + (T::ONE - keep) * (gain * x[n]);
            }),
            Form::ApproachSteps => columns.visit(neurons, |n, [steps, gain, rest]| {
                state[n] += (gain * x[n] - (state[n] - rest)) / steps;
            }),
            Form::KeepSteps => columns.visit(neurons, |n, [steps, gain, rest]| {
                state[n] = (state[n] - (state[n] - rest) / steps) + gain * x[n];
            }),
            Form::Charge => columns.visit(neurons, |n, [keep, gain, rest]| {
                state[n] = (keep * state[n] + rest) + gain * x[n];
            }),
        }
        for other in others {
            let x = &other[..neurons];
            columns.visit(neurons, |n, [_, gain, _]| state[n] += gain * x[n]);
        }
        if self.form == Form::KeepBoth {
            columns.visit(neurons, |n, [keep, _, _]| state[n] = state[n] * keep);
        }
        if self.biased {
            columns.visit(neurons, |n, [_, _, bias]| state[n] += bias);
        }
    }

    /// [`step`](Self::step) of the neurons from one on, with a single input.
    #[inline(always)]
    pub(super) fn step_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        state: Vector<S, T, W>,
        x: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        let columns = self.columns.vectors(simd, at);
        self.end(simd, columns, self.take(simd, columns, state, x))
    }

    /// The same with inputs that are added to the state by themselves.
    #[inline(always)]
    pub(super) fn step_vector_with<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        state: Vector<S, T, W>,
        x: Vector<S, T, W>,
        others: Others<'_, T>,
    ) -> Vector<S, T, W> {
        let columns = self.columns.vectors(simd, at);
        let [_, gain, _] = columns;
        let mut state = self.take(simd, columns, state, x);
        for input_ref in others.input_refs {
            state = state + gain * others.see(simd, input_ref, at);
        }
        self.end(simd, columns, state)
    }

    /// What a step does with the first input.
    #[inline(always)]
    fn take<S: Simd, const W: usize>(
        &self,
        simd: S,
        [a, gain, rest]: [Vector<S, T, W>; 3],
        s: Vector<S, T, W>,
        x: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        match self.form {
            Form::Keep | Form::Late => a * s + gain * x,
            Form::KeepBoth => s + gain * x,
            Form::Approach => s + a * ((gain * x + rest) - s),
            Form::Recover => s + a * ((rest - s) + gain * x),
            Form::Relax => s - ((gain * x + rest) - s) * a,
            Form::Add => s + gain * x * a,
            Form::Filter => a * s + (Vector::splat(simd, T::ONE) - a) * (gain * x),
            Form::ApproachSteps => s + (gain * x - (s - rest)) / a,
            Form::KeepSteps => (s - (s - rest) / a) + gain * x,
            Form::Charge => (a * s + rest) + gain * x,
        }
    }

    /// What a step does when all inputs are taken.
    #[inline(always)]
    fn end<S: Simd, const W: usize>(
        &self,
        _: S,
        [keep, _, bias]: [Vector<S, T, W>; 3],
        state: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        let state = if self.form == Form::KeepBoth { state * keep } else { state };
        if self.biased { state + bias } else { state }
    }
}
