//! Maps in the form in which they bring what arrives to sums: only elements that are not 0 are looked at, from the first to the last.

mod dense;
mod listed;
mod window;

use nirkit_step::Numbers;

use super::layout::Layout;
use super::number::{Lane, List};

pub(crate) use dense::Dense;
pub(crate) use listed::Listed;
pub(crate) use window::Windowed;

/// A matrix of integers with at most this share of weights is kept as a list of them.
const LISTED_SHARE: f64 = 0.1;

/// The weights of a matrix.
pub(crate) trait Entries<T> {
    /// Visits sources, targets and weights, the targets of a source and the sources of a target in ascending order; weights of 0 may be
    /// left out.
    fn each(&self, visit: impl FnMut(usize, usize, T));

    /// Whether most of the weights are 0, of so many sources and targets.
    fn are_sparse(&self, [sources, targets]: [usize; 2]) -> bool
    where
        T: Lane,
    {
        let mut count = 0_usize;
        self.each(|_, _, weight| count += usize::from(!weight.is_zero()));
        count as f64 <= LISTED_SHARE * (sources * targets) as f64
    }
}

/// The weights of a step program: a row for each target, of so many sources.
pub(super) struct Rows<'a> {
    pub(super) weights: &'a Numbers,
    pub(super) sources: usize,
}

impl<T: Lane> Entries<T> for Rows<'_> {
    fn each(&self, mut visit: impl FnMut(usize, usize, T)) {
        for (at, weight) in self.weights.iter().enumerate() {
            visit(at % self.sources, at / self.sources, T::from_number(weight));
        }
    }
}

/// A map with its weights.
#[derive(Debug)]
pub(crate) enum Kernel<T> {
    Dense(Dense<T>),
    Listed(Listed<T>),
    Window(Windowed<T>),
}

/// How the elements of both ends of a map lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) from: Layout,
    pub(crate) to: Layout,
}

impl<T: Short> Kernel<T> {
    /// A matrix of so many sources and targets.
    pub(crate) fn matrix(entries: &impl Entries<T>, shape: [usize; 2], ends: Ends) -> Self {
        // A product of 0 and a number that is not finite is no 0, so that weights of 0 are not left out of other sums.
        if T::STORED.is_integer() && entries.are_sparse(shape) {
            Self::Listed(Listed::new(entries, shape, ends))
        } else {
            Self::Dense(Dense::new(entries, shape, ends))
        }
    }

    /// Adds products to the sums of all targets.
    #[inline(always)]
    pub(crate) fn add(&self, arrivals: impl Iterator<Item = (usize, T)> + Clone, sums: &mut [T]) {
        match self {
            Self::Dense(dense) => {
                for tile in 0..dense.tiles() {
                    let sums = &mut sums[dense.lanes(tile)];
                    dense.add(tile, arrivals.clone(), sums, T::add);
                }
            }
            Self::Listed(listed) => listed.add(arrivals, sums),
            Self::Window(window) => window.add(arrivals, sums),
        }
    }

    /// Bytes of weights that are read in a step.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.bytes(),
            Self::Listed(listed) => listed.bytes(),
            Self::Window(_) => 0,
        }
    }
}

/// Weights of integers that are stored in 16 bits.
pub(crate) trait Short: Lane {
    fn of_short(weight: i16) -> Self;
    /// The number in 16 bits, if the format stores weights like that and they hold it.
    fn short(self) -> Option<i16>;
}

macro_rules! without_short {
    ($($type:ident)*) => {
        $(impl Short for $type {
            #[inline(always)]
            fn of_short(weight: i16) -> Self {
                weight.into()
            }

            fn short(self) -> Option<i16> {
                None
            }
        })*
    };
}

without_short!(f32 f64 i64);

impl Short for i32 {
    #[inline(always)]
    fn of_short(weight: i16) -> Self {
        weight.into()
    }

    fn short(self) -> Option<i16> {
        self.try_into().ok()
    }
}

/// Lists the elements of a row that are not 0 from place `at` on, and returns the end of the list.
#[inline(always)]
pub(super) fn list<A: Lane, T: Lane>(
    row: &[A],
    places: &mut [u32],
    numbers: &mut List,
    mut at: usize,
) -> usize {
    let numbers = T::of_mut(numbers);
    for first in (0..row.len()).step_by(16) {
        let chunk = &row[first..row.len().min(first + 16)];
        let mut any = false;
        for &number in chunk {
            any |= !number.is_zero();
        }
        if !any {
            continue;
        }
        for (lane, &number) in chunk.iter().enumerate() {
            // Written always and kept only if it is one, so that there is no branch.
            places[at] = (first + lane) as u32;
            numbers[at] = number.convert();
            at += usize::from(!number.is_zero());
        }
    }
    at
}
