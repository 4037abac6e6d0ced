//! The three widths of floating-point numbers.

use half::f16;

use crate::DType;

/// In which floating-point numbers `NumPy` computes with an array, the widest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// IEEE half precision.
    Half,
    /// IEEE single precision.
    Single,
    /// IEEE double precision.
    Double,
}

impl Width {
    /// The numbers for an array; a division of integers is one of doubles.
    #[must_use]
    pub fn of(dtype: DType) -> Self {
        match dtype {
            DType::F16 => Self::Half,
            DType::F32 => Self::Single,
            _ => Self::Double,
        }
    }

    /// The nearest number of this width. A sum, difference, product or quotient of two such numbers
    /// that is computed in double precision and then rounded is correctly rounded.
    #[must_use]
    pub fn round(self, value: f64) -> f64 {
        match self {
            Self::Half => f16::from_f64(value).to_f64(),
            Self::Single => f64::from(value as f32),
            Self::Double => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.float16(1) - 0.001 / numpy.float16(0.01339)` and the same in single precision.
    #[test]
    fn a_decay_is_that_of_numpy() {
        let decay = |width: Width| {
            let tau = width.round(Width::Half.round(0.01339));
            width.round(1.0 - width.round(width.round(0.001) / tau))
        };
        assert_eq!(decay(Width::Half), 0.925_292_968_75);
        assert_eq!(decay(Width::Single), f64::from(0.925_315_1_f32));
    }
}
