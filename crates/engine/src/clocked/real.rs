//! The numbers in which the engine computes.

use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use bytemuck::{NoUninit, Pod};
use nirkit_numerics::{Element, Tensor};
use pulp::Simd;

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
    + Pod
    + Vectors
{
    /// 0.
    const ZERO: Self;
    /// 1, the value of a spike.
    const ONE: Self;
    /// The unit roundoff: the largest relative error of a rounded number.
    const ROUNDOFF: f64;

    /// The nearest number of this format.
    fn round(value: f64) -> Self;

    /// Whether the number is neither infinite nor NaN.
    fn is_finite(self) -> bool;

    /// The same number in double precision.
    fn wide(self) -> f64;

    /// The elements of a tensor in this format; `None` for complex tensors.
    fn elements(tensor: &Tensor) -> Option<Cow<'_, [Self]>>;
}

/// A number format in the registers of a vector unit. Every operation is that of the format, for
/// each number by itself.
#[allow(missing_docs, clippy::missing_docs_in_private_items, reason = "the names say it all")]
pub(super) trait Vectors: Sized {
    /// As many numbers as a register holds.
    type Register<S: Simd>: Pod + Debug;
    /// As many truth values.
    type Mask<S: Simd>: NoUninit + Debug;

    fn splat<S: Simd>(simd: S, number: Self) -> Self::Register<S>;
    fn add<S: Simd>(simd: S, a: Self::Register<S>, b: Self::Register<S>) -> Self::Register<S>;
    fn sub<S: Simd>(simd: S, a: Self::Register<S>, b: Self::Register<S>) -> Self::Register<S>;
    fn mul<S: Simd>(simd: S, a: Self::Register<S>, b: Self::Register<S>) -> Self::Register<S>;
    fn div<S: Simd>(simd: S, a: Self::Register<S>, b: Self::Register<S>) -> Self::Register<S>;
    fn above<S: Simd>(simd: S, a: Self::Register<S>, b: Self::Register<S>) -> Self::Mask<S>;
    fn at_least<S: Simd>(simd: S, a: Self::Register<S>, b: Self::Register<S>) -> Self::Mask<S>;
    fn equal<S: Simd>(simd: S, a: Self::Register<S>, b: Self::Register<S>) -> Self::Mask<S>;
    fn choose<S: Simd>(
        simd: S,
        mask: Self::Mask<S>,
        yes: Self::Register<S>,
        no: Self::Register<S>,
    ) -> Self::Register<S>;
}

/// The registers of a format: the type, its masks, and the functions of [`Simd`] for it.
macro_rules! vectors {
    (
        $format:ty, $register:ident, $mask:ident, $splat:ident, $choose:ident,
        { $($operation:ident = $function:ident,)* }, { $($comparison:ident = $compare:ident,)* }
    ) => {
        impl Vectors for $format {
            type Register<S: Simd> = S::$register;
            type Mask<S: Simd> = S::$mask;

            #[inline(always)]
            fn splat<S: Simd>(simd: S, number: Self) -> S::$register {
                simd.$splat(number)
            }

            $(
                #[inline(always)]
                fn $operation<S: Simd>(simd: S, a: S::$register, b: S::$register) -> S::$register {
                    simd.$function(a, b)
                }
            )*

            $(
                #[inline(always)]
                fn $comparison<S: Simd>(simd: S, a: S::$register, b: S::$register) -> S::$mask {
                    simd.$compare(a, b)
                }
            )*

            #[inline(always)]
            fn choose<S: Simd>(
                simd: S,
                mask: S::$mask,
                yes: S::$register,
                no: S::$register,
            ) -> S::$register {
                simd.$choose(mask, yes, no)
            }
        }
    };
}

vectors! {
    f32, f32s, m32s, splat_f32s, select_f32s,
    { add = add_f32s, sub = sub_f32s, mul = mul_f32s, div = div_f32s, },
    {
        above = greater_than_f32s,
        at_least = greater_than_or_equal_f32s,
        equal = equal_f32s,
    }
}

vectors! {
    f64, f64s, m64s, splat_f64s, select_f64s,
    { add = add_f64s, sub = sub_f64s, mul = mul_f64s, div = div_f64s, },
    {
        above = greater_than_f64s,
        at_least = greater_than_or_equal_f64s,
        equal = equal_f64s,
    }
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const ROUNDOFF: f64 = f32::EPSILON as f64 / 2.0;

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
    const ROUNDOFF: f64 = f64::EPSILON / 2.0;

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
