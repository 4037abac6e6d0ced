//! Chunks and vectors: the units in which the fast paths walk over channels.
//!
//! Rows of numbers are padded to whole chunks of sixteen, and what stands in the padding is never
//! read as a channel. So a loop over a row needs no rest to be done one by one, whatever the width
//! of the machine's vectors, which divides sixteen.
//!
//! [`vectorized`] compiles an operation for several vector units and runs it on the best that the
//! machine has. A [`Vector`] is as many numbers as one of its registers holds. The operations of a
//! number format round the same way on each of them, and none is fused, so this changes no bit.

use std::ops::{Add, Div, Mul, Sub};

use pulp::{Arch, Simd, WithSimd};

use super::real::{Real, Vectors};

/// Numbers in a chunk.
pub(super) const CHUNK: usize = 16;

/// Runs an operation, compiled for the best vector unit of the machine. What it does has to be
/// inlined always, and whatever it calls.
#[inline]
pub(super) fn vectorized<Op: WithSimd>(op: Op) -> Op::Output {
    Arch::new().dispatch(op)
}

/// The number of chunks that hold so many channels.
pub(super) fn chunks(channels: usize) -> usize {
    channels.div_ceil(CHUNK)
}

/// The length of a row that holds so many channels in whole chunks.
pub(super) fn padded(channels: usize) -> usize {
    chunks(channels) * CHUNK
}

/// A register full of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector<S: Simd, T: Real> {
    simd: S,
    numbers: T::Register<S>,
}

/// A truth value for each number of a vector.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truth<S: Simd, T: Real>(T::Mask<S>);

impl<S: Simd, T: Real> Vector<S, T> {
    /// Numbers in a vector.
    pub(super) const LEN: usize = size_of::<T::Register<S>>() / size_of::<T>();

    /// The same number everywhere.
    #[inline(always)]
    pub(super) fn splat(simd: S, number: T) -> Self {
        Self { simd, numbers: T::splat(simd, number) }
    }

    /// The numbers from a place of a row on.
    #[inline(always)]
    pub(super) fn load(simd: S, row: &[T], at: usize) -> Self {
        let registers: &[T::Register<S>] = bytemuck::cast_slice(&row[at..at + Self::LEN]);
        Self { simd, numbers: registers[0] }
    }

    /// Writes the numbers into a row from a place on.
    #[inline(always)]
    pub(super) fn store(self, row: &mut [T], at: usize) {
        let row = &mut row[at..at + Self::LEN];
        let registers: &mut [T::Register<S>] = bytemuck::cast_slice_mut(row);
        registers[0] = self.numbers;
    }

    /// Where the numbers are larger than those of another vector.
    #[inline(always)]
    pub(super) fn above(self, other: Self) -> Truth<S, T> {
        Truth(T::above(self.simd, self.numbers, other.numbers))
    }

    /// Where the numbers are at least as large.
    #[inline(always)]
    pub(super) fn at_least(self, other: Self) -> Truth<S, T> {
        Truth(T::at_least(self.simd, self.numbers, other.numbers))
    }

    /// Where the numbers are 0.
    #[inline(always)]
    pub(super) fn is_zero(self) -> Truth<S, T> {
        Truth(T::equal(self.simd, self.numbers, T::splat(self.simd, T::ZERO)))
    }

    /// A bit for each number that is not 0, the first one lowest.
    #[inline(always)]
    pub(super) fn nonzero(self) -> u32 {
        !self.is_zero().bits() & (u32::MAX >> (32 - Self::LEN))
    }
}

impl<S: Simd, T: Real> Truth<S, T> {
    /// The numbers of one vector where it is true, of the other where it is not.
    #[inline(always)]
    pub(super) fn choose(self, yes: Vector<S, T>, no: Vector<S, T>) -> Vector<S, T> {
        let simd = yes.simd;
        Vector { simd, numbers: T::choose(simd, self.0, yes.numbers, no.numbers) }
    }

    /// A bit for each truth value, the first one lowest.
    #[inline(always)]
    fn bits(self) -> u32 {
        let bytes = bytemuck::bytes_of(&self.0);
        let len = Vector::<S, T>::LEN;
        match bytes {
            // One truth value, or bits already.
            [byte] => u32::from(*byte),
            [low, high] => u32::from(u16::from_le_bytes([*low, *high])),
            _ => {
                let mut bits = 0;
                for lane in 0..len {
                    bits |= u32::from(bytes[lane * bytes.len() / len] & 1) << lane;
                }
                bits
            }
        }
    }
}

/// Arithmetic, number by number.
macro_rules! arithmetic {
    ($($trait:ident $method:ident)*) => { $(
        impl<S: Simd, T: Real> $trait for Vector<S, T> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let numbers = <T as Vectors>::$method(self.simd, self.numbers, other.numbers);
                Self { simd: self.simd, numbers }
            }
        }
    )* };
}

arithmetic! { Add add  Sub sub  Mul mul  Div div }
