//! Chunks: the unit in which the fast paths walk over channels.
//!
//! A chunk is sixteen numbers that are worked on together. Loops over a chunk have a fixed length, so
//! the compiler turns them into vector instructions of whatever width the machine has, without a rest
//! to be done one by one: rows of numbers are padded to whole chunks, and what stands in the padding
//! is never read as a channel.
//!
//! [`vectorized`] compiles an operation for several vector units and runs it on the best that the
//! machine has. The operations of a number format round the same way on each of them, and none is
//! fused, so this changes no bit.

use pulp::{Arch, NullaryFnOnce};

use super::real::Real;

/// Numbers in a chunk.
pub(super) const CHUNK: usize = 16;

/// Numbers that are worked on together.
pub(super) type Chunk<T> = [T; CHUNK];

/// Runs an operation, compiled for the best vector unit of the machine. Its `call` has to be inlined
/// always, and whatever it calls.
#[inline]
pub(super) fn vectorized<Op: NullaryFnOnce>(op: Op) -> Op::Output {
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

/// The chunk of a row that starts at a number of the row.
#[inline(always)]
#[allow(clippy::inline_always, reason = "part of vectorised loops")]
pub(super) fn load<T: Real>(row: &[T], at: usize) -> Chunk<T> {
    let mut chunk = [T::ZERO; CHUNK];
    chunk.copy_from_slice(&row[at..at + CHUNK]);
    chunk
}

/// Writes a chunk into a row.
#[inline(always)]
#[allow(clippy::inline_always, reason = "part of vectorised loops")]
pub(super) fn store<T: Real>(row: &mut [T], at: usize, chunk: &Chunk<T>) {
    row[at..at + CHUNK].copy_from_slice(chunk);
}
