//! Nodes without state: what passes through them, they change at once and linearly.
//!
//! A signal is sent on only where it changes. So a map takes a few channels with amounts and gives
//! the channels that they reach with amounts, in ascending order, and nothing is done for the rest.

use super::matrix::Matrix;
use super::parameter::Each;
use super::window::Windowed;

/// A channel and the amount of a signal in it.
pub(super) type Amount = (u32, f64);

/// A linear map of channels.
#[derive(Clone, Debug)]
pub(super) enum Map {
    /// Input, Output and Flatten: the channels as they are.
    Identity,
    /// Scale: a factor for each channel.
    Scale(Each<f64>),
    /// Linear and Affine.
    Matrix(Matrix),
    /// Convolutions and pools.
    Window(Windowed),
}

/// Memory that is used again and again: for adding up amounts that meet in a channel, and for
/// amounts on their way.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    sums: Vec<f64>,
    reached: Vec<bool>,
    spare: Vec<Vec<Amount>>,
}

impl Scratch {
    /// An empty list.
    pub(super) fn list(&mut self) -> Vec<Amount> {
        self.spare.pop().unwrap_or_default()
    }

    /// Takes a list back.
    pub(super) fn give_back(&mut self, mut list: Vec<Amount>) {
        list.clear();
        self.spare.push(list);
    }
}

impl Map {
    /// Appends what `amounts` become.
    pub(super) fn apply(
        &self,
        amounts: &[Amount],
        outputs: usize,
        scratch: &mut Scratch,
        out: &mut Vec<Amount>,
    ) {
        match (self, amounts) {
            (Self::Identity, _) => out.extend_from_slice(amounts),
            (Self::Scale(factors), _) => {
                out.extend(amounts.iter().map(|&(c, x)| (c, x * factors.at(c as usize))));
            }
            (_, &[(channel, amount)]) => {
                self.each(channel, |target, weight| out.push((target, weight * amount)));
            }
            _ => self.apply_sum(amounts, outputs, scratch, out),
        }
    }

    /// Several channels at once: what meets in a target is added in ascending order of the sources.
    fn apply_sum(
        &self,
        amounts: &[Amount],
        outputs: usize,
        scratch: &mut Scratch,
        out: &mut Vec<Amount>,
    ) {
        scratch.sums.resize(outputs.max(scratch.sums.len()), 0.0);
        scratch.reached.resize(outputs.max(scratch.reached.len()), false);
        let mut targets = Vec::new();
        for &(channel, amount) in amounts {
            self.each(channel, |target, weight| {
                let at = target as usize;
                if !std::mem::replace(&mut scratch.reached[at], true) {
                    targets.push(target);
                }
                scratch.sums[at] += weight * amount;
            });
        }
        targets.sort_unstable();
        for target in targets {
            let at = target as usize;
            scratch.reached[at] = false;
            out.push((target, std::mem::take(&mut scratch.sums[at])));
        }
    }

    /// Calls `visit` with each target of a channel that has a weight, and the weight.
    fn each(&self, channel: u32, mut visit: impl FnMut(u32, f64)) {
        match self {
            Self::Identity => visit(channel, 1.0),
            Self::Scale(factors) => visit(channel, *factors.at(channel as usize)),
            Self::Matrix(matrix) => matrix.each(channel, visit),
            Self::Window(window) => window.each(channel, visit),
        }
    }
}
