//! Operations that are compiled for several vector units.

use std::sync::LazyLock;

use pulp::{Arch, Simd, WithSimd};

/// An operation that is compiled for several vector units. What it does has to be inlined always, and whatever it calls.
pub(crate) trait Vectorized: WithSimd + Sized {
    /// Runs the operation on the best vector unit of the machine.
    ///
    /// The function itself is never inlined: without a vector unit there is nothing that keeps an operation apart from its
    /// caller, and the optimiser takes minutes for a function into which several of them were inlined.
    #[inline(never)]
    fn vectorized(self) -> Self::Output {
        /// Asking the machine again each time would take longer than many an operation.
        static ARCH: LazyLock<Arch> = LazyLock::new(Arch::new);
        ARCH.dispatch(self)
    }
}

impl<Op: WithSimd> Vectorized for Op {}

/// Runs an operation on the best vector unit of the machine.
#[inline]
pub(crate) fn vectorized<Op: Vectorized>(op: Op) -> Op::Output {
    op.vectorized()
}

/// Runs a part of an operation in a function of its own, compiled for the same vector unit.
///
/// The optimiser takes time that grows with the square of the loops in a function: parts of which one is chosen are not inlined.
#[inline(never)]
pub(crate) fn outlined<S: Simd, Op: WithSimd>(simd: S, op: Op) -> Op::Output {
    simd.vectorize(op)
}
