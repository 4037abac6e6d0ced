//! Fetching: memory that will be needed is asked for while something else is done.

/// Asks for the line of memory in which some numbers begin, and does not wait for it.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "there is no other way to say so in Rust")]
#[inline(always)]
pub(super) fn prefetch<T>(numbers: &[T]) {
    use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
    // SAFETY: the instruction is part of every x86-64 and changes no memory; of an address that
    // cannot be read it takes no notice, and this one can.
    unsafe { _mm_prefetch::<_MM_HINT_T1>(numbers.as_ptr().cast()) }
}

/// Elsewhere memory comes when it is needed.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(super) fn prefetch<T>(_: &[T]) {}
