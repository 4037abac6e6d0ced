//! Numbers in sentences, in the fewest digits that give them back.

use std::fmt;

/// Displays a number in the fewest digits that give it back, with an exponent below 1e-6 and from 1e16 on.
///
/// ```
/// use nirkit_numerics::Shortest;
///
/// assert_eq!(Shortest(0.001).to_string(), "0.001");
/// assert_eq!(Shortest(20.0).to_string(), "20");
/// assert_eq!(Shortest(1e300).to_string(), "1e300");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortest(pub f64);

impl Shortest {
    /// Rounds a number to six digits for people to read; zero has no sign.
    ///
    /// ```
    /// assert_eq!(nirkit_numerics::Shortest::six_digits(0.1 + 0.2).to_string(), "0.3");
    /// ```
    #[must_use]
    pub fn six_digits(value: f64) -> Self {
        Self(format!("{value:.5e}").parse::<f64>().unwrap_or(value) + 0.0)
    }
}

impl fmt::Display for Shortest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value) = self;
        let size = value.abs();
        if *value == 0.0 || !value.is_finite() || (1e-6..1e16).contains(&size) {
            write!(f, "{value}")
        } else {
            write!(f, "{value:e}")
        }
    }
}
