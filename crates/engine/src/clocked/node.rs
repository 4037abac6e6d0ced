//! What a leaf does in a step: the one interface between the primitives and the engine.

use std::fmt::Debug;
use std::ops::Range;

use nirkit_ir::facts::Leaf;

use super::error::PrepareError;
use super::lower::{NodeLowering, StateLowering};
use super::option::Options;
use super::real::Real;
use super::signal_part::SignalParts;
use super::span::Span;
use nirkit_ir::facts::WiringError;
use nirkit_run::recording::Observable;

/// What arrives at a leaf in a step, for one sample of the batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incoming<'a, T> {
    /// The current of each channel, constant within the step; zeros where no current arrives.
    pub(super) current: &'a [T],
    /// The number of impulses of each channel, which act at the start of the step; empty where no
    /// impulse can arrive.
    pub(super) impulse: &'a [T],
}

/// Where a leaf puts what leaves it in a step, for one sample. A part that cannot carry anything is
/// empty; the others are overwritten in full.
#[derive(Debug)]
pub(super) struct Outgoing<'a, T> {
    /// The current of each channel.
    pub(super) current: &'a mut [T],
    /// The number of impulses of each channel.
    pub(super) impulse: &'a mut [T],
}

impl<'a, T> Outgoing<'a, T> {
    /// The part on which spikes leave.
    pub(super) fn spikes(self) -> &'a mut [T] {
        if self.impulse.is_empty() { self.current } else { self.impulse }
    }
}

/// What leaves a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Any numbers.
    Numbers,
    /// 1 for a spike, and else 0.
    Spikes,
    /// What arrived in the same step, unchanged.
    Arriving,
}

/// A leaf, ready to run. It holds coefficients only; what changes is in `state`, which belongs to
/// one sample of one run.
pub(super) trait Node<T: Real>: Debug + Send + Sync {
    /// Numbers of state.
    fn state_len(&self) -> usize {
        0
    }

    /// Writes the state before the first step. `state` is zero.
    fn start(&self, state: &mut [T]) {
        let _ = state;
    }

    /// Writes what leaves before the first step, when nothing happens. `output` is zero.
    fn rest(&self, input: Incoming<'_, T>, output: Outgoing<'_, T>) {
        let _ = (input, output);
    }

    /// Takes the step with this number.
    fn step(&self, number: usize, input: Incoming<'_, T>, state: &mut [T], output: Outgoing<'_, T>);

    /// Whether the output of a step depends on the input of the same step. A leaf without feedthrough breaks a
    /// cycle: it runs before its sources and takes their output by [`accept_input`](Self::accept_input).
    fn has_feedthrough(&self) -> bool {
        true
    }

    /// Whether the leaf wants its input again at the end of a step.
    fn accepts_input(&self) -> bool {
        false
    }

    /// Takes what arrived in the step with this number, when all leaves have run.
    fn accept_input(&self, number: usize, input: Incoming<'_, T>, state: &mut [T]) {
        let _ = (number, input, state);
    }

    /// Declares the states in a step program.
    fn lower_states(&self, states: &mut StateLowering<'_>) {
        let _ = states;
    }

    /// Writes the operations of [`step`](Self::step) to a step program.
    fn lower(&self, node: &mut NodeLowering<'_>);

    /// Writes the operations of [`accept_input`](Self::accept_input), for a leaf without feedthrough.
    fn lower_accept_input(&self, node: &mut NodeLowering<'_>) {
        let _ = node;
    }

    /// Takes the steps of a span, to the same numbers as step by step.
    fn run_block(&self, span: &mut Span<'_, T>) {
        span.step_by_step(self);
    }

    /// What leaves.
    fn leaving(&self) -> Leaving {
        Leaving::Numbers
    }

    /// Whether a block reads only the events of its input.
    fn takes_events(&self) -> bool {
        false
    }

    /// Bytes of the weights.
    fn bytes(&self) -> usize {
        0
    }

    /// Where an observable stands in the state.
    fn place(&self, observable: Observable) -> Option<Range<usize>> {
        let _ = observable;
        None
    }
}

/// What a primitive's file is given to make a [`Node`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'a> {
    /// Name, shapes and window.
    pub(super) leaf: &'a Leaf,
    /// The choices of the run.
    pub(super) options: &'a Options,
    /// What can arrive.
    pub(super) arriving: SignalParts,
}

impl Site<'_> {
    /// Number of channels that enter.
    pub(super) fn channels(&self) -> usize {
        self.leaf.inputs()
    }

    /// The error for a graph that contradicts its facts: no checked graph does.
    pub(super) fn foreign(&self) -> PrepareError {
        WiringError::foreign(self.leaf).into()
    }
}
