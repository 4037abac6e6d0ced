//! Sums that do not drift.
//!
//! Currents are added when they begin and subtracted when they end, a million times over. In plain
//! floating point every pair may leave a residue of one rounding, and a neuron that rests exactly on
//! its threshold would spike for a current that is not there. Two numbers hold the sum to about 106
//! bits, so that what was added and subtracted again leaves exactly nothing.

/// A sum in twice the working precision: `high` is the rounded sum, `low` what the rounding lost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    /// A sum of one number.
    pub(super) fn of(value: f64) -> Self {
        Self { high: value, low: 0.0 }
    }

    /// Adds a number. The error of the rounding is kept (Knuth's `TwoSum`).
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        let sum = self.high + value;
        let part = sum - self.high;
        let lost = (self.high - (sum - part)) + (value - part);
        let low = self.low + lost;
        self.high = sum + low;
        self.low = low - (self.high - sum);
    }

    /// Adds another sum.
    pub(super) fn add_sum(&mut self, other: Self) {
        self.add(other.high);
        self.add(other.low);
    }

    /// The sum with the opposite sign.
    pub(super) fn negated(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }

    /// The sum, rounded once.
    #[inline]
    pub(super) fn value(self) -> f64 {
        self.high
    }

    /// Whether nothing is left.
    #[inline]
    pub(super) fn is_zero(self) -> bool {
        self.high == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_and_subtracted_in_another_order_leaves_nothing() {
        let mut sum = Sum::default();
        for value in [0.1, 0.7, 1e9, -0.7, -1e9, -0.1] {
            sum.add(value);
        }
        assert!(sum.is_zero());
        assert_ne!(0.1 + 0.7 + 1e9 - 0.7 - 1e9 - 0.1, 0.0);
    }
}
