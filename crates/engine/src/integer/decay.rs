//! Decays without division: by shifts, or by a factor of so many bits.

/// How a state loses some of itself in each step. Vectors have one number for each neuron.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decay {
    /// It loses nothing.
    None,
    /// It loses everything: it has no memory.
    All,
    /// It loses itself shifted right by so many bits, with the sign (toward minus infinity).
    Shift {
        /// Bits by which it is shifted, 0 to 62.
        bits: Vec<u8>,
        /// Whether a state that is not 0 loses at least 1, toward 0.
        at_least_one: bool,
    },
    /// It keeps itself times `kept`, shifted right by `bits`.
    Factor {
        /// Factor, for each neuron.
        kept: Vec<i64>,
        /// Bits by which the product is shifted.
        bits: u32,
        /// Where the shift rounds to.
        shift: Shift,
    },
}

/// Where a shift to the right rounds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shift {
    /// Toward 0: the size is shifted, and the sign kept.
    TowardZero,
    /// Toward minus infinity, as an arithmetic shift does.
    Down,
}

impl Shift {
    /// A number shifted right.
    #[must_use]
    pub fn right(self, number: i64, bits: u32) -> i64 {
        match self {
            Self::TowardZero if number < 0 => -(-number >> bits),
            Self::TowardZero | Self::Down => number >> bits,
        }
    }
}

impl Decay {
    /// What a state of a neuron loses.
    #[must_use]
    pub fn lost(&self, neuron: usize, state: i64) -> i64 {
        match self {
            Self::None => 0,
            Self::All => state,
            Self::Shift { bits, at_least_one } => match state >> bits[neuron] {
                0 if *at_least_one => state.signum(),
                lost => lost,
            },
            Self::Factor { kept, bits, shift } => state - shift.right(state * kept[neuron], *bits),
        }
    }

    /// For how many neurons there are numbers; `None` where one does not matter.
    pub(super) fn neurons(&self) -> Option<usize> {
        match self {
            Self::None | Self::All => None,
            Self::Shift { bits, .. } => Some(bits.len()),
            Self::Factor { kept, .. } => Some(kept.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shift(bits: u8) -> Decay {
        Decay::Shift { bits: vec![bits], at_least_one: true }
    }

    #[test]
    fn a_small_state_loses_one_and_a_state_of_zero_nothing() {
        assert_eq!([1, 3, 0].map(|state| shift(4).lost(0, state)), [1, 1, 0]);
        // An arithmetic shift of a negative number never reaches 0.
        assert_eq!([-1, -16, -17].map(|state| shift(4).lost(0, state)), [-1, -1, -2]);
        assert_eq!(shift(0).lost(0, -32_768), -32_768);
    }

    proptest! {
        /// Without shifts: floor and truncation by division in wide numbers.
        #[test]
        fn shifts_are_divisions(state in -(1_i64 << 30)..1 << 30, bits in 0_u32..20) {
            let (wide, divisor) = (i128::from(state), 1_i128 << bits);
            prop_assert_eq!(i128::from(Shift::Down.right(state, bits)), wide.div_euclid(divisor));
            prop_assert_eq!(i128::from(Shift::TowardZero.right(state, bits)), wide / divisor);
        }

        #[test]
        fn a_state_never_passes_zero(state in -40_000_i64..40_000, bits in 0_u8..16) {
            let left = state - shift(bits).lost(0, state);
            prop_assert!(left.abs() <= state.abs() && left.signum() * state.signum() >= 0);
            prop_assert!(state == 0 || left != state);
        }
    }
}
