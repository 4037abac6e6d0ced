//! Loops over numbers side by side, each compiled for a vector unit.

use nirkit_step::{Comparison, Operator};
use pulp::{Simd, WithSimd};

use super::super::buffer::CHUNK;
use super::super::number::Lane;
use super::instruction::Binary;
use crate::vectorized::outlined;

/// Applies a function to numbers of one list.
struct One<'a, A, B, F> {
    a: &'a [A],
    out: &'a mut [B],
    function: F,
}

impl<A: Copy, B, F: Fn(A) -> B> WithSimd for One<'_, A, B, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { a, out, function } = self;
        let len = whole(out.len().min(a.len()));
        let (a, out) = (&a[..len], &mut out[..len]);
        for lane in 0..len {
            out[lane] = function(a[lane]);
        }
    }
}

/// Applies a function to numbers of two lists.
struct Two<'a, T, F> {
    inputs: [&'a [T]; 2],
    out: &'a mut [T],
    function: F,
}

impl<T: Copy, F: Fn(T, T) -> T> WithSimd for Two<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { inputs: [a, b], out, function } = self;
        let len = whole(out.len().min(a.len()).min(b.len()));
        let (a, b, out) = (&a[..len], &b[..len], &mut out[..len]);
        for lane in 0..len {
            out[lane] = function(a[lane], b[lane]);
        }
    }
}

/// Products of two lists, and a third.
struct Three<'a, T> {
    inputs: [&'a [T]; 3],
    out: &'a mut [T],
}

impl<T: Lane> WithSimd for Three<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { inputs: [a, b, c], out } = self;
        let len = whole(out.len().min(a.len()).min(b.len()).min(c.len()));
        let (a, b, c, out) = (&a[..len], &b[..len], &c[..len], &mut out[..len]);
        for lane in 0..len {
            out[lane] = a[lane].multiply(b[lane]).add(c[lane]);
        }
    }
}

/// Chooses between two lists by a comparison of two others.
struct Choice<'a, A, B, F> {
    held: [&'a [A]; 2],
    then: [&'a [B]; 2],
    out: &'a mut [B],
    holds: F,
}

impl<A: Lane, B: Lane, F: Fn(A, A) -> bool> WithSimd for Choice<'_, A, B, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { held: [a, b], then: [yes, no], out, holds } = self;
        let len = whole(out.len().min(a.len()).min(b.len()).min(yes.len()).min(no.len()));
        let (a, b, yes, no) = (&a[..len], &b[..len], &yes[..len], &no[..len]);
        let out = &mut out[..len];
        for lane in 0..len {
            // Both are read, so that there is no branch.
            let (yes, no) = (yes[lane], no[lane]);
            out[lane] = if holds(a[lane], b[lane]) { yes } else { no };
        }
    }
}

/// A number of whole chunks, which lengths are: so no loop needs an end of its own.
#[inline(always)]
fn whole(len: usize) -> usize {
    len / CHUNK * CHUNK
}

pub(super) fn binary<S: Simd, T: Lane>(
    simd: S,
    operation: Binary,
    inputs: [&[T]; 2],
    out: &mut [T],
) {
    macro_rules! run {
        ($function:expr) => {
            outlined(simd, Two { inputs, out, function: $function })
        };
    }
    match operation {
        Binary::Of(Operator::Add) => run!(|a: T, b: T| a.add(b)),
        Binary::Of(Operator::Subtract) => run!(|a: T, b: T| a.subtract(b)),
        Binary::Of(Operator::Multiply) => run!(|a: T, b: T| a.multiply(b)),
        Binary::Of(Operator::Divide) => run!(|a: T, b: T| a.divide(b)),
        Binary::Of(Operator::Min) => run!(|a: T, b: T| a.least(b)),
        Binary::Of(Operator::Max) => run!(|a: T, b: T| a.most(b)),
        Binary::Of(Operator::Modulo) => run!(|a: T, b: T| a.modulo(b)),
        Binary::Of(Operator::ShiftRight) => run!(|a: T, b: T| a.shift_right(b)),
        Binary::Masked => run!(|a: T, b: T| a.masked(b)),
        Binary::Halved => run!(|a: T, b: T| a.halved(b)),
    }
}

pub(super) fn multiply_add<S: Simd, T: Lane>(simd: S, inputs: [&[T]; 3], out: &mut [T]) {
    outlined(simd, Three { inputs, out });
}

pub(super) fn select<S: Simd, A: Lane, B: Lane>(
    simd: S,
    comparison: Comparison,
    held: [&[A]; 2],
    then: [&[B]; 2],
    out: &mut [B],
) {
    match comparison {
        Comparison::Above => {
            outlined(simd, Choice { held, then, out, holds: |a: A, b: A| a > b });
        }
        Comparison::AtLeast => {
            outlined(simd, Choice { held, then, out, holds: |a: A, b: A| a >= b });
        }
        Comparison::Equal => {
            outlined(simd, Choice { held, then, out, holds: |a: A, b: A| a == b });
        }
    }
}

pub(super) fn convert<S: Simd, A: Lane, B: Lane>(simd: S, a: &[A], out: &mut [B]) {
    outlined(simd, One { a, out, function: |a: A| a.convert::<B>() });
}

pub(super) fn floor<S: Simd, T: Lane>(simd: S, a: &[T], out: &mut [T]) {
    outlined(simd, One { a, out, function: |a: T| a.floor() });
}

pub(super) fn truncate<S: Simd, T: Lane>(simd: S, a: &[T], out: &mut [T]) {
    outlined(simd, One { a, out, function: |a: T| a.truncate() });
}
