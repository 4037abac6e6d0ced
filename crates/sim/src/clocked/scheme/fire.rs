//! Spikes, resets and floors of a layer of neurons: the loops behind
//! [`Fire`](super::rule::Fire).

use super::super::chunk::{CHUNK, Chunk};
use super::super::option::Comparison;
use super::super::parameter::Columns;
use super::super::real::Real;
use super::cells::Cells;
use super::rule::{Fire, Floor, ResetTiming, Spikes, Test};
use crate::choice::Reset;

/// The levels of a layer, and how they are used.
#[derive(Debug)]
pub(super) struct Firing<T> {
    fire: Fire,
    /// Threshold, value after a reset, and lower limit.
    levels: Columns<T, 3>,
}

impl<T: Real> Firing<T> {
    pub(super) fn new(fire: Fire, levels: Columns<T, 3>) -> Self {
        Self { fire, levels }
    }

    /// The threshold of a neuron.
    pub(super) fn threshold(&self, neuron: usize) -> f64 {
        match &self.levels {
            Columns::Uniform([threshold, ..]) => threshold.wide(),
            Columns::Each([thresholds, ..]) => {
                thresholds.get(neuron).map_or(f64::INFINITY, |threshold| threshold.wide())
            }
        }
    }

    /// The lower limit for a threshold.
    pub(super) fn floor(fire: &Fire, threshold: f64) -> f64 {
        match fire.floor {
            Floor::None => f64::NEG_INFINITY,
            Floor::Zero => 0.0,
            Floor::MinusThreshold => -threshold,
        }
    }

    /// Whether a neuron decides before it takes its input.
    pub(super) fn runs_ahead(&self) -> bool {
        self.fire.test == Test::Before
    }

    /// Whether resets are owed from one step to the next.
    pub(super) fn owes(&self) -> bool {
        self.fire.timing != ResetTiming::AtOnce || self.runs_ahead()
    }

    /// Writes how many spikes the voltages are worth.
    pub(super) fn count(&self, v: &[T], spikes: &mut [T]) {
        let spikes = &mut spikes[..v.len()];
        let comparison = self.fire.comparison;
        let is_above = |v: T, threshold: T| match comparison {
            Comparison::Above => v > threshold,
            Comparison::AtLeast => v >= threshold,
        };
        match self.fire.spikes {
            Spikes::One => self.levels.visit(v.len(), |n, [threshold, ..]| {
                spikes[n] = if is_above(v[n], threshold) { T::ONE } else { T::ZERO };
            }),
            Spikes::Several(most) => self.levels.visit(v.len(), |n, [threshold, ..]| {
                let fit = (v[n] / threshold).wide().floor().min(most);
                spikes[n] = if is_above(v[n], threshold) { T::round(fit) } else { T::ZERO };
            }),
        }
    }

    /// Takes an owed reset before the leak.
    pub(super) fn before_leak(&self, v: &mut [T], owed: &[T]) {
        if self.resets_before_leak() {
            self.reset(v, owed);
        }
    }

    /// Whether what is owed is taken before the leak.
    pub(super) fn resets_before_leak(&self) -> bool {
        let at_once = self.fire.timing == ResetTiming::AtOnce && self.runs_ahead();
        at_once || matches!(self.fire.timing, ResetTiming::BeforeLeak | ResetTiming::Twice)
    }

    /// Whether what is owed is taken after the input.
    pub(super) fn resets_after_input(&self) -> bool {
        use ResetTiming::{AfterInput, Settled, Twice};
        matches!(self.fire.timing, AfterInput | Settled | Twice)
    }

    /// Takes an owed reset after the input.
    pub(super) fn after_input(&self, v: &mut [T], owed: &[T]) {
        if self.resets_after_input() {
            self.reset(v, owed);
        }
    }

    /// Resets with the spikes of this step, less those that were taken before the test.
    pub(super) fn at_once(&self, v: &mut [T], spikes: &[T], owed: &[T]) {
        match self.fire.timing {
            ResetTiming::AtOnce => self.reset(v, spikes),
            ResetTiming::Settled => self.settle(v, spikes, owed),
            ResetTiming::BeforeLeak | ResetTiming::AfterInput | ResetTiming::Twice => {}
        }
    }

    fn reset(&self, v: &mut [T], spikes: &[T]) {
        let spikes = &spikes[..v.len()];
        match self.fire.reset {
            Reset::Zero | Reset::VReset => self.levels.visit(v.len(), |n, [_, reset, _]| {
                v[n] = if spikes[n] == T::ZERO { v[n] } else { reset };
            }),
            Reset::Subtract => self.levels.visit(v.len(), |n, [threshold, ..]| {
                v[n] = v[n] - spikes[n] * threshold;
            }),
        }
    }

    fn settle(&self, v: &mut [T], spikes: &[T], owed: &[T]) {
        let (spikes, owed) = (&spikes[..v.len()], &owed[..v.len()]);
        match self.fire.reset {
            Reset::Zero | Reset::VReset => self.levels.visit(v.len(), |n, _| {
                v[n] = v[n] - (spikes[n] - owed[n]) * v[n];
            }),
            Reset::Subtract => self.levels.visit(v.len(), |n, [threshold, ..]| {
                v[n] = v[n] - (spikes[n] - owed[n]) * threshold;
            }),
        }
    }

    /// Lifts voltages to the lower limit.
    pub(super) fn limit(&self, v: &mut [T]) {
        if self.fire.floor == Floor::None {
            return;
        }
        self.levels.visit(v.len(), |n, [_, _, low]| {
            let above = v[n] - low;
            v[n] = if above > T::ZERO { above } else { T::ZERO } + low;
        });
    }

    /// How many spikes the voltages of the chunk that starts at a neuron are worth.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    pub(super) fn count_chunk(&self, at: usize, v: &Chunk<T>) -> Chunk<T> {
        let [threshold, ..] = self.levels.chunk(at);
        let mut spikes = [T::ZERO; CHUNK];
        match self.fire.comparison {
            Comparison::Above => {
                for n in 0..CHUNK {
                    spikes[n] = if v[n] > threshold[n] { T::ONE } else { T::ZERO };
                }
            }
            Comparison::AtLeast => {
                for n in 0..CHUNK {
                    spikes[n] = if v[n] >= threshold[n] { T::ONE } else { T::ZERO };
                }
            }
        }
        if let Spikes::Several(most) = self.fire.spikes {
            // Most steps have no spike in a chunk, and a division takes its time.
            if spikes.iter().fold(false, |any, &spike| any | (spike != T::ZERO)) {
                for n in 0..CHUNK {
                    let fit = T::round((v[n] / threshold[n]).wide().floor().min(most));
                    spikes[n] = if spikes[n] == T::ZERO { T::ZERO } else { fit };
                }
            }
        }
        spikes
    }

    /// Resets with the spikes of this step, less those that were taken before the test.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    pub(super) fn at_once_chunk(&self, at: usize, cells: &mut Cells<T>) {
        let Cells { v, spikes, owed, .. } = cells;
        match self.fire.timing {
            ResetTiming::AtOnce => self.reset_chunk(at, v, spikes),
            ResetTiming::Settled => {
                let [threshold, ..] = self.levels.chunk(at);
                let by_threshold = self.fire.reset == Reset::Subtract;
                for n in 0..CHUNK {
                    let unit = if by_threshold { threshold[n] } else { v[n] };
                    v[n] = v[n] - (spikes[n] - owed[n]) * unit;
                }
            }
            ResetTiming::BeforeLeak | ResetTiming::AfterInput | ResetTiming::Twice => {}
        }
    }

    /// Resets a chunk of voltages for so many spikes.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    pub(super) fn reset_chunk(&self, at: usize, v: &mut Chunk<T>, spikes: &Chunk<T>) {
        let [threshold, reset, _] = self.levels.chunk(at);
        match self.fire.reset {
            Reset::Zero | Reset::VReset => {
                for n in 0..CHUNK {
                    v[n] = if spikes[n] == T::ZERO { v[n] } else { reset[n] };
                }
            }
            Reset::Subtract => {
                for n in 0..CHUNK {
                    v[n] = v[n] - spikes[n] * threshold[n];
                }
            }
        }
    }

    /// Lifts a chunk of voltages to the lower limit.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    pub(super) fn limit_chunk(&self, at: usize, v: &mut Chunk<T>) {
        if self.fire.floor == Floor::None {
            return;
        }
        let [_, _, low] = self.levels.chunk(at);
        for n in 0..CHUNK {
            let above = v[n] - low[n];
            v[n] = if above > T::ZERO { above } else { T::ZERO } + low[n];
        }
    }
}
