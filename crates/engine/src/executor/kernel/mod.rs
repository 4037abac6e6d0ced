//! Maps in the form in which they bring what arrives to sums: only elements that are not 0 are looked at, from the first to the last.

mod dense;
mod listed;
mod window;

use nirkit_step::Numbers;

use super::layout::Layout;
use super::number::{Lane, List};

pub(super) use dense::Dense;
pub(super) use listed::Listed;
pub(super) use window::Windowed;

/// A matrix of integers with at most this share of weights is kept as a list of them.
const LISTED_SHARE: f64 = 0.1;

/// Elements of a row that are not 0: their places and their numbers.
#[derive(Clone, Copy)]
pub(super) struct Arrivals<'a, T> {
    pub(super) places: &'a [u32],
    pub(super) numbers: &'a [T],
}

impl<'a, T: Copy> Arrivals<'a, T> {
    #[inline(always)]
    pub(super) fn iter(self) -> impl Iterator<Item = (usize, T)> + 'a {
        self.places.iter().zip(self.numbers).map(|(&place, &number)| (place as usize, number))
    }
}

/// A map with its weights.
#[derive(Debug)]
pub(super) enum Kernel<T> {
    Dense(Dense<T>),
    Listed(Listed<T>),
    Window(Windowed<T>),
}

/// How the elements of both ends of a map lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) from: Layout,
    pub(super) to: Layout,
}

impl<T: Short> Kernel<T> {
    /// A matrix; `weights` has a row for each of so many targets.
    pub(super) fn matrix(weights: &Numbers, [sources, targets]: [usize; 2], ends: Ends) -> Self {
        // A product of 0 and a number that is not finite is no 0, so that weights of 0 are not left out of other sums.
        let is_sparse = weights.format().is_integer() && {
            let share = weights.iter().filter(|weight| !weight.is_zero()).count() as f64;
            share <= LISTED_SHARE * (sources * targets) as f64
        };
        if is_sparse {
            Self::Listed(Listed::new(weights, [sources, targets], ends))
        } else {
            Self::Dense(Dense::new(weights, [sources, targets], ends))
        }
    }

    /// Bytes of weights that are read in a step.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.bytes(),
            Self::Listed(listed) => listed.bytes(),
            Self::Window(_) => 0,
        }
    }
}

/// A weight of a matrix in the format of its sums.
fn weight<T: Lane>(weights: &Numbers, at: usize) -> T {
    T::from_number(weights.get(at))
}

/// Weights of integers that are stored in 16 bits.
pub(super) trait Short: Lane {
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
