//! Maps: leaves whose output is a linear function of their input in the same step, and a constant.

use std::fmt::Debug;

use nirkit_step::{BufferId, Operation, Read};

use super::lower::NodeLowering;
use super::node::{Incoming, Leaving, Node, Outgoing};
use super::real::Real;
use super::span::Span;
use super::time_block::Pass;

/// A linear function with a constant.
pub(super) trait Map<T: Real>: Debug + Send + Sync {
    /// Writes the linear part.
    fn apply(&self, input: &[T], output: &mut [T]);

    /// The map as an operation of a step program on so many channels.
    fn lowered(&self, buffers: [BufferId; 2], channels: usize, with_constant: bool) -> Operation;

    /// Adds the constant, which is a current and is not multiplied by impulses.
    fn add_constant(&self, output: &mut [T]) {
        let _ = output;
    }

    /// Writes every row of a pass, with the constant or without it.
    fn run_block(&self, pass: &mut Pass<'_, T>, with_constant: bool) {
        pass.each(|input, output| {
            self.apply(input, output);
            if with_constant {
                self.add_constant(output);
            }
        });
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
}

/// A map as a leaf.
#[derive(Debug)]
pub(super) struct Mapped<M>(pub(super) M);

impl<M> Mapped<M> {
    fn run<T: Real>(&self, input: Incoming<'_, T>, output: &mut Outgoing<'_, T>)
    where
        M: Map<T>,
    {
        if !output.current.is_empty() {
            self.0.apply(input.current, output.current);
            self.0.add_constant(output.current);
        }
        if !output.impulse.is_empty() {
            self.0.apply(input.impulse, output.impulse);
        }
    }
}

impl<T: Real, M: Map<T>> Node<T> for Mapped<M> {
    fn rest(&self, input: Incoming<'_, T>, mut output: Outgoing<'_, T>) {
        self.run(input, &mut output);
    }

    fn step(&self, _: usize, input: Incoming<'_, T>, _: &mut [T], mut output: Outgoing<'_, T>) {
        self.run(input, &mut output);
    }

    fn lower(&self, node: &mut NodeLowering<'_>) {
        let channels = node.channels;
        node.each_lane(|buffers, with_constant| self.0.lowered(buffers, channels, with_constant));
    }

    fn run_block(&self, span: &mut Span<'_, T>) {
        span.each_lane(|pass, is_current| self.0.run_block(pass, is_current));
    }

    fn leaving(&self) -> Leaving {
        self.0.leaving()
    }

    fn takes_events(&self) -> bool {
        self.0.takes_events()
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

/// The map that changes nothing.
#[derive(Debug)]
pub(super) struct Same;

impl<T: Real> Map<T> for Same {
    fn apply(&self, input: &[T], output: &mut [T]) {
        output.copy_from_slice(input);
    }

    fn lowered(&self, [from, to]: [BufferId; 2], _: usize, _: bool) -> Operation {
        Operation::Add { from: vec![Read { buffer: from, before: None }], to }
    }

    fn leaving(&self) -> Leaving {
        Leaving::Arriving
    }
}
