//! Bounds of integers, and the registers that hold them.

use crate::cell::{Comparison, Operator};
use crate::number::Numbers;

/// All integers from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The smallest one.
    pub low: i64,
    /// The largest one.
    pub high: i64,
}

impl Interval {
    /// Every integer of 64 bits.
    pub const ALL: Self = Self { low: i64::MIN, high: i64::MAX };
    /// What a comparison gives.
    pub const BIT: Self = Self { low: 0, high: 1 };

    /// The interval of one number.
    #[must_use]
    pub fn point(number: i64) -> Self {
        Self { low: number, high: number }
    }

    /// The bounds of an exact result; every integer where 64 bits cannot hold it, since it wraps around then.
    pub fn exact(low: i128, high: i128) -> Self {
        match (i64::try_from(low), i64::try_from(high)) {
            (Ok(low), Ok(high)) => Self { low, high },
            _ => Self::ALL,
        }
    }

    /// The numbers that a signed register of so many bits holds.
    pub fn of_bits(bits: u32) -> Self {
        let high = i64::MAX >> (64 - bits.clamp(1, 64));
        Self { low: -high - 1, high }
    }

    /// The bounds of constants; 0 of none.
    pub fn of(numbers: &Numbers) -> Self {
        let mut bounds: Option<Self> = None;
        for number in integers(numbers) {
            let point = Self::point(number);
            bounds = Some(bounds.map_or(point, |bounds| bounds.join(point)));
        }
        bounds.unwrap_or(Self::point(0))
    }

    /// Returns the smallest interval that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Whether every number of the other one is in this one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.low <= other.low && self.high >= other.high
    }

    /// The only number, if there is one.
    pub fn single(self) -> Option<i64> {
        (self.low == self.high).then_some(self.low)
    }

    /// The largest distance from 0.
    pub fn magnitude(self) -> u64 {
        self.low.unsigned_abs().max(self.high.unsigned_abs())
    }

    /// What exact products of numbers of two intervals lie between.
    pub fn products(self, other: Self) -> [i128; 2] {
        let [al, ah, bl, bh] = [self.low, self.high, other.low, other.high].map(i128::from);
        let corners = [al * bl, al * bh, ah * bl, ah * bh];
        let [first, ..] = corners;
        corners.iter().fold([first; 2], |[low, high], &x| [low.min(x), high.max(x)])
    }

    /// The bounds of an operation on numbers of two intervals.
    pub fn apply(operator: Operator, a: Self, b: Self) -> Self {
        let [al, ah, bl, bh] = [a.low, a.high, b.low, b.high].map(i128::from);
        match operator {
            Operator::Add => Self::exact(al + bl, ah + bh),
            Operator::Subtract => Self::exact(al - bh, ah - bl),
            Operator::Multiply => {
                let [low, high] = a.products(b);
                Self::exact(low, high)
            }
            Operator::Divide => {
                // Cut towards zero, a quotient rises or falls with each operand as long as no divisor changes its sign.
                let mut corners = Vec::new();
                if b.low <= 0 && b.high >= 0 {
                    corners.push(0);
                }
                for [low, high] in [[bl, bh.min(-1)], [bl.max(1), bh]] {
                    if low <= high {
                        corners.extend([al / low, al / high, ah / low, ah / high]);
                    }
                }
                Self::around(&corners)
            }
            Operator::Modulo => {
                if b.low > a.high && a.low >= 0 {
                    return a;
                }
                let most = i64::try_from(b.magnitude().saturating_sub(1)).unwrap_or(i64::MAX);
                let most = if a.low >= 0 { most.min(a.high) } else { most };
                Self { low: 0, high: most }
            }
            Operator::ShiftRight => {
                let [near, far] = [b.low, b.high].map(|bits| bits.clamp(0, 63));
                let corners = [a.low >> near, a.low >> far, a.high >> near, a.high >> far];
                Self::around(&corners.map(i128::from))
            }
            Operator::Min => Self { low: a.low.min(b.low), high: a.high.min(b.high) },
            Operator::Max => Self { low: a.low.max(b.low), high: a.high.max(b.high) },
        }
    }

    /// Whether a comparison holds for all numbers of two intervals, or for none; `None` where it depends on the numbers.
    pub fn decide(comparison: Comparison, a: Self, b: Self) -> Option<bool> {
        match comparison {
            Comparison::Above if a.low > b.high => Some(true),
            Comparison::Above if a.high <= b.low => Some(false),
            Comparison::AtLeast if a.low >= b.high => Some(true),
            Comparison::AtLeast if a.high < b.low => Some(false),
            Comparison::Equal if a.low > b.high || a.high < b.low => Some(false),
            Comparison::Equal => a.single().zip(b.single()).map(|(a, b)| a == b),
            _ => None,
        }
    }

    fn around(corners: &[i128]) -> Self {
        let low = corners.iter().copied().min().unwrap_or(0);
        Self::exact(low, corners.iter().copied().max().unwrap_or(0))
    }

    /// The next interval of whole registers around this one, as far as an end lies outside of `known`.
    #[must_use]
    pub fn widened(self, known: Self) -> Self {
        let step = |magnitude: u64| magnitude.checked_next_power_of_two().unwrap_or(1 << 63);
        let low = if self.low < known.low {
            0_i64.checked_sub_unsigned(step(self.low.unsigned_abs())).unwrap_or(i64::MIN)
        } else {
            known.low
        };
        let high = if self.high > known.high {
            i64::try_from(step(self.high.unsigned_abs().saturating_add(1)) - 1).unwrap_or(i64::MAX)
        } else {
            known.high
        };
        Self { low: low.min(self.low), high: high.max(self.high) }
    }

    /// Whether the register needs a sign.
    pub fn is_signed(self) -> bool {
        self.low < 0
    }

    /// Bits of the narrowest register that holds the numbers: two's complement if it needs a sign, else unsigned.
    pub fn bits(self) -> u32 {
        if self.is_signed() {
            let of = |x: i64| 65 - (x ^ (x >> 63)).leading_zeros();
            of(self.low).max(of(self.high))
        } else {
            unsigned_bits(self.high.unsigned_abs())
        }
    }
}

/// Bits of an unsigned register that holds a number; at least one.
pub fn unsigned_bits(number: u64) -> u32 {
    (64 - number.leading_zeros()).max(1)
}

/// Constants that are integers; none of other numbers.
pub fn integers(numbers: &Numbers) -> impl Iterator<Item = i64> + '_ {
    let integers = match numbers {
        Numbers::I64(integers) => integers.as_slice(),
        _ => &[],
    };
    integers.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_as_narrow_as_their_numbers() {
        let bits = |low, high| Interval { low, high }.bits();
        assert_eq!([bits(0, 0), bits(0, 1), bits(0, 255), bits(0, 256)], [1, 1, 8, 9]);
        assert_eq!([bits(-1, 0), bits(-128, 127), bits(-129, 0), bits(-1, 128)], [1, 8, 9, 9]);
        assert_eq!([bits(0, i64::MAX), bits(i64::MIN, 0)], [63, 64]);
        assert_eq!(Interval::of_bits(8), Interval { low: -128, high: 127 });
        assert_eq!(Interval::of_bits(64), Interval::ALL);
    }

    fn computed(operator: Operator, a: i64, b: i64) -> i64 {
        match operator {
            Operator::Add => a.wrapping_add(b),
            Operator::Subtract => a.wrapping_sub(b),
            Operator::Multiply => a.wrapping_mul(b),
            Operator::Divide => a.checked_div(b).unwrap_or(if b == 0 { 0 } else { a }),
            Operator::Modulo => a.checked_rem_euclid(b).unwrap_or(0),
            Operator::Min => a.min(b),
            Operator::Max => a.max(b),
            Operator::ShiftRight => a >> b.clamp(0, 63),
        }
    }

    #[test]
    fn every_result_lies_within_its_bounds() {
        let ends = [i64::MIN, -9, -8, -1, 0, 1, 3, 64, i64::MAX];
        let operators = [
            Operator::Add,
            Operator::Subtract,
            Operator::Multiply,
            Operator::Divide,
            Operator::Min,
            Operator::Max,
            Operator::Modulo,
            Operator::ShiftRight,
        ];
        let intervals = || {
            let pairs = ends.iter().flat_map(|&low| ends.iter().map(move |&high| (low, high)));
            pairs.filter(|(low, high)| low <= high).map(|(low, high)| Interval { low, high })
        };
        for operator in operators {
            for a in intervals() {
                for b in intervals() {
                    let bounds = Interval::apply(operator, a, b);
                    let within = |x: i64, of: Interval| (of.low..=of.high).contains(&x);
                    for &x in ends.iter().filter(|&&x| within(x, a)) {
                        for &y in ends.iter().filter(|&&y| within(y, b)) {
                            let z = computed(operator, x, y);
                            assert!(
                                within(z, bounds),
                                "{operator:?} {x} {y} {a:?} {b:?} {bounds:?}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn widening_reaches_every_integer_and_keeps_what_did_not_grow() {
        let known = Interval { low: 0, high: 5 };
        assert_eq!(Interval { low: 0, high: 6 }.widened(known), Interval { low: 0, high: 7 });
        let mut grown = Interval { low: -1, high: 1 };
        for _ in 0..70 {
            let next =
                Interval { low: grown.low.saturating_sub(1), high: grown.high.saturating_add(1) };
            grown = next.widened(grown);
        }
        assert_eq!(grown, Interval::ALL);
    }
}
