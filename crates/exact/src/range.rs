//! Ranges of values: what can be said about a course without following it.

use nirkit_numerics::math::exp;

/// All numbers from `low` to `high`; either may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Range {
    /// A single number.
    pub(super) fn point(value: f64) -> Self {
        Self { low: value, high: value }
    }

    /// Sums of a number of each range.
    pub(super) fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    /// The numbers that are in both ranges.
    pub(super) fn within(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// All numbers times a factor. Zero times infinity is 0 here: what has no weight has no effect.
    pub(super) fn times(self, factor: f64) -> Self {
        if factor == 0.0 {
            return Self::point(0.0);
        }
        let (a, b) = (self.low * factor, self.high * factor);
        if factor > 0.0 { Self { low: a, high: b } } else { Self { low: b, high: a } }
    }

    /// Where `x` is during the next `s` seconds when `x' = rate (goal - x)` and the goal stays in a
    /// range: between the start and the ends of the two extreme courses, both of which are monotone.
    pub(super) fn relaxing(start: f64, goal: Self, rate: f64, s: f64) -> Self {
        let kept = if s.is_finite() { exp(-rate * s) } else { 0.0 };
        let end = |goal: f64| if kept == 0.0 { goal } else { goal + (start - goal) * kept };
        Self { low: start.min(end(goal.low)), high: start.max(end(goal.high)) }
    }

    /// Where `x` is during the next `s` seconds when `x'` stays in a range.
    pub(super) fn drifting(start: f64, slope: Self, s: f64) -> Self {
        let far = |slope: f64| if slope == 0.0 { 0.0 } else { slope * s };
        Self { low: start + far(slope.low.min(0.0)), high: start + far(slope.high.max(0.0)) }
    }
}
