//! Events: the numbers of a row that are not 0, and where they stand.

use super::super::chunk::{CHUNK, Chunk};
use super::super::real::Real;

/// The events of some rows, ascending within a row.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Events<T> {
    list: Vec<(u32, T)>,
    /// Where the events of each row end.
    ends: Vec<usize>,
}

impl<T: Real> Events<T> {
    /// Forgets all rows.
    pub(in super::super) fn clear(&mut self) {
        self.list.clear();
        self.ends.clear();
    }

    /// Adds a chunk of a row that starts at a channel and of which so many numbers are channels.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of a vectorised loop")]
    pub(in super::super) fn add(&mut self, first: usize, chunk: &Chunk<T>, channels: usize) {
        let mut mask = 0_u32;
        for lane in 0..CHUNK {
            mask |= u32::from(chunk[lane] != T::ZERO) << lane;
        }
        if channels < CHUNK {
            mask &= (1 << channels) - 1;
        }
        while mask != 0 {
            let lane = mask.trailing_zeros() as usize;
            self.list.push(((first + lane) as u32, chunk[lane]));
            mask &= mask - 1;
        }
    }

    /// Ends a row.
    #[inline]
    pub(in super::super) fn end_row(&mut self) {
        self.ends.push(self.list.len());
    }

    /// Lets every event count as 1.
    pub(in super::super) fn flatten(&mut self) {
        for (_, x) in &mut self.list {
            *x = T::ONE;
        }
    }

    /// The number of events in all rows.
    pub(in super::super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The events of a row.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of vectorised loops")]
    pub(in super::super) fn row(&self, row: usize) -> &[(u32, T)] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.list[start..self.ends[row]]
    }
}
