//! Threshold: a spike when the current comes to lie above the threshold, or in every step in which
//! it does. At the start no current lies above it.

use nirkit_ir::primitive;
use nirkit_step::{CellBuilder, Comparison as Held, Expr, Numbers, Operation, Variable, When};

use super::error::PrepareError;
use super::lower::numbers::{column, number};
use super::lower::{NodeLowering, StateLowering};
use super::node::{Incoming, Node, Outgoing, Site};
use super::option::{Comparison, Level};
use super::parameter::{Columns, Parameter};
use super::real::Real;

/// The thresholds. The state says which channels lay above theirs in the step before.
#[derive(Debug)]
pub(super) struct Threshold<T> {
    channels: usize,
    thresholds: Columns<T, 1>,
    comparison: Comparison,
    level: Level,
}

/// A Threshold.
pub(super) fn plan<T: Real>(
    node: &primitive::Threshold,
    site: &Site<'_>,
) -> Result<Threshold<T>, PrepareError> {
    let threshold = Parameter::of(site.leaf, "threshold", &node.threshold)?;
    Ok(Threshold {
        channels: site.channels(),
        thresholds: Columns::new(site.channels(), [&threshold], |threshold| threshold),
        comparison: site.options.comparison,
        level: site.options.threshold,
    })
}

impl<T: Real> Threshold<T> {
    fn is_above(&self, x: T, threshold: T) -> bool {
        match self.comparison {
            Comparison::Above => x > threshold,
            Comparison::AtLeast => x >= threshold,
        }
    }
}

impl<T: Real> Node<T> for Threshold<T> {
    fn state_len(&self) -> usize {
        self.channels
    }

    fn step(&self, _: usize, input: Incoming<'_, T>, state: &mut [T], output: Outgoing<'_, T>) {
        let spikes = output.spikes();
        self.thresholds.visit(self.channels, |channel, [threshold]| {
            let above = self.is_above(input.current[channel], threshold);
            let spike = above && (self.level == Level::Each || state[channel] == T::ZERO);
            state[channel] = if above { T::ONE } else { T::ZERO };
            spikes[channel] = if spike { T::ONE } else { T::ZERO };
        });
    }

    fn lower_states(&self, states: &mut StateLowering<'_>) {
        states.state("above", Numbers::filled(number(T::ZERO), self.channels));
    }

    fn lower(&self, node: &mut NodeLowering<'_>) {
        let Some(spikes) = node.spikes().map(Variable::Buffer) else { return };
        let current = Expr::of(Variable::Buffer(node.current()));
        let mut builder = CellBuilder::new(self.channels, When::Always);
        let [one, zero] = [T::ONE, T::ZERO].map(|x| Expr::Constant(number(x)));
        let threshold = column(&mut builder, &self.thresholds, 0, "threshold");
        let comparison = self.comparison.lowered();
        let above = Expr::select(comparison, [current, threshold], [one, zero.clone()]);
        let above = builder.keep("is_above", above);
        let state = Variable::Buffer(node.states[0]);
        let spike = match self.level {
            Level::Each => Expr::of(above),
            Level::Crossing => {
                Expr::select(Held::Equal, [Expr::of(state), zero.clone()], [Expr::of(above), zero])
            }
        };
        builder.set(spikes, spike);
        builder.set(state, Expr::of(above));
        node.push(Operation::Cell(builder.finish()));
    }
}
