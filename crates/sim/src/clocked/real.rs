//! The numbers in which the engine computes.

use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use nirkit_numerics::{Element, Tensor};

/// A floating-point format. Only operations that IEEE 754 rounds correctly are used, so the same
/// operations in the same order give the same bits on every machine.
pub(super) trait Real:
    Element
    + Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
{
    /// 0.
    const ZERO: Self;
    /// 1, the value of a spike.
    const ONE: Self;

    /// The nearest number of this format.
    fn round(value: f64) -> Self;

    /// Whether the number is neither infinite nor NaN.
    fn is_finite(self) -> bool;

    /// The same number in double precision.
    fn wide(self) -> f64;

    /// The elements of a tensor in this format; `None` for complex tensors.
    fn elements(tensor: &Tensor) -> Option<Cow<'_, [Self]>>;
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    #[inline]
    fn round(value: f64) -> Self {
        value as Self
    }

    #[inline]
    fn is_finite(self) -> bool {
        self.is_finite()
    }

    #[inline]
    fn wide(self) -> f64 {
        f64::from(self)
    }

    fn elements(tensor: &Tensor) -> Option<Cow<'_, [Self]>> {
        tensor.to_f32()
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    #[inline]
    fn round(value: f64) -> Self {
        value
    }

    #[inline]
    fn is_finite(self) -> bool {
        self.is_finite()
    }

    #[inline]
    fn wide(self) -> f64 {
        self
    }

    fn elements(tensor: &Tensor) -> Option<Cow<'_, [Self]>> {
        tensor.to_f64()
    }
}
