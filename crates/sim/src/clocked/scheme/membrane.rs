//! One state of a layer of neurons: the loops behind [`Form`].

use super::super::chunk::{CHUNK, Chunk};
use super::super::parameter::Columns;
use super::super::real::Real;
use super::cells::Others;
use super::coefficient::{Numbers, Parameters, Setting, Which};
use super::rule::{Form, Rest, Stage};

/// A state with its coefficients.
#[derive(Debug)]
pub(super) struct State<T> {
    form: Form,
    /// Whether `v_leak` is added in every step.
    biased: bool,
    /// Coefficient, gain and rest.
    columns: Columns<T, 3>,
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
            start: (stage.rest == Rest::Pull)
                .then(|| Columns::new(neurons, [&parameters.v_leak], |rest| rest)),
        }
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

    /// [`step`](Self::step) of the chunk that starts at a neuron, with a single input.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    pub(super) fn step_chunk(&self, at: usize, state: &mut Chunk<T>, x: &Chunk<T>) {
        self.take(at, state, x);
        self.end(at, state);
    }

    /// The same with inputs that are added to the state by themselves.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    pub(super) fn step_chunk_with(
        &self,
        at: usize,
        state: &mut Chunk<T>,
        x: &Chunk<T>,
        others: &Others<'_, T>,
    ) {
        self.take(at, state, x);
        let [_, gain, _] = self.columns.chunk(at);
        others.each(at, |x| {
            for n in 0..CHUNK {
                state[n] += gain[n] * x[n];
            }
        });
        self.end(at, state);
    }

    /// What a step does with the first input.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    fn take(&self, at: usize, state: &mut Chunk<T>, x: &Chunk<T>) {
        let [a, gain, rest] = self.columns.chunk(at);
        let s = state;
        match self.form {
            Form::Keep | Form::Late => each(|n| s[n] = a[n] * s[n] + gain[n] * x[n]),
            Form::KeepBoth => each(|n| s[n] += gain[n] * x[n]),
            Form::Approach => each(|n| s[n] += a[n] * ((gain[n] * x[n] + rest[n]) - s[n])),
            Form::Recover => each(|n| s[n] += a[n] * ((rest[n] - s[n]) + gain[n] * x[n])),
            Form::Relax => each(|n| s[n] = s[n] - ((gain[n] * x[n] + rest[n]) - s[n]) * a[n]),
            Form::Add => each(|n| s[n] += gain[n] * x[n] * a[n]),
            Form::Filter => each(|n| s[n] = a[n] * s[n] + (T::ONE - a[n]) * (gain[n] * x[n])),
        }
    }

    /// What a step does when all inputs are taken.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    fn end(&self, at: usize, state: &mut Chunk<T>) {
        if self.form == Form::KeepBoth {
            let [keep, _, _] = self.columns.chunk(at);
            each(|n| state[n] = state[n] * keep[n]);
        }
        if self.biased {
            let [_, _, bias] = self.columns.chunk(at);
            each(|n| state[n] += bias[n]);
        }
    }
}

/// Calls `each` with every lane of a chunk.
#[inline(always)]
#[allow(clippy::inline_always, reason = "part of a vectorised loop")]
fn each(mut each: impl FnMut(usize)) {
    for lane in 0..CHUNK {
        each(lane);
    }
}
