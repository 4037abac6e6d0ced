//! Scales: by how much numbers are multiplied before they are rounded.

/// A scale, and the number format in which it multiplies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// In double precision.
    Double(f64),
    /// In single precision: the product is rounded before it becomes an integer.
    Single(f32),
}

impl Scale {
    /// A number times the scale.
    #[must_use]
    pub fn apply(self, number: f64) -> f64 {
        match self {
            Self::Double(scale) => number * scale,
            Self::Single(scale) => f64::from(number as f32 * scale),
        }
    }

    /// The factor by itself.
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::Double(scale) => scale,
            Self::Single(scale) => f64::from(scale),
        }
    }
}

/// The scale that brings the number farthest from 0 to `high`; `None` if all are 0.
#[must_use]
pub fn symmetric<'a>(numbers: impl IntoIterator<Item = &'a f64>, high: i64) -> Option<f64> {
    let extent = extent(numbers);
    (extent > 0.0).then(|| high as f64 / extent)
}

/// The largest distance from 0.
#[must_use]
pub fn extent<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> f64 {
    numbers.into_iter().fold(0.0, |extent, number| extent.max(number.abs()))
}

/// The scale that uses all of a signed grid of so many bits, whose negative end lies one further: in
/// single precision, for numbers of single precision. Infinite if all numbers are 0.
#[must_use]
pub fn asymmetric(numbers: &[f32], bits: u32) -> f32 {
    let (low, high) = (-(2_f32.powi(bits as i32 - 1)), 2_f32.powi(bits as i32 - 1) - 1.0);
    let smallest = numbers.iter().copied().fold(f32::INFINITY, f32::min);
    let largest = numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let ratio = (f64::from(low) / f64::from(high)).abs() as f32;
    if smallest.abs() <= largest.abs() * ratio {
        (high / largest).abs()
    } else {
        (low / smallest).abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_number_comes_to_the_end_of_the_grid() {
        assert_eq!(symmetric(&[0.5, -2.0], 127), Some(63.5));
        assert_eq!(symmetric(&[0.0], 127), None);
        assert_eq!(asymmetric(&[-0.5, 1.0], 8), 127.0);
        assert_eq!(asymmetric(&[-1.0, 0.5], 8), 128.0);
        assert_eq!(asymmetric(&[0.0], 8), f32::INFINITY);
    }
}
