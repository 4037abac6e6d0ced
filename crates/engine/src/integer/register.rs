//! Registers: a range of integers, and what happens beyond it.

/// What happens to a number that a register cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overflow {
    /// It stays at the end of the range that it passed.
    Saturate,
    /// It comes back in at the other end, as often as need be.
    Wrap,
    /// It comes back in at the other end once; a number that is still out of range stays so.
    WrapOnce,
}

/// A register: the integers from `low` to `high`, and what happens beyond them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Register {
    /// The smallest number.
    pub low: i64,
    /// The largest number.
    pub high: i64,
    /// What happens beyond.
    pub overflow: Overflow,
}

impl Register {
    /// A register of so many bits in two's complement, 1 to 62.
    #[must_use]
    pub const fn signed(bits: u32, overflow: Overflow) -> Self {
        let half = 1_i64 << (bits - 1);
        Self { low: -half, high: half - 1, overflow }
    }

    /// The same without the smallest number, so that both ends are as far from 0.
    #[must_use]
    pub const fn symmetric(bits: u32, overflow: Overflow) -> Self {
        let half = 1_i64 << (bits - 1);
        Self { low: 1 - half, high: half - 1, overflow }
    }

    /// The same range with another way to overflow.
    #[must_use]
    pub const fn overflowing(self, overflow: Overflow) -> Self {
        Self { overflow, ..self }
    }

    /// Whether a number fits.
    #[must_use]
    pub const fn holds(self, number: i64) -> bool {
        self.low <= number && number <= self.high
    }

    /// What the register holds after an exact number was written to it.
    #[must_use]
    pub fn hold(self, exact: i64) -> i64 {
        if self.holds(exact) {
            return exact;
        }
        let span = self.high - self.low + 1;
        match self.overflow {
            Overflow::Saturate => exact.clamp(self.low, self.high),
            Overflow::Wrap => self.low + (exact - self.low).rem_euclid(span),
            Overflow::WrapOnce if exact > self.high => exact - span,
            Overflow::WrapOnce => exact + span,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_ends_hold_and_one_further_does_not() {
        let saturating = Register::signed(16, Overflow::Saturate);
        let wrapping = Register::signed(16, Overflow::Wrap);
        for end in [-32_768, 32_767] {
            assert_eq!([saturating.hold(end), wrapping.hold(end)], [end, end]);
        }
        assert_eq!([saturating.hold(32_768), wrapping.hold(32_768)], [32_767, -32_768]);
        assert_eq!([saturating.hold(-32_769), wrapping.hold(-32_769)], [-32_768, 32_767]);
        assert_eq!(Register::symmetric(24, Overflow::Saturate).hold(-(1 << 23)), 1 - (1 << 23));
    }

    #[test]
    fn a_number_that_wraps_once_can_stay_outside() {
        let once = Register { low: -7, high: 8, overflow: Overflow::WrapOnce };
        assert_eq!([once.hold(9), once.hold(-8), once.hold(25)], [-7, 8, 9]);
        assert_eq!(once.overflowing(Overflow::Wrap).hold(25), -7);
    }

    proptest! {
        #[test]
        fn wrapping_is_what_two_s_complement_does(number: i32) {
            let held = Register::signed(16, Overflow::Wrap).hold(i64::from(number));
            prop_assert_eq!(held, i64::from(number as i16));
        }

        #[test]
        fn saturating_is_what_the_processor_does(a: i16, b: i16) {
            let sum = i64::from(a) + i64::from(b);
            let held = Register::signed(16, Overflow::Saturate).hold(sum);
            prop_assert_eq!(held, i64::from(a.saturating_add(b)));
        }
    }
}
