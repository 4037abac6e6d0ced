//! Matrices that are mostly zero: the weights of each source.

use nirkit_step::Numbers;

use super::super::number::Lane;
use super::{Arrivals, Ends, weight};

/// Source `s` has the entries from `starts[s]` to `starts[s + 1]`.
#[derive(Debug)]
pub(in super::super) struct Listed<T> {
    starts: Vec<usize>,
    entries: Vec<(u32, T)>,
}

impl<T: Lane> Listed<T> {
    pub(super) fn new(weights: &Numbers, [sources, targets]: [usize; 2], ends: Ends) -> Self {
        let (mut starts, mut entries) = (vec![0], Vec::new());
        for place in 0..sources {
            let source = ends.from.channel(place);
            for target in 0..targets {
                let weight: T = weight(weights, target * sources + source);
                if !weight.is_zero() {
                    entries.push((ends.to.place(target) as u32, weight));
                }
            }
            starts.push(entries.len());
        }
        Self { starts, entries }
    }

    pub(super) fn bytes(&self) -> usize {
        self.entries.len() * size_of::<(u32, T)>()
    }

    #[inline(always)]
    pub(in super::super) fn add(&self, arrivals: Arrivals<'_, T>, sums: &mut [T]) {
        for (source, number) in arrivals.iter() {
            for &(target, weight) in &self.entries[self.starts[source]..self.starts[source + 1]] {
                let sum = &mut sums[target as usize];
                *sum = sum.add(weight.multiply(number));
            }
        }
    }
}
