//! Transcendental functions with the same bits on every machine.
//!
//! `std` calls the C library of the machine, whose last bit differs between systems. Everything
//! that enters a result goes through here, to the pure-Rust `libm`.

/// `e^x`.
#[must_use]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// `e^x`, rounded once to the nearest number of double precision.
///
/// [`exp`] is one unit in the last place beside it for one argument in ten. The mathematical libraries of C are beside it
/// for one in thousands, so this is what most programs compute.
///
/// ```
/// assert_eq!(nirkit_numerics::math::exp_nearest(-0.01), 0.990_049_833_749_168_1);
/// ```
#[must_use]
pub fn exp_nearest(x: f64) -> f64 {
    /// Beyond this the result overflows, or has fewer digits than others.
    const FAR: f64 = 700.0;
    /// `ln 2` in two numbers; products of the first with whole numbers up to 2048 are exact.
    const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    /// How often the argument of the series is halved: it is 0.0014 at most.
    const HALVINGS: i32 = 8;
    /// Terms of the series, of which the last is below 2^-110.
    const TERMS: i32 = 9;
    if x.is_nan() || x.abs() >= FAR {
        return exp(x);
    }
    let turns = (x * std::f64::consts::LOG2_E).round_ties_even();
    let rest = Double::sum(x - turns * LN_2[0], 0.0).less(Double::product(turns, LN_2[1]));
    let rest = rest.scaled(2.0_f64.powi(-HALVINGS));
    let mut series = Double { high: 1.0, low: 0.0 };
    for term in (1..=TERMS).rev() {
        series = Double { high: 1.0, low: 0.0 }.plus(series.times(rest).over(f64::from(term)));
    }
    for _ in 0..HALVINGS {
        series = series.times(series);
    }
    (series.high + series.low) * 2.0_f64.powi(turns as i32)
}

/// A number of twice the digits of double precision, `high + low`.
#[derive(Clone, Copy, Debug)]
struct Double {
    high: f64,
    low: f64,
}

impl Double {
    /// Returns `a + b` without a loss.
    fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let of_b = high - a;
        Self { high, low: (a - (high - of_b)) + (b - of_b) }
    }

    /// Returns `a b` without a loss.
    fn product(a: f64, b: f64) -> Self {
        /// Splits a number in halves of 26 digits.
        fn halves(x: f64) -> [f64; 2] {
            let scaled = x * 134_217_729.0;
            let high = scaled - (scaled - x);
            [high, x - high]
        }
        let ([a_high, a_low], [b_high, b_low]) = (halves(a), halves(b));
        let high = a * b;
        let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
        Self { high, low }
    }

    fn plus(self, other: Self) -> Self {
        let Self { high, low } = Self::sum(self.high, other.high);
        Self::sum(high, low + (self.low + other.low))
    }

    fn less(self, other: Self) -> Self {
        self.plus(Self { high: -other.high, low: -other.low })
    }

    fn times(self, other: Self) -> Self {
        let Self { high, low } = Self::product(self.high, other.high);
        Self::sum(high, low + (self.high * other.low + self.low * other.high))
    }

    fn over(self, divisor: f64) -> Self {
        let high = self.high / divisor;
        let rest = self.less(Self::product(high, divisor));
        Self::sum(high, (rest.high + rest.low) / divisor)
    }

    /// Returns the product with a power of 2.
    fn scaled(self, power: f64) -> Self {
        Self { high: self.high * power, low: self.low * power }
    }
}

/// `e^x - 1`, without the cancellation near 0.
#[must_use]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// Natural logarithm.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `ln(1 + x)`, without the cancellation near 0.
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Hyperbolic sine.
#[must_use]
pub fn sinh(x: f64) -> f64 {
    libm::sinh(x)
}

/// `x^y`.
#[must_use]
pub fn powf(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

#[cfg(test)]
mod tests {
    use super::exp_nearest;

    /// Values of arbitrary precision, rounded once: Python's `decimal` with 60 digits.
    #[test]
    #[expect(clippy::unreadable_literal, reason = "as another program printed them")]
    fn an_exponential_is_the_nearest_number() {
        let known = [
            (-14.798206661923171, 3.743005839506979e-07),
            (-1.7425562530501675, 0.175072299032082),
            (-0.7029928831400891, 0.4951013038350262),
            (-0.054097388562903886, 0.9473398419433264),
            (-0.45486712905865834, 0.6345322732477),
            (-2.5612575290798922, 0.07720758858262658),
            (-2.340229467250669, 0.0963055367280673),
            (-35.15251201021927, 5.413249057159173e-16),
            (-29.12503892210387, 2.2446896852755944e-13),
            (-0.04446210560507607, 0.9565118458444969),
            (-10.319249023640197, 3.2991882102953164e-05),
            (-12.041047937020215, 5.897111300590142e-06),
            (-1.7220682058686871, 0.1786961849651435),
            (-0.058425179297019895, 0.9432488122987355),
            (-0.08564005663967557, 0.9179245726196809),
            (-21.67063769838094, 3.8775876925577993e-10),
            (-8.44499934702393, 0.00021497273603353267),
            (-19.280056909901646, 4.23426147591563e-09),
            (-0.2655542793291851, 0.7667808214074293),
            (-0.06037606210763535, 0.9414104382139515),
            (-0.08727670246282014, 0.9164234839122918),
            (-1.7591252922479987, 0.17219541863525992),
            (-0.05054203736480441, 0.9507139623226339),
            (-1.606734507487217, 0.20054141248823804),
        ];
        for (x, exponential) in known {
            assert_eq!(exp_nearest(x), exponential, "e^{x}");
        }
        assert_eq!(exp_nearest(0.0), 1.0);
        assert_eq!(exp_nearest(-1000.0), 0.0);
        assert!(exp_nearest(f64::NAN).is_nan());
    }
}
