//! The decimals that numbers of few digits stand for.
//!
//! Times are written as decimals. In single precision 12 ms is 0.011999999731779099 s, which lies before the border of a step of
//! 4 ms and not on it; the shortest decimal that gives the same number back is 0.012. The two are nearer to each other than any clock
//! tells; of numbers of half precision that is not so, and these stay what they are.

/// Returns the shortest decimal that gives the number back in single precision.
///
/// ```
/// assert_eq!(nirkit_numerics::decimal::of_single(0.012), 0.012);
/// ```
#[must_use]
pub fn of_single(value: f32) -> f64 {
    let wide = f64::from(value);
    if wide.fract() == 0.0 { wide } else { value.to_string().parse().unwrap_or(wide) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_in_single_precision_are_whole() {
        for time in 0..100_000 {
            let seconds = f64::from(time) / 1e3;
            assert_eq!(of_single(seconds as f32), seconds);
        }
        assert!(of_single(f32::NAN).is_nan());
        assert_eq!(of_single(f32::INFINITY), f64::INFINITY);
        assert_eq!(of_single(f32::MAX), f64::from(f32::MAX));
    }
}
