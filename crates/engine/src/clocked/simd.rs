//! Chunks and vectors: the units in which the fast paths walk over channels.
//!
//! Rows of numbers are padded to whole chunks of sixteen, long ones to strips of four of them, and what
//! stands in the padding is never read as a channel. So a loop over a row needs no rest to be done one by one, whatever the width
//! of the machine's vectors, which divides sixteen.
//!
//! [`vectorized`] compiles an operation for several vector units and runs it on the best that the
//! machine has. A [`Vector`] is as many numbers as one of its registers holds. The operations of a
//! number format round the same way on each of them, and none is fused, so this changes no bit.

#![allow(
    clippy::needless_range_loop,
    clippy::manual_memcpy,
    reason = "loops over a constant number of registers are undone, so that these stay registers"
)]

use std::ops::{Add, Div, Mul, Range, Sub};

use aligned_vec::{AVec, ConstAlign, avec};
use pulp::Simd;

pub(super) use crate::vectorized::vectorized;

use super::real::{Real, Vectors};

/// Numbers in a chunk.
pub(super) const CHUNK: usize = 16;

/// Numbers that start with a line of the cache, so that no register is loaded from two of them.
pub(super) type Lines<T> = AVec<T, ConstAlign<64>>;

/// So many zeros.
pub(super) fn zeros<T: Real>(len: usize) -> Lines<T> {
    avec![[64] | T::ZERO; len]
}

/// The width in which so many channels are taken: what is more than a chunk is taken in strips.
pub(super) fn tile(channels: usize) -> usize {
    if channels <= CHUNK { CHUNK } else { CHUNK * UNROLL }
}

/// The length of a row that holds so many channels in whole tiles.
pub(super) fn padded(channels: usize) -> usize {
    channels.next_multiple_of(tile(channels))
}

/// Registers that are taken together where there are enough numbers: what is decided once a vector,
/// and not once a number, is then decided more seldom, and operations do not wait for each other.
pub(super) const UNROLL: usize = 4;

/// Something that is done to numbers of a row, a vector at a time.
pub(super) trait VectorLoop<T: Real> {
    /// Takes the vector from a number on.
    fn take<S: Simd, const W: usize>(&mut self, simd: S, at: usize);

    /// Takes whole strips as long as there are any, then single registers, the last of which may
    /// reach into padding.
    #[inline(always)]
    fn walk<S: Simd>(&mut self, simd: S, numbers: Range<usize>) {
        let Range { start: mut at, end } = numbers;
        while at + Vector::<S, T, UNROLL>::LEN <= end {
            self.take::<S, UNROLL>(simd, at);
            at += Vector::<S, T, UNROLL>::LEN;
        }
        while at < end {
            self.take::<S, 1>(simd, at);
            at += Vector::<S, T, 1>::LEN;
        }
    }
}

/// `W` registers full of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector<S: Simd, T: Real, const W: usize> {
    simd: S,
    numbers: [T::Register<S>; W],
}

/// A truth value for each number of a vector.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truth<S: Simd, T: Real, const W: usize>([T::Mask<S>; W]);

impl<S: Simd, T: Real, const W: usize> Vector<S, T, W> {
    /// Numbers in a register.
    const LANES: usize = size_of::<T::Register<S>>() / size_of::<T>();
    /// Numbers in a vector; no more than 64.
    pub(super) const LEN: usize = W * Self::LANES;

    /// The same number everywhere.
    #[inline(always)]
    pub(super) fn splat(simd: S, number: T) -> Self {
        Self { simd, numbers: [T::splat(simd, number); W] }
    }

    /// The numbers from a place of a row on.
    #[inline(always)]
    pub(super) fn load(simd: S, row: &[T], at: usize) -> Self {
        let registers: &[T::Register<S>] = bytemuck::cast_slice(&row[at..at + Self::LEN]);
        let mut numbers = [registers[0]; W];
        for k in 1..W {
            numbers[k] = registers[k];
        }
        Self { simd, numbers }
    }

    /// Writes the numbers into a row from a place on.
    #[inline(always)]
    pub(super) fn store(self, row: &mut [T], at: usize) {
        let row = &mut row[at..at + Self::LEN];
        let registers: &mut [T::Register<S>] = bytemuck::cast_slice_mut(row);
        for k in 0..W {
            registers[k] = self.numbers[k];
        }
    }

    /// Where the numbers are larger than those of another vector.
    #[inline(always)]
    pub(super) fn above(self, other: Self) -> Truth<S, T, W> {
        let mut truth = [T::above(self.simd, self.numbers[0], other.numbers[0]); W];
        for k in 1..W {
            truth[k] = T::above(self.simd, self.numbers[k], other.numbers[k]);
        }
        Truth(truth)
    }

    /// Where the numbers are at least as large.
    #[inline(always)]
    pub(super) fn at_least(self, other: Self) -> Truth<S, T, W> {
        let mut truth = [T::at_least(self.simd, self.numbers[0], other.numbers[0]); W];
        for k in 1..W {
            truth[k] = T::at_least(self.simd, self.numbers[k], other.numbers[k]);
        }
        Truth(truth)
    }

    /// Where the numbers are 0.
    #[inline(always)]
    pub(super) fn is_zero(self) -> Truth<S, T, W> {
        let zero = T::splat(self.simd, T::ZERO);
        let mut truth = [T::equal(self.simd, self.numbers[0], zero); W];
        for k in 1..W {
            truth[k] = T::equal(self.simd, self.numbers[k], zero);
        }
        Truth(truth)
    }

    /// A bit for each number that is not 0, the first one lowest.
    #[inline(always)]
    pub(super) fn nonzero(self) -> u64 {
        !self.is_zero().bits() & (u64::MAX >> (64 - Self::LEN))
    }
}

impl<S: Simd, T: Real, const W: usize> Truth<S, T, W> {
    /// The numbers of one vector where it is true, of the other where it is not.
    #[inline(always)]
    pub(super) fn choose(self, yes: Vector<S, T, W>, no: Vector<S, T, W>) -> Vector<S, T, W> {
        let simd = yes.simd;
        let mut chosen = yes;
        for k in 0..W {
            chosen.numbers[k] = T::choose(simd, self.0[k], yes.numbers[k], no.numbers[k]);
        }
        chosen
    }

    /// A bit for each truth value, the first one lowest.
    #[inline(always)]
    pub(super) fn bits(self) -> u64 {
        let lanes = Vector::<S, T, W>::LANES;
        let mut bits = 0;
        for k in 0..W {
            let register = u64::from(mask_bits::<S, T>(self.0[k])) & (u64::MAX >> (64 - lanes));
            bits |= register << (k * lanes);
        }
        bits
    }
}

/// A bit for each truth value of a register, the first one lowest.
#[inline(always)]
fn mask_bits<S: Simd, T: Real>(mask: T::Mask<S>) -> u32 {
    let bytes = bytemuck::bytes_of(&mask);
    let len = Vector::<S, T, 1>::LANES;
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

/// Arithmetic, number by number.
macro_rules! arithmetic {
    ($($trait:ident $method:ident)*) => { $(
        impl<S: Simd, T: Real, const W: usize> $trait for Vector<S, T, W> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let mut numbers = self.numbers;
                for k in 0..W {
                    numbers[k] = <T as Vectors>::$method(self.simd, numbers[k], other.numbers[k]);
                }
                Self { simd: self.simd, numbers }
            }
        }
    )* };
}

arithmetic! { Add add  Sub sub  Mul mul  Div div }
