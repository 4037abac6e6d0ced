//! Taylor series over a short while: what takes the place of chains where nodes with a continuous
//! output feed each other, or where too many time constants meet.

use super::cell::Cell;
use super::crossing::Course;
use super::drive::GridInput;
use super::expoly::Chains;

/// Degree of the series.
///
/// A *step* is chosen so that no rate of the coupled nodes exceeds one per step. A series is used
/// for at most two steps, where the terms that it leaves out add up to less than
/// `2^25 / 25! e^2 = 2e-17` of the largest state.
pub(super) const DEGREE: usize = 24;

/// What a series leaves out, relative to the largest state of the coupled nodes.
pub(super) const BOUND: f64 = 2e-17;

/// A polynomial in `x = s / step`, from the constant up.
pub(super) type Series = [f64; DEGREE + 1];

/// The polynomial without any term.
pub(super) const ZERO: Series = [0.0; DEGREE + 1];

/// The value at `x` steps.
pub(super) fn value(series: &Series, x: f64) -> f64 {
    series.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// The same polynomial around `x` steps later (Taylor's shift, by repeated Horner semantics).
pub(super) fn shifted(series: &Series, x: f64) -> Series {
    let mut later = *series;
    if x != 0.0 {
        for k in 0..DEGREE {
            for j in (k..DEGREE).rev() {
                later[j] += later[j + 1] * x;
            }
        }
    }
    later
}

/// The course of a channel during the while that follows its last event.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct While {
    /// Length of a step in seconds.
    step: f64,
    /// What the coupled nodes send.
    pub(super) input: Series,
    /// The voltage; for a Threshold, all of its input.
    pub(super) v: Series,
    /// The synaptic current.
    pub(super) i: Series,
}

impl While {
    /// A course of which only the input is known.
    pub(super) fn new(step: f64, input: Series) -> Self {
        Self { step, input, v: ZERO, i: ZERO }
    }

    /// `(v, i)` after `s` seconds.
    pub(super) fn at(&self, s: f64) -> (f64, f64) {
        (value(&self.v, s / self.step), value(&self.i, s / self.step))
    }

    /// Takes time from `s` seconds later on as the origin of the input; the rest has to be solved
    /// again.
    pub(super) fn moved(&mut self, s: f64) {
        self.input = shifted(&self.input, s / self.step);
    }

    /// Works out the course of a cell from its state and everything that drives it.
    pub(super) fn solve(
        &mut self,
        cell: &Cell,
        state: (f64, f64),
        drive: &GridInput,
        chains: &Chains,
    ) {
        let own = drive.series(self.step, chains);
        (self.v[0], self.i[0]) = state;
        for (k, own) in own.into_iter().enumerate().take(DEGREE) {
            let input = self.input[k] + own;
            self.extend(cell, k, input);
        }
    }

    /// The coefficients of order `k + 1` from those of order `k`.
    pub(super) fn extend(&mut self, cell: &Cell, k: usize, input: f64) {
        let (v, i) = cell.derivative(k, (self.v[k], self.i[k]), input);
        let factor = self.step / (k + 1) as f64;
        (self.v[k + 1], self.i[k + 1]) = (v * factor, i * factor);
    }

    /// The course of a Threshold's input.
    pub(super) fn add_up(&mut self, drive: &GridInput, chains: &Chains) {
        let own = drive.series(self.step, chains);
        self.v = std::array::from_fn(|k| self.input[k] + own[k]);
    }

    /// The first derivative of `v` that is not 0, up to a positive factor.
    pub(super) fn trend(&self) -> f64 {
        self.v[1..].iter().copied().find(|&coefficient| coefficient != 0.0).unwrap_or(0.0)
    }

    /// The course of `v` relative to a level, upside down if `sign` is negative.
    pub(super) fn course(&self, level: f64, sign: f64, time: f64) -> impl Course {
        let mut height = self.v.map(|coefficient| coefficient * sign);
        height[0] = sign * (self.v[0] - level);
        let size = self.v.iter().fold(level.abs(), |sum, coefficient| sum + coefficient.abs());
        Ahead { height, step: self.step, time, noise: 4.0 * f64::EPSILON * size }
    }
}

/// A polynomial course relative to a level.
struct Ahead {
    height: Series,
    step: f64,
    time: f64,
    noise: f64,
}

impl Course for Ahead {
    fn later(&self, s: f64) -> Self {
        let height = shifted(&self.height, s / self.step);
        Self { height, time: self.time + s, ..*self }
    }

    fn height(&self) -> f64 {
        self.height[0]
    }

    fn slope(&self) -> f64 {
        self.height[1] / self.step
    }

    fn curvature(&self, s: f64) -> f64 {
        let x = s / self.step;
        let bend = |sum: f64, k: usize| {
            let rising = if k == 2 { self.height[k] } else { self.height[k].max(0.0) };
            sum * x + (k * (k - 1)) as f64 * rising
        };
        (2..=DEGREE).rev().fold(0.0, bend) / (self.step * self.step)
    }

    fn ceiling(&self, s: f64) -> f64 {
        let x = s / self.step;
        let rising = (1..=DEGREE).rev().fold(0.0, |sum, k| sum * x + self.height[k].max(0.0));
        self.height[0] + rising * x
    }

    fn noise(&self) -> f64 {
        self.noise
    }

    fn pace(&self) -> f64 {
        1.0 / self.step
    }

    fn resolution(&self) -> f64 {
        0.5 * f64::EPSILON * self.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shifted_polynomial_has_the_same_values() {
        let series: Series = std::array::from_fn(|k| 1.0 / (1 + k * k) as f64);
        let later = shifted(&series, 0.25);
        assert!((value(&later, 0.5) - value(&series, 0.75)).abs() < 1e-15);
    }
}
