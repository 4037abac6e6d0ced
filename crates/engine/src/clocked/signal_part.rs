//! The two parts of a signal on a grid: current and impulses.
//!
//! A signal is a continuous part and impulses ([semantics](nirkit_ir)). On a grid the continuous
//! part is one number for the step, the *current*, and the impulses that act at the start of the
//! step are another, their *count*. Both go through the same linear maps, but a bias belongs to the
//! current only. When spikes are read as pulses of one step, a spike is a current of height 1, there
//! are no impulses, and every leaf has one part.

use nirkit_ir::Primitive;

use super::option::Options;

/// Which parts a signal can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SignalParts {
    /// It can have a current.
    pub(super) current: bool,
    /// It can have impulses.
    pub(super) impulse: bool,
}

impl SignalParts {
    const CURRENT: Self = Self { current: true, impulse: false };
    const BOTH: Self = Self { current: true, impulse: true };

    /// The parts that spikes have under these choices.
    fn spikes(options: &Options) -> Self {
        let impulse = options.impulse().is_some();
        Self { current: !impulse, impulse }
    }

    /// The parts that a sum has.
    pub(super) fn and(self, other: Self) -> Self {
        Self { current: self.current || other.current, impulse: self.impulse || other.impulse }
    }
}

/// What leaves a primitive when `arriving` arrives. An Input in impulse reading has both parts: the
/// stimulus decides.
pub(super) fn leaving(
    primitive: &Primitive,
    is_entry: bool,
    arriving: SignalParts,
    options: &Options,
) -> SignalParts {
    match primitive {
        Primitive::Input(_) if is_entry => match options.impulse() {
            Some(_) => SignalParts::BOTH,
            None => SignalParts::CURRENT,
        },
        Primitive::Affine(_) | Primitive::Conv1d(_) | Primitive::Conv2d(_) => {
            arriving.and(SignalParts::CURRENT)
        }
        Primitive::Input(_)
        | Primitive::Output(_)
        | Primitive::Linear(_)
        | Primitive::Scale(_)
        | Primitive::SumPool2d(_)
        | Primitive::AvgPool2d(_)
        | Primitive::Flatten(_)
        | Primitive::Delay(_) => arriving,
        Primitive::I(_) | Primitive::Li(_) | Primitive::CubaLi(_) => SignalParts::CURRENT,
        Primitive::Threshold(_) | Primitive::If(_) | Primitive::Lif(_) | Primitive::CubaLif(_) => {
            SignalParts::spikes(options)
        }
        Primitive::Graph(_) | Primitive::Unknown(_) => SignalParts::default(),
    }
}

/// What leaves each leaf: the smallest answer that agrees with itself around every cycle.
///
/// `sources[n]` lists the sources of leaf `n`; `leaving` says what leaves it when something arrives.
/// Parts are only ever added, so the passes end after at most twice as many as there are leaves.
pub(super) fn spread(
    sources: &[Vec<usize>],
    leaving: impl Fn(usize, SignalParts) -> SignalParts,
) -> Vec<SignalParts> {
    let mut parts = vec![SignalParts::default(); sources.len()];
    loop {
        let mut changed = false;
        for leaf in 0..parts.len() {
            let now = leaving(leaf, arriving(&parts, &sources[leaf]));
            changed |= now != parts[leaf];
            parts[leaf] = now;
        }
        if !changed {
            return parts;
        }
    }
}

/// What arrives from these sources.
pub(super) fn arriving(parts: &[SignalParts], sources: &[usize]) -> SignalParts {
    sources.iter().fold(SignalParts::default(), |sum, &source| sum.and(parts[source]))
}
