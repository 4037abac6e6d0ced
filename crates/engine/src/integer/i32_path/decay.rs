//! Decays in 32 bits.

use super::super::decay::{Decay, Shift};
use super::super::time_block::{Layout, padded};

/// What a state keeps in a step. Lists are padded to whole chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Retention {
    All,
    Nothing,
    /// It loses itself shifted right.
    Shift {
        bits: Vec<u32>,
        at_least_one: bool,
    },
    /// It keeps itself times a factor from 0 to 1 of so many bits.
    Factor {
        kept: Vec<i32>,
        bits: u32,
        toward_zero: bool,
    },
}

/// Factors have at most so many bits, so that the product with as many bits of a state stays within
/// 30 bits.
const FACTOR_BITS: u32 = 15;

impl Retention {
    /// A decay; `None` for one that 32 bits cannot imitate.
    pub(super) fn new(decay: &Decay, layout: Layout) -> Option<Self> {
        Some(match decay {
            Decay::None => Self::All,
            Decay::All => Self::Nothing,
            Decay::Shift { bits, at_least_one } => {
                // What is shifted by 31 bits is its sign, and stays so.
                let bits = bits.iter().map(|&bits| u32::from(bits).min(31)).collect::<Vec<_>>();
                Self::Shift { bits: pad(layout.arrange(&bits), 0), at_least_one: *at_least_one }
            }
            Decay::Factor { kept, bits, shift } => {
                let is_small = |&kept: &i64| (0..=1 << bits).contains(&kept);
                if *bits > FACTOR_BITS || !kept.iter().all(is_small) {
                    return None;
                }
                let kept = kept.iter().map(|&kept| kept as i32).collect::<Vec<_>>();
                let (kept, toward_zero) =
                    (pad(layout.arrange(&kept), 0), *shift == Shift::TowardZero);
                Self::Factor { kept, bits: *bits, toward_zero }
            }
        })
    }

    /// Lets states of the neurons from `at` on decay.
    #[inline(always)]
    pub(super) fn keep(&self, at: usize, states: &mut [i32]) {
        match self {
            Self::All => {}
            Self::Nothing => states.fill(0),
            Self::Shift { bits, at_least_one } => {
                let (states, bits) = both(states, bits, at);
                let least = i32::from(*at_least_one);
                for lane in 0..bits.len() {
                    let (state, lost) = (states[lane], states[lane] >> bits[lane]);
                    // 1 for a state above 0 that would lose nothing; one below 0 loses 1 at least.
                    let one = least & i32::from(lost == 0) & i32::from(state > 0);
                    states[lane] = state - lost - one;
                }
            }
            Self::Factor { kept, bits, toward_zero } => {
                let (bits, mask) = (*bits, (1 << *bits) - 1);
                let product = |size: i32, kept: i32| {
                    // The upper bits and the lower ones by themselves, so that both products fit.
                    (size >> bits) * kept + (((size & mask) * kept) >> bits)
                };
                let (states, kept) = both(states, kept, at);
                if *toward_zero {
                    for lane in 0..kept.len() {
                        let (state, sign) = (states[lane], states[lane] >> 31);
                        let size = (state ^ sign) - sign;
                        states[lane] = (product(size, kept[lane]) ^ sign) - sign;
                    }
                } else {
                    for lane in 0..kept.len() {
                        states[lane] = product(states[lane], kept[lane]);
                    }
                }
            }
        }
    }
}

/// States of neurons from `at` on, and their numbers in a list: two slices of one length, so that a
/// loop over them needs no test.
#[inline(always)]
pub(super) fn both<'a, 'b, T>(
    states: &'a mut [i32],
    list: &'b [T],
    at: usize,
) -> (&'a mut [i32], &'b [T]) {
    let list = &list[at..];
    let len = states.len().min(list.len());
    (&mut states[..len], &list[..len])
}

/// A list, padded to whole chunks.
pub(super) fn pad<T: Copy>(mut list: Vec<T>, with: T) -> Vec<T> {
    list.resize(padded(list.len()), with);
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::time_block::BOUND;
    use super::*;

    fn decay() -> impl Strategy<Value = Decay> {
        let shift = (0_u8..63, any::<bool>())
            .prop_map(|(bits, at_least_one)| Decay::Shift { bits: vec![bits], at_least_one });
        let factor = (0_u32..16, any::<bool>(), 0_i64..=1 << 15).prop_map(|(bits, down, kept)| {
            let shift = if down { Shift::Down } else { Shift::TowardZero };
            Decay::Factor { kept: vec![kept.min(1 << bits)], bits, shift }
        });
        prop_oneof![Just(Decay::None), Just(Decay::All), shift, factor]
    }

    proptest! {
        #[test]
        fn states_decay_as_in_64_bits(
            decay in decay(), state in prop_oneof![-BOUND..=BOUND, -300_i64..300],
        ) {
            let mut states = [state as i32];
            Retention::new(&decay, Layout::Plain).unwrap().keep(0, &mut states);
            prop_assert_eq!(i64::from(states[0]), state - decay.lost(0, state));
        }
    }
}
