//! Spikes, resets and floors of a layer of neurons: the loops behind
//! [`Fire`](super::rule::Fire).

use pulp::Simd;

use super::super::option::Comparison;
use super::super::parameter::Columns;
use super::super::real::Real;
use super::super::simd::{CHUNK, UNROLL, Vector};
use super::rule::{Fire, Floor, ResetTiming, Spikes, Test};
use nirkit_run::choice::Reset;

/// The levels of a layer, and how they are used.
#[derive(Debug)]
pub(super) struct Firing<T> {
    pub(super) fire: Fire,
    /// Threshold, value after a reset, and lower limit.
    pub(super) levels: Columns<T, 3>,
}

impl<T: Real> Firing<T> {
    pub(super) fn new(mut fire: Fire, levels: Columns<T, 3>) -> Self {
        let thresholds = match &levels {
            Columns::Uniform(level) => &level[..1],
            Columns::Each([thresholds, ..]) => thresholds,
        };
        // Only a division by 0 makes a number of spikes that is none.
        fire.zero_feedback &= thresholds.contains(&T::ZERO);
        // Above 0 the quotient is the number of thresholds that fit, which is quicker to find.
        if fire.spikes == Spikes::Quotient && thresholds.iter().all(|&level| level > T::ZERO) {
            fire.spikes = Spikes::Several(f64::INFINITY);
            fire.comparison = Comparison::AtLeast;
        }
        if let Spikes::FloorQuotient(most) = fire.spikes
            && thresholds.iter().all(|&level| level > T::ZERO)
        {
            fire.spikes = Spikes::Several(most);
        }
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

    /// Whether all neurons have the same levels.
    pub(super) fn is_uniform(&self) -> bool {
        matches!(self.levels, Columns::Uniform(_))
    }

    /// Whether a neuron spikes once a step at most.
    pub(super) fn is_single(&self) -> bool {
        matches!(self.fire.spikes, Spikes::One)
    }

    /// The lower limit for a threshold.
    pub(super) fn floor(fire: &Fire, threshold: f64) -> f64 {
        match fire.floor {
            Floor::None => f64::NEG_INFINITY,
            Floor::Zero => 0.0,
            Floor::MinusThreshold => -threshold,
        }
    }

    /// Whether a neuron takes its input before it decides.
    pub(super) fn has_feedthrough(&self) -> bool {
        self.fire.test != Test::Before
    }

    /// Whether a reset can wait from one step to the next.
    pub(super) fn has_pending_reset(&self) -> bool {
        match self.fire.timing {
            ResetTiming::AtOnce => !self.has_feedthrough(),
            ResetTiming::Never => false,
            _ => true,
        }
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
            Spikes::Quotient => self.levels.visit(v.len(), |n, [threshold, ..]| {
                let is_positive = if v[n] > T::ZERO { T::ONE } else { T::ZERO };
                spikes[n] = is_positive * T::round((v[n] / threshold).wide().trunc());
            }),
            Spikes::FloorQuotient(most) => self.levels.visit(v.len(), |n, [threshold, ..]| {
                spikes[n] = floor_quotient(v[n], threshold, most);
            }),
        }
    }

    /// Takes a pending reset before the leak.
    pub(super) fn before_leak(&self, v: &mut [T], pending_reset: &[T]) {
        if self.resets_before_leak() {
            self.reset(v, pending_reset);
        }
    }

    /// Whether a pending reset is taken before the leak.
    pub(super) fn resets_before_leak(&self) -> bool {
        let at_once = self.fire.timing == ResetTiming::AtOnce && !self.has_feedthrough();
        let timing = self.fire.timing;
        at_once
            || timing == ResetTiming::BeforeLeak
            || timing == ResetTiming::Twice
            || timing == ResetTiming::SettledEarly
    }

    /// Whether a pending reset is taken after the input.
    pub(super) fn resets_after_input(&self) -> bool {
        use ResetTiming::{AfterInput, Settled, Twice};
        matches!(self.fire.timing, AfterInput | Settled | Twice)
    }

    /// Takes a pending reset after the input.
    pub(super) fn after_input(&self, v: &mut [T], pending_reset: &[T]) {
        if self.resets_after_input() {
            self.reset(v, pending_reset);
        }
    }

    /// Resets with the spikes of this step, less those that were taken before the test.
    pub(super) fn at_once(&self, v: &mut [T], spikes: &[T], pending_reset: &[T]) {
        match self.fire.timing {
            ResetTiming::AtOnce => self.reset(v, spikes),
            ResetTiming::Settled | ResetTiming::SettledEarly => {
                self.settle(v, spikes, pending_reset);
            }
            ResetTiming::BeforeLeak
            | ResetTiming::AfterInput
            | ResetTiming::Twice
            | ResetTiming::Never => {}
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

    fn settle(&self, v: &mut [T], spikes: &[T], pending_reset: &[T]) {
        let (spikes, pending_reset) = (&spikes[..v.len()], &pending_reset[..v.len()]);
        match self.fire.reset {
            Reset::Zero | Reset::VReset => self.levels.visit(v.len(), |n, _| {
                v[n] = v[n] - (spikes[n] - pending_reset[n]) * v[n];
            }),
            Reset::Subtract => self.levels.visit(v.len(), |n, [threshold, ..]| {
                v[n] = v[n] - (spikes[n] - pending_reset[n]) * threshold;
            }),
        }
    }

    /// Lifts voltages to the lower limit.
    pub(super) fn limit(&self, v: &mut [T]) {
        if self.fire.floor == Floor::None {
            return;
        }
        self.levels.visit(v.len(), |n, [_, _, low]| {
            // What is no number stays none.
            let above = v[n] - low;
            v[n] = if above <= T::ZERO { T::ZERO } else { above } + low;
        });
    }

    /// How many spikes the voltages of the neurons from one on are worth.
    #[inline(always)]
    pub(super) fn count_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        v: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        self.count_marked(simd, at, v).0
    }

    /// The same, with a bit for each neuron that spikes.
    #[inline(always)]
    pub(super) fn count_marked<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        v: Vector<S, T, W>,
    ) -> (Vector<S, T, W>, u64) {
        let [threshold, ..] = self.levels.vectors(simd, at);
        let quotients = match self.fire.spikes {
            Spikes::Quotient => Some(quotients(simd, v, threshold)),
            Spikes::FloorQuotient(most) => Some(floor_quotients(simd, v, threshold, most)),
            Spikes::One | Spikes::Several(_) => None,
        };
        if let Some(spikes) = quotients {
            return (spikes, spikes.nonzero());
        }
        let above = match self.fire.comparison {
            Comparison::Above => v.above(threshold),
            Comparison::AtLeast => v.at_least(threshold),
        };
        let (zeros, bits) = (Vector::splat(simd, T::ZERO), above.bits());
        let spikes = above.choose(Vector::splat(simd, T::ONE), zeros);
        let Spikes::Several(most) = self.fire.spikes else { return (spikes, bits) };
        if bits == 0 {
            return (spikes, bits);
        }
        let spikes = above.choose(fitting(simd, v / threshold, most), zeros);
        (spikes, spikes.nonzero())
    }

    /// Resets with the spikes of this step, less those that were taken before the test.
    #[inline(always)]
    pub(super) fn at_once_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        v: Vector<S, T, W>,
        spikes: Vector<S, T, W>,
        pending_reset: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        match self.fire.timing {
            ResetTiming::AtOnce => self.reset_vector(simd, at, v, spikes),
            ResetTiming::Settled | ResetTiming::SettledEarly => {
                let [threshold, ..] = self.levels.vectors(simd, at);
                let unit = if self.fire.reset == Reset::Subtract { threshold } else { v };
                v - (spikes - pending_reset) * unit
            }
            ResetTiming::BeforeLeak
            | ResetTiming::AfterInput
            | ResetTiming::Twice
            | ResetTiming::Never => v,
        }
    }

    /// The voltages after the resets for so many spikes.
    #[inline(always)]
    pub(super) fn reset_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        v: Vector<S, T, W>,
        spikes: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        let [threshold, reset, _] = self.levels.vectors(simd, at);
        match self.fire.reset {
            Reset::Zero | Reset::VReset => spikes.is_zero().choose(v, reset),
            Reset::Subtract => v - spikes * threshold,
        }
    }

    /// The voltages, lifted to the lower limit.
    #[inline(always)]
    pub(super) fn limit_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        v: Vector<S, T, W>,
    ) -> Vector<S, T, W> {
        if self.fire.floor == Floor::None {
            return v;
        }
        let [_, _, low] = self.levels.vectors(simd, at);
        let (above, zeros) = (v - low, Vector::splat(simd, T::ZERO));
        zeros.at_least(above).choose(zeros, above) + low
    }
}

/// `(v > 0) trunc(v / threshold)`.
#[inline(always)]
fn quotients<S: Simd, T: Real, const W: usize>(
    simd: S,
    v: Vector<S, T, W>,
    threshold: Vector<S, T, W>,
) -> Vector<S, T, W> {
    let (zeros, ones) = (Vector::splat(simd, T::ZERO), Vector::splat(simd, T::ONE));
    let mut ratios = [T::ZERO; UNROLL * CHUNK];
    (v / threshold).store(&mut ratios, 0);
    for ratio in &mut ratios[..Vector::<S, T, W>::LEN] {
        *ratio = T::round(ratio.wide().trunc());
    }
    v.above(zeros).choose(ones, zeros) * Vector::load(simd, &ratios, 0)
}

/// `(v >= threshold) floor(v / threshold)`, less what is above `most`.
fn floor_quotient<T: Real>(v: T, threshold: T, most: f64) -> T {
    let is_above = if v >= threshold { 1.0 } else { 0.0 };
    let fit = is_above * (v / threshold).wide().floor();
    let beyond = if fit > most { 1.0 } else { 0.0 };
    T::round(fit - (fit - most) * beyond)
}

/// The same for several neurons.
#[inline(always)]
fn floor_quotients<S: Simd, T: Real, const W: usize>(
    simd: S,
    v: Vector<S, T, W>,
    threshold: Vector<S, T, W>,
    most: f64,
) -> Vector<S, T, W> {
    let (mut voltages, mut thresholds) = ([T::ZERO; UNROLL * CHUNK], [T::ZERO; UNROLL * CHUNK]);
    v.store(&mut voltages, 0);
    threshold.store(&mut thresholds, 0);
    let neurons = voltages.iter_mut().zip(&thresholds).take(Vector::<S, T, W>::LEN);
    for (v, &threshold) in neurons {
        *v = floor_quotient(*v, threshold, most);
    }
    Vector::load(simd, &voltages, 0)
}

/// Whole numbers of thresholds, up to the most spikes.
#[inline(always)]
fn fitting<S: Simd, T: Real, const W: usize>(
    simd: S,
    ratio: Vector<S, T, W>,
    most: f64,
) -> Vector<S, T, W> {
    let mut ratios = [T::ZERO; UNROLL * CHUNK];
    ratio.store(&mut ratios, 0);
    for ratio in &mut ratios[..Vector::<S, T, W>::LEN] {
        *ratio = T::round(ratio.wide().floor().min(most));
    }
    Vector::load(simd, &ratios, 0)
}
