//! Exponentials that were just worked out.
//!
//! Channels that see the same source move by the same time at every event, and most of them have the
//! same time constants. So the last few arguments are remembered with their results, by thread; what
//! is found there are the bits that would be worked out again.

use std::cell::Cell;

use nirkit_numerics::math;

/// Remembered arguments of a function.
const SLOTS: usize = 16;

type Slots = [Cell<(u64, f64)>; SLOTS];

thread_local! {
    // A NaN at the start, whose exponential is NaN.
    static EXP: Slots = const { [const { Cell::new((u64::MAX, f64::NAN)) }; SLOTS] };
    static EXP_M1: Slots = const { [const { Cell::new((u64::MAX, f64::NAN)) }; SLOTS] };
}

/// `e^x`.
#[inline]
pub(super) fn exp(x: f64) -> f64 {
    EXP.with(|slots| recall(slots, x, math::exp))
}

/// `e^x - 1`.
#[inline]
pub(super) fn exp_m1(x: f64) -> f64 {
    EXP_M1.with(|slots| recall(slots, x, math::exp_m1))
}

#[inline]
fn recall(slots: &Slots, x: f64, function: impl Fn(f64) -> f64) -> f64 {
    let bits = x.to_bits();
    // Multiplying spreads the bits of nearby numbers over the upper ones (Fibonacci hashing).
    let slot = &slots[(bits.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60) as usize % SLOTS];
    let (known, result) = slot.get();
    if known == bits {
        return result;
    }
    let result = function(x);
    slot.set((bits, result));
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_worked_out() {
        for at in 0..3000 {
            let x = -0.01 * f64::from((at * at) % 97);
            assert_eq!(exp(x).to_bits(), math::exp(x).to_bits());
            assert_eq!(exp_m1(x).to_bits(), math::exp_m1(x).to_bits());
        }
        assert!(exp(f64::NAN).is_nan() && exp_m1(f64::from_bits(u64::MAX)).is_nan());
    }
}
