//! The exponential that was just worked out.
//!
//! Channels that see the same source move by the same time at every event, and most of them have the
//! same time constant. So the last argument is remembered with its result, by thread; what is found
//! there are the bits that would be worked out again.

use std::cell::Cell;

use nirkit_numerics::math;

thread_local! {
    /// Bits of the argument, and the result. It begins with a NaN, whose exponential is NaN.
    static LAST: Cell<(u64, f64)> = const { Cell::new((u64::MAX, f64::NAN)) };
}

/// `e^x - 1`.
#[inline]
pub(super) fn exp_m1(x: f64) -> f64 {
    LAST.with(|last| {
        let (bits, result) = last.get();
        if bits == x.to_bits() {
            return result;
        }
        let result = math::exp_m1(x);
        last.set((x.to_bits(), result));
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_worked_out() {
        assert!(exp_m1(f64::from_bits(u64::MAX)).is_nan());
        for at in 0..3000 {
            let x = -0.01 * f64::from((at / 3 * 7) % 97);
            assert_eq!(exp_m1(x).to_bits(), math::exp_m1(x).to_bits());
        }
    }
}
