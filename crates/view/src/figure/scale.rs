//! Numbers along an axis.

use std::ops::Range;

/// A unit of time.
pub(crate) struct TimeUnit {
    pub(crate) name: &'static str,
    pub(crate) seconds: f64,
}

impl TimeUnit {
    /// The unit in which a time has one to three digits before the point, if there is one.
    pub(crate) fn of(seconds: f64) -> Self {
        let units = [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)];
        let fits = |&(_, unit): &(&str, f64)| seconds >= unit;
        let (name, seconds) = units.into_iter().find(fits).unwrap_or(("s", 1.0));
        Self { name, seconds }
    }
}

/// A number on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) text: String,
}

/// Round numbers within a range, about as many as asked for.
pub(super) fn ticks(range: &Range<f64>, count: usize) -> Vec<Tick> {
    let span = range.end - range.start;
    if !span.is_finite() || span <= 0.0 || count == 0 {
        return Vec::new();
    }
    let rough = span / count as f64;
    let (unit, power) = power_below(rough);
    let (factor, more) = [(1.0, 0), (2.0, 0), (5.0, 0), (10.0, 1)]
        .into_iter()
        .find(|(factor, _)| factor * unit >= rough)
        .unwrap_or((10.0, 1));
    let step = factor * unit;
    let digits = (-(power + more)).clamp(0, 12) as usize;
    let first = (range.start / step - 1e-9).ceil() as i64;
    let last = (range.end / step + 1e-9).floor() as i64;
    (first..=last)
        .map(|index| {
            let at = index as f64 * step;
            let text = if (1e-9..1e6).contains(&step) {
                format!("{at:.digits$}")
            } else {
                format!("{at:e}")
            };
            Tick { at, text }
        })
        .collect()
}

/// The largest power of ten that is no larger than a positive number, and its exponent.
fn power_below(number: f64) -> (f64, i32) {
    let (mut unit, mut power) = (1.0, 0);
    while unit * 10.0 <= number {
        (unit, power) = (unit * 10.0, power + 1);
    }
    while unit > number && power > -320 {
        (unit, power) = (unit / 10.0, power - 1);
    }
    (unit, power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(range: Range<f64>, count: usize) -> Vec<String> {
        ticks(&range, count).into_iter().map(|tick| tick.text).collect()
    }

    #[test]
    fn numbers_are_round() {
        assert_eq!(texts(0.0..30.0, 7), ["0", "5", "10", "15", "20", "25", "30"]);
        assert_eq!(texts(0.0..1.1, 4), ["0.0", "0.5", "1.0"]);
        assert_eq!(texts(-0.02..0.05, 4), ["-0.02", "0.00", "0.02", "0.04"]);
        assert_eq!(texts(1.0..1.0, 4), [""; 0]);
        assert_eq!(texts(0.0..f64::INFINITY, 4), [""; 0]);
    }

    #[test]
    fn times_have_a_unit_of_their_size() {
        let named = |seconds| TimeUnit::of(seconds).name;
        assert_eq!([named(2.0), named(0.03), named(2e-5), named(0.0)], ["s", "ms", "µs", "s"]);
    }
}
