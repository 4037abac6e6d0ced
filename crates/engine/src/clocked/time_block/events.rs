//! Events: the numbers of a row that are not 0, and where they stand.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::super::real::Real;
use super::super::simd::{Vector, VectorLoop, vectorized};
use super::buffer_pool::BufferPool;
use super::pass::{InputRef, gather};
use super::table::Table;

/// Places that are written at once; only those that hold an event are kept.
const AT_ONCE: usize = 4;

/// The events of some rows, ascending within a row.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Events<T> {
    /// The channels of the events, and room for more.
    places: Vec<u32>,
    /// The number of each event; nothing is meant by them where all have the same.
    numbers: Vec<T>,
    /// The number that every event has, if all have the same.
    same: Option<T>,
    len: usize,
    /// Where the events of each row end.
    ends: Vec<usize>,
}

impl<T: Real> Events<T> {
    /// Lists what arrives from some sources in some rows.
    pub(super) fn list(
        &mut self,
        buffer_pool: &BufferPool<T>,
        input_refs: &[InputRef],
        rows: Range<usize>,
        channels: usize,
    ) {
        self.len = 0;
        self.ends.clear();
        match *input_refs {
            [InputRef { table, delay_steps }] if table.has_bitmask() => {
                self.same = buffer_pool.uniform_value(table);
                vectorized(SetBits { events: self, buffer_pool, table, delay_steps, rows });
            }
            _ => {
                self.same = None;
                vectorized(Gathered { events: self, buffer_pool, input_refs, rows, channels });
            }
        }
    }

    /// Makes room for a row of so many channels.
    #[inline(always)]
    fn make_room(&mut self, channels: usize) {
        let needed = self.len + channels + AT_ONCE;
        if self.places.len() < needed {
            self.places.resize(needed.next_power_of_two(), 0);
            self.numbers.resize(needed.next_power_of_two(), T::ZERO);
        }
    }

    /// Lists the set bits of a word, the lowest of which is this channel.
    #[inline(always)]
    fn add(&mut self, first: usize, mut word: u64) {
        let count = word.count_ones() as usize;
        let mut listed = 0;
        // Some at once, needed or not, so that there is mostly one way to go.
        loop {
            if let Some(places) = self.places[self.len + listed..].first_chunk_mut::<AT_ONCE>() {
                for place in places {
                    *place = first as u32 + word.trailing_zeros();
                    word &= word.wrapping_sub(1);
                }
            }
            listed += AT_ONCE;
            if listed >= count {
                break;
            }
        }
        self.len += count;
    }

    /// Lets every event count as 1.
    pub(super) fn flatten(&mut self) {
        self.same = Some(T::ONE);
    }

    /// The number of events in all rows.
    pub(in super::super) fn len(&self) -> usize {
        self.len
    }

    /// The number that every event has, if all have the same.
    #[inline(always)]
    pub(in super::super) fn same(&self) -> Option<T> {
        self.same
    }

    /// The channels of the events of a row.
    #[inline(always)]
    pub(in super::super) fn places(&self, row: usize) -> &[u32] {
        &self.places[self.range(row)]
    }

    /// The events of a row: channel and number.
    #[inline(always)]
    pub(in super::super) fn row(&self, row: usize) -> impl Iterator<Item = (usize, T)> {
        let range = self.range(row);
        let numbers = &self.numbers[range.clone()];
        let each = self.places[range].iter().zip(numbers);
        each.map(|(&place, &x)| (place as usize, self.same.unwrap_or(x)))
    }

    /// The numbers of the events of a row.
    #[inline(always)]
    pub(in super::super) fn numbers(&self, row: usize) -> Numbers<'_, T> {
        Numbers { each: &self.numbers[self.range(row)], same: self.same }
    }

    #[inline(always)]
    fn range(&self, row: usize) -> Range<usize> {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        start..self.ends[row]
    }
}

/// The numbers of some events.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Numbers<'a, T> {
    each: &'a [T],
    same: Option<T>,
}

impl<T: Real> Numbers<'_, T> {
    /// The number of an event.
    #[inline(always)]
    pub(in super::super) fn at(&self, event: usize) -> T {
        self.same.unwrap_or(self.each[event])
    }
}

/// Lists the channels of a table whose bit is set.
struct SetBits<'a, T> {
    events: &'a mut Events<T>,
    buffer_pool: &'a BufferPool<T>,
    table: Table,
    delay_steps: usize,
    rows: Range<usize>,
}

impl<T: Real> WithSimd for SetBits<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { events, buffer_pool, table, delay_steps, rows } = self;
        for row in rows {
            events.make_room(table.width);
            let first = events.len;
            for (at, &word) in buffer_pool.bitmask(table, row - delay_steps).iter().enumerate() {
                events.add(at * 64, word);
            }
            if events.same.is_none() {
                let row = buffer_pool.row(table, row - delay_steps);
                for at in first..events.len {
                    events.numbers[at] = row[table.place(events.places[at] as usize)];
                }
            }
            events.ends.push(events.len);
        }
    }
}

/// Lists what is not 0 of the sum of some sources.
struct Gathered<'a, T> {
    events: &'a mut Events<T>,
    buffer_pool: &'a BufferPool<T>,
    input_refs: &'a [InputRef],
    rows: Range<usize>,
    channels: usize,
}

impl<T: Real> WithSimd for Gathered<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { events, buffer_pool, input_refs, rows, channels } = self;
        for row in rows {
            events.make_room(channels);
            GatherRow { events, buffer_pool, input_refs, row, channels }.walk(simd, 0..channels);
            events.ends.push(events.len);
        }
    }
}

/// Lists what is not 0 in a row.
struct GatherRow<'a, T> {
    events: &'a mut Events<T>,
    buffer_pool: &'a BufferPool<T>,
    input_refs: &'a [InputRef],
    row: usize,
    channels: usize,
}

impl<T: Real> VectorLoop<T> for GatherRow<'_, T> {
    #[inline(always)]
    fn take<S: Simd, const W: usize>(&mut self, simd: S, at: usize) {
        let Self { events, buffer_pool, input_refs, row, channels } = self;
        let vector: Vector<S, T, W> = gather(simd, buffer_pool, input_refs, *row, at);
        let mut bits = vector.nonzero();
        if at + Vector::<S, T, W>::LEN > *channels {
            bits &= (1_u64 << ((*channels - at) % 64)) - 1;
        }
        if bits == 0 {
            return;
        }
        let mut numbers = [T::ZERO; 64];
        vector.store(&mut numbers, 0);
        let first = events.len;
        events.add(at, bits);
        for listed in first..events.len {
            events.numbers[listed] = numbers[(events.places[listed] as usize - at) % 64];
        }
    }
}
