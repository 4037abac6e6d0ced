//! Events: the numbers of a row that are not 0, and where they stand.

use pulp::Simd;

use super::super::chunk::{CHUNK, Vector};
use super::super::real::Real;

/// The events of some rows, ascending within a row.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Events<T> {
    /// The events, and room for those of a row.
    list: Vec<(u32, T)>,
    len: usize,
    /// Where the events of each row end.
    ends: Vec<usize>,
}

impl<T: Real> Events<T> {
    /// Forgets all rows.
    pub(in super::super) fn clear(&mut self) {
        self.len = 0;
        self.ends.clear();
    }

    /// Makes room for a row of so many channels.
    #[inline(always)]
    pub(in super::super) fn make_room(&mut self, channels: usize) {
        if self.list.len() < self.len + channels {
            self.list.resize((self.len + channels).next_power_of_two(), (0, T::ZERO));
        }
    }

    /// Adds what is not 0 of a vector that starts at a channel and of which so many numbers are
    /// channels. There has to be room.
    #[inline(always)]
    pub(in super::super) fn add<S: Simd>(
        &mut self,
        first: usize,
        vector: Vector<S, T>,
        channels: usize,
    ) {
        let mut mask = vector.nonzero();
        if channels < Vector::<S, T>::LEN {
            mask &= (1 << channels) - 1;
        }
        if mask == 0 {
            return;
        }
        let mut numbers = [T::ZERO; CHUNK];
        vector.store(&mut numbers, 0);
        while mask != 0 {
            let lane = mask.trailing_zeros() as usize;
            self.list[self.len] = ((first + lane) as u32, numbers[lane % CHUNK]);
            self.len += 1;
            mask &= mask - 1;
        }
    }

    /// Ends a row.
    #[inline]
    pub(in super::super) fn end_row(&mut self) {
        self.ends.push(self.len);
    }

    /// Lets every event count as 1.
    pub(in super::super) fn flatten(&mut self) {
        for (_, x) in &mut self.list[..self.len] {
            *x = T::ONE;
        }
    }

    /// The number of events in all rows.
    pub(in super::super) fn len(&self) -> usize {
        self.len
    }

    /// The events of a row.
    #[inline(always)]
    pub(in super::super) fn row(&self, row: usize) -> &[(u32, T)] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.list[start..self.ends[row]]
    }
}
