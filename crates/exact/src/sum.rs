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

/// Bits of -0.
const MINUS_ZERO: u64 = 1 << 63;

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
    #[inline]
    pub(super) fn add_sum(&mut self, other: Self) {
        // Most often nothing is added. That leaves every sum as it is, but for -0 and infinity.
        if other.is_nothing() && self.high.is_finite() && self.high.to_bits() != MINUS_ZERO {
            return;
        }
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

    fn is_nothing(self) -> bool {
        self.high == 0.0 && self.low == 0.0
    }

    /// Whether nothing is left.
    #[inline]
    pub(super) fn is_zero(self) -> bool {
        self.high == 0.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        /// The way around adding nothing, against adding it.
        #[test]
        fn nothing_changes_no_bit(
            values in prop::collection::vec(prop_oneof![-1e3..1e3, -1e-9..1e-9, Just(-0.0)], 0..9),
            first in prop_oneof![Just(0.0), Just(-0.0), Just(f64::INFINITY), -2.0..2.0],
            is_negated: bool,
        ) {
            let mut sum = Sum::of(first);
            for value in values {
                sum.add(value);
            }
            let zero = if is_negated { Sum::default().negated() } else { Sum::default() };
            let mut added = sum;
            added.add(zero.high);
            added.add(zero.low);
            sum.add_sum(zero);
            let bits = |sum: Sum| [sum.high, sum.low].map(|x| if x.is_nan() { None } else { Some(x.to_bits()) });
            prop_assert_eq!(bits(sum), bits(added));
        }
    }
}
