//! Threshold: a spike when the current comes to lie above the threshold, or in every step in which
//! it does. At the start no current lies above it.

use nirkit_ir::primitive;

use super::error::PrepareError;
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
}
