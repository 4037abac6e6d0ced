//! Matrices that are mostly zero: the weights of each source.

use super::super::Layout;
use super::super::spikes::Spike;
use crate::integer::map::Matrix;

/// Source `s` has the entries from `starts[s]` to `starts[s + 1]`.
#[derive(Debug)]
pub(crate) struct Listed {
    starts: Vec<usize>,
    entries: Vec<(u32, i32)>,
}

impl Listed {
    pub(super) fn new(matrix: &Matrix, shift: u32, from: Layout, to: Layout) -> Self {
        let (mut starts, mut entries) = (vec![0], Vec::new());
        for place in 0..matrix.sources() {
            let row = matrix.row(from.channel(place)).iter();
            entries.extend(
                row.map(|&(target, w)| (to.place(target as usize) as u32, (w << shift) as i32)),
            );
            starts.push(entries.len());
        }
        Self { starts, entries }
    }

    pub(super) fn bytes(&self) -> usize {
        self.entries.len() * size_of::<(u32, i32)>()
    }

    #[inline(always)]
    pub(super) fn add(&self, spikes: &[Spike], limit: i32, sums: &mut [i32]) {
        for &(source, count) in spikes {
            let (source, count) = (source as usize, count.min(limit));
            for &(target, weight) in &self.entries[self.starts[source]..self.starts[source + 1]] {
                sums[target as usize] += count * weight;
            }
        }
    }
}
