//! Registers in 32 bits.

use super::super::register::{Overflow, Register};
use super::super::time_block::BOUND;

/// What happens to a number of at most [`BOUND`] that is written to a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OverflowRule {
    /// It fits.
    Free,
    Saturate {
        low: i32,
        high: i32,
    },
    /// It keeps its lowest bits, counted from `low`.
    Wrap {
        low: i32,
        mask: i32,
    },
    /// It comes back in at the other end once.
    WrapOnce {
        low: i32,
        high: i32,
        span: i32,
    },
}

impl OverflowRule {
    /// A register; `None` for one that 32 bits cannot imitate.
    pub(crate) fn new(register: Register) -> Option<Self> {
        let Register { low, high, overflow } = register;
        if low <= -BOUND && BOUND <= high {
            return Some(Self::Free);
        }
        let span = i32::try_from(high - low + 1).ok().filter(|&span| i64::from(span) <= BOUND)?;
        let (low, high) = (i32::try_from(low).ok()?, i32::try_from(high).ok()?);
        match overflow {
            Overflow::Saturate => Some(Self::Saturate { low, high }),
            Overflow::Wrap if span.count_ones() == 1 => Some(Self::Wrap { low, mask: span - 1 }),
            Overflow::Wrap => None,
            Overflow::WrapOnce => Some(Self::WrapOnce { low, high, span }),
        }
    }

    /// The same range, beyond which numbers wrap.
    pub(super) fn wrapping(self, register: Register) -> Option<Self> {
        match self {
            Self::Free => Some(self),
            _ => Self::new(register.overflowing(Overflow::Wrap)),
        }
    }

    /// The largest number that is held, sign left out, of those up to a size.
    pub(crate) fn most(self, size: i64) -> i64 {
        match self {
            Self::Free => size,
            Self::Saturate { .. } => size.min(self.end()),
            // A number outside may come back in at the larger end.
            Self::Wrap { .. } | Self::WrapOnce { .. } if size <= self.near() => size,
            Self::Wrap { .. } => self.end(),
            Self::WrapOnce { span, .. } => self.end().max(size - i64::from(span)),
        }
    }

    /// Numbers up to this are held as they are, sign left out.
    fn near(self) -> i64 {
        let nearer = |low: i32, high: i32| i64::from(low.unsigned_abs().min(high.unsigned_abs()));
        match self {
            Self::Free => i64::MAX,
            Self::Saturate { low, high } | Self::WrapOnce { low, high, .. } => nearer(low, high),
            Self::Wrap { low, mask } => nearer(low, low + mask),
        }
    }

    /// The end of the range that is farther from 0, sign left out; 0 where there is none.
    pub(crate) fn end(self) -> i64 {
        let farther = |low: i32, high: i32| i64::from(low.unsigned_abs().max(high.unsigned_abs()));
        match self {
            Self::Free => 0,
            Self::Saturate { low, high } | Self::WrapOnce { low, high, .. } => farther(low, high),
            Self::Wrap { low, mask } => farther(low, low + mask),
        }
    }

    /// What the register holds after a number was written to it.
    #[inline(always)]
    pub(crate) fn hold(self, exact: i32) -> i32 {
        match self {
            Self::Free => exact,
            Self::Saturate { low, high } => exact.max(low).min(high),
            Self::Wrap { low, mask } => low + ((exact - low) & mask),
            Self::WrapOnce { low, high, span } => {
                exact - (span & -i32::from(exact > high)) + (span & -i32::from(exact < low))
            }
        }
    }

    /// Holds numbers side by side.
    #[inline(always)]
    pub(crate) fn each(self, numbers: &mut [i32]) {
        // One loop for each kind, so that nothing is decided within.
        match self {
            Self::Free => {}
            Self::Saturate { low, high } => {
                for number in numbers {
                    *number = (*number).max(low).min(high);
                }
            }
            Self::Wrap { low, mask } => {
                for number in numbers {
                    *number = low + ((*number - low) & mask);
                }
            }
            Self::WrapOnce { .. } => {
                for number in numbers {
                    *number = self.hold(*number);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_held_as_in_64_bits(
            low in -40_000_i64..1, high in 0_i64..40_000, bits in 2_u32..40, is_even: bool,
            exact in prop_oneof![-BOUND..=BOUND, -100_000..100_000_i64], kind in 0..3_usize,
        ) {
            let overflow = [Overflow::Saturate, Overflow::Wrap, Overflow::WrapOnce][kind];
            let even = Register::signed(bits, overflow);
            let register = if is_even { even } else { Register { low, high, overflow } };
            if let Some(hold) = OverflowRule::new(register) {
                let held = hold.hold(exact as i32);
                prop_assert_eq!(i64::from(held), register.hold(exact));
                prop_assert!(i64::from(held).abs() <= hold.most(exact.abs()));
                let mut numbers = [exact as i32; 3];
                hold.each(&mut numbers);
                prop_assert_eq!(numbers, [held; 3]);
            } else {
                let is_odd = !(high - low + 1).is_positive() || (high - low + 1).count_ones() > 1;
                prop_assert!(bits > 30 && is_even || overflow == Overflow::Wrap && is_odd);
            }
        }
    }
}
