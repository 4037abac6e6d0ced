//! Matrices that are mostly zero: the weights of each source.

use super::super::number::Lane;
use super::{Ends, Entries};

/// Source `s` has the entries from `starts[s]` to `starts[s + 1]`.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    starts: Vec<usize>,
    entries: Vec<(u32, T)>,
}

impl<T: Lane> Listed<T> {
    pub(super) fn new(weights: &impl Entries<T>, [sources, _]: [usize; 2], ends: Ends) -> Self {
        let mut starts = vec![0; sources + 1];
        weights.each(|source, _, weight| {
            starts[ends.from.place(source) + 1] += usize::from(!weight.is_zero());
        });
        for at in 0..sources {
            starts[at + 1] += starts[at];
        }
        let mut ends_of = starts.clone();
        let mut entries = vec![(0, T::default()); starts[sources]];
        weights.each(|source, target, weight| {
            if !weight.is_zero() {
                let end = &mut ends_of[ends.from.place(source)];
                entries[*end] = (ends.to.place(target) as u32, weight);
                *end += 1;
            }
        });
        Self { starts, entries }
    }

    pub(super) fn bytes(&self) -> usize {
        self.entries.len() * size_of::<(u32, T)>()
    }

    #[inline(always)]
    pub(crate) fn add(&self, arrivals: impl Iterator<Item = (usize, T)>, sums: &mut [T]) {
        for (source, number) in arrivals {
            for &(target, weight) in &self.entries[self.starts[source]..self.starts[source + 1]] {
                let sum = &mut sums[target as usize];
                *sum = sum.add(weight.multiply(number));
            }
        }
    }
}
