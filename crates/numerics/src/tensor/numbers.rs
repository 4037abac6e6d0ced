//! Elements as numbers of one type.

use std::borrow::Cow;

use super::{Tensor, Values};
use crate::decimal;

impl Tensor {
    /// The elements as `f64`; `None` for complex tensors. Exact but for integers beyond 2^53.
    #[must_use]
    pub fn to_f64(&self) -> Option<Cow<'_, [f64]>> {
        if let Values::F64(values) = &self.values {
            return Some(Cow::Borrowed(values));
        }
        // The type is looked at once and not for each element.
        Some(Cow::Owned(match &self.values {
            Values::Bool(values) => values.iter().map(|&v| f64::from(u8::from(v))).collect(),
            Values::I8(values) => values.iter().map(|&v| f64::from(v)).collect(),
            Values::I16(values) => values.iter().map(|&v| f64::from(v)).collect(),
            Values::I32(values) => values.iter().map(|&v| f64::from(v)).collect(),
            Values::I64(values) => values.iter().map(|&v| v as f64).collect(),
            Values::U8(values) => values.iter().map(|&v| f64::from(v)).collect(),
            Values::U16(values) => values.iter().map(|&v| f64::from(v)).collect(),
            Values::U32(values) => values.iter().map(|&v| f64::from(v)).collect(),
            Values::U64(values) => values.iter().map(|&v| v as f64).collect(),
            Values::F16(values) => values.iter().map(|&v| f64::from(v)).collect(),
            Values::F32(values) => values.iter().map(|&v| f64::from(v)).collect(),
            Values::F64(values) => values.to_vec(),
            Values::C64(_) | Values::C128(_) => return None,
        }))
    }

    /// The elements in `f64`, those of single precision as the shortest decimals that give them back; `None` for complex tensors. A
    /// time of 12 ms in single precision is 0.012 then, and not 0.011999999731779099.
    ///
    /// ```
    /// use nirkit_numerics::Tensor;
    ///
    /// let times = Tensor::vector(vec![0.012_f32, 3.0]);
    /// assert_eq!(times.to_decimals().unwrap()[..], [0.012, 3.0]);
    /// ```
    #[must_use]
    pub fn to_decimals(&self) -> Option<Cow<'_, [f64]>> {
        match &self.values {
            Values::F32(values) => {
                Some(values.iter().map(|&value| decimal::of_single(value)).collect())
            }
            _ => self.to_f64(),
        }
    }

    /// Whether no element is infinite or NaN.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        // Without a way out, so that many are looked at together.
        match &self.values {
            Values::F32(values) => {
                values.iter().fold(0, |any, v| any | u8::from(!v.is_finite())) == 0
            }
            Values::F64(values) => {
                values.iter().fold(0, |any, v| any | u8::from(!v.is_finite())) == 0
            }
            Values::F16(values) => values.iter().all(|v| v.is_finite()),
            Values::C64(values) => values.iter().all(|v| v.iter().all(|part| part.is_finite())),
            Values::C128(values) => values.iter().all(|v| v.iter().all(|part| part.is_finite())),
            _ => true,
        }
    }

    /// Whether every element is 0; not so of complex numbers.
    ///
    /// ```
    /// use nirkit_numerics::Tensor;
    ///
    /// assert!(Tensor::vector(vec![0.0_f32, -0.0]).is_zero());
    /// assert!(!Tensor::vector(vec![0_i64, 1]).is_zero());
    /// ```
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.to_f64().is_some_and(|values| values.iter().all(|&value| value == 0.0))
    }

    /// The elements as `f32`, rounded to nearest; `None` for complex tensors.
    #[must_use]
    pub fn to_f32(&self) -> Option<Cow<'_, [f32]>> {
        if let Values::F32(values) = &self.values {
            return Some(Cow::Borrowed(values));
        }
        let wide = self.to_f64()?;
        Some(Cow::Owned(wide.iter().map(|&value| value as f32).collect()))
    }

    /// The elements as `i64`, for integer and truth-value tensors whose values all fit.
    #[must_use]
    pub fn to_i64(&self) -> Option<Vec<i64>> {
        match &self.values {
            Values::Bool(values) => Some(values.iter().map(|&v| i64::from(v)).collect()),
            Values::I8(values) => Some(values.iter().map(|&v| i64::from(v)).collect()),
            Values::I16(values) => Some(values.iter().map(|&v| i64::from(v)).collect()),
            Values::I32(values) => Some(values.iter().map(|&v| i64::from(v)).collect()),
            Values::I64(values) => Some(values.to_vec()),
            Values::U8(values) => Some(values.iter().map(|&v| i64::from(v)).collect()),
            Values::U16(values) => Some(values.iter().map(|&v| i64::from(v)).collect()),
            Values::U32(values) => Some(values.iter().map(|&v| i64::from(v)).collect()),
            Values::U64(values) => values.iter().map(|&v| i64::try_from(v).ok()).collect(),
            Values::F16(_) | Values::F32(_) | Values::F64(_) | Values::C64(_) | Values::C128(_) => {
                None
            }
        }
    }

    /// Element `index` in C order as `f64`; `None` past the end and for complex tensors.
    #[must_use]
    pub fn get_f64(&self, index: usize) -> Option<f64> {
        match &self.values {
            Values::Bool(values) => values.get(index).map(|&v| f64::from(u8::from(v))),
            Values::I8(values) => values.get(index).map(|&v| f64::from(v)),
            Values::I16(values) => values.get(index).map(|&v| f64::from(v)),
            Values::I32(values) => values.get(index).map(|&v| f64::from(v)),
            Values::I64(values) => values.get(index).map(|&v| v as f64),
            Values::U8(values) => values.get(index).map(|&v| f64::from(v)),
            Values::U16(values) => values.get(index).map(|&v| f64::from(v)),
            Values::U32(values) => values.get(index).map(|&v| f64::from(v)),
            Values::U64(values) => values.get(index).map(|&v| v as f64),
            Values::F16(values) => values.get(index).map(|&v| f64::from(v)),
            Values::F32(values) => values.get(index).map(|&v| f64::from(v)),
            Values::F64(values) => values.get(index).copied(),
            Values::C64(_) | Values::C128(_) => None,
        }
    }
}
