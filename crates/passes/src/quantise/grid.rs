//! Grids: which integers there are, and how numbers between them are rounded.

use super::loss::Loss;
use super::scale::Scale;

/// How a number between two integers is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest; halves go to the even one.
    HalfEven,
    /// Toward 0, as a cast does.
    TowardZero,
    /// Toward minus infinity.
    Down,
}

impl Rounding {
    /// The integer of a number, as a float.
    #[must_use]
    pub fn round(self, number: f64) -> f64 {
        match self {
            Self::HalfEven => number.round_ties_even(),
            Self::TowardZero => number.trunc(),
            Self::Down => number.floor(),
        }
    }
}

/// The integers from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grid {
    /// The smallest integer.
    pub low: i64,
    /// The largest integer.
    pub high: i64,
    /// How numbers between two integers are rounded.
    pub rounding: Rounding,
}

impl Grid {
    /// The integers of so many bits in two's complement, 1 to 53, rounded to the nearest.
    #[must_use]
    pub const fn signed(bits: u32) -> Self {
        let half = 1_i64 << (bits - 1);
        Self { low: -half, high: half - 1, rounding: Rounding::HalfEven }
    }

    /// The integer of a number that is scaled already; the ends of the grid stand for what lies
    /// beyond.
    #[must_use]
    pub fn place(self, scaled: f64) -> i64 {
        let rounded = self.rounding.round(scaled);
        (rounded.clamp(self.low as f64, self.high as f64)) as i64
    }

    /// The integers of numbers under one scale, and what was lost.
    #[must_use]
    pub fn quantise(self, numbers: &[f64], scale: Scale) -> (Vec<i64>, Loss) {
        let mut loss = Loss::default();
        let quantise = |&number: &f64| {
            let scaled = scale.apply(number);
            let integer = self.place(scaled);
            loss.add(number, integer, scale.factor());
            loss.saturated += usize::from(self.rounding.round(scaled) != integer as f64);
            integer
        };
        (numbers.iter().map(quantise).collect(), loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roundings_differ_between_the_integers() {
        let halves = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5];
        let round = |rounding: Rounding| halves.map(|half| rounding.round(half));
        assert_eq!(round(Rounding::HalfEven), [-2.0, -2.0, 0.0, 0.0, 2.0, 2.0]);
        assert_eq!(round(Rounding::TowardZero), [-2.0, -1.0, 0.0, 0.0, 1.0, 2.0]);
        assert_eq!(round(Rounding::Down), [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0]);
    }

    #[test]
    fn what_lies_beyond_the_grid_is_counted() {
        let (integers, loss) = Grid::signed(8).quantise(&[-2.0, 0.001, 1.0], Scale::Double(127.0));
        assert_eq!(integers, [-128, 0, 127]);
        assert_eq!([loss.numbers, loss.saturated, loss.zeroed], [3, 1, 1]);
        assert!((loss.max_error - (2.0 - 128.0 / 127.0)).abs() < 1e-15);
    }
}
