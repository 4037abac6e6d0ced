//! What is known to happen later.
//!
//! Three kinds, each in the form that suits it. Ends of pulses come in the order in which the pulses
//! began: a plain queue. Delayed signals wait in a heap. Predicted crossings change with every event
//! of their neuron, so their heap knows where each neuron stands in it and holds one entry a neuron
//! at most, however often the prediction was revised.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use super::expoly::ChainId;
use super::map::Amount;

/// What kind of signal a channel and an amount stand for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Spikes, or the beginning of their pulses; the amount counts them.
    Spike,
    /// The end of pulses.
    End,
    /// A change of a constant current.
    Current,
    /// Terms that are added to a current, times the amount.
    Terms(Vec<(ChainId, f64)>),
}

/// A signal on its way through a Delay.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    /// The instant in seconds at which it leaves the Delay.
    pub(super) due: f64,
    /// The Delay.
    pub(super) node: usize,
    /// Number of parcels before it: those due together keep their order.
    number: u64,
    pub(super) amounts: Vec<Amount>,
    pub(super) kind: Kind,
}

/// A pulse that will end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pulse {
    /// The instant of its end in seconds.
    pub(super) end: f64,
    /// The node that put it out.
    pub(super) node: usize,
    pub(super) channel: u32,
    /// Its height.
    pub(super) amount: f64,
}

/// All three kinds together.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    parcels: BinaryHeap<Reverse<Parcel>>,
    sent: u64,
    pub(super) pulses: VecDeque<Pulse>,
    pub(super) crossings: Crossings,
}

impl Queue {
    /// An empty queue for so many channels.
    pub(super) fn new(channels: usize) -> Self {
        let crossings = Crossings::new(channels);
        Self { parcels: BinaryHeap::new(), sent: 0, pulses: VecDeque::new(), crossings }
    }

    /// The next instant at which something but a crossing happens; infinite if nothing will.
    pub(super) fn next(&self) -> f64 {
        let parcel = self.parcels.peek().map_or(f64::INFINITY, |Reverse(parcel)| parcel.due);
        self.pulses.front().map_or(parcel, |pulse| parcel.min(pulse.end))
    }

    /// Sends a signal into the future of a Delay.
    pub(super) fn send(&mut self, due: f64, node: usize, amounts: Vec<Amount>, kind: Kind) {
        self.parcels.push(Reverse(Parcel { due, node, number: self.sent, amounts, kind }));
        self.sent += 1;
    }

    /// The next delayed signal that is due at an instant.
    pub(super) fn take_parcel(&mut self, time: f64) -> Option<Parcel> {
        let due = self.parcels.peek().is_some_and(|Reverse(parcel)| parcel.due <= time);
        if due { self.parcels.pop().map(|Reverse(parcel)| parcel) } else { None }
    }

    /// The next pulse that ends at an instant.
    pub(super) fn take_pulse(&mut self, time: f64) -> Option<Pulse> {
        let due = self.pulses.front().is_some_and(|pulse| pulse.end <= time);
        if due { self.pulses.pop_front() } else { None }
    }

    /// Number of entries that wait.
    pub(super) fn len(&self) -> usize {
        self.on_the_way() + self.crossings.heap.len()
    }

    /// Signals on their way. There is no bound to them, as there is to predicted crossings: one for
    /// each neuron.
    pub(super) fn on_the_way(&self) -> usize {
        self.parcels.len() + self.pulses.len()
    }
}

impl Ord for Parcel {
    fn cmp(&self, other: &Self) -> Ordering {
        self.due
            .total_cmp(&other.due)
            .then(self.node.cmp(&other.node))
            .then(self.number.cmp(&other.number))
    }
}
impl PartialOrd for Parcel {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Parcel {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Parcel {}

/// Predicted crossings: a binary heap by time that knows the place of every channel.
///
/// Of some only a lower bound is known. The crossing itself is worked out when nothing else can
/// happen before; most often something does, and the work is saved.
#[derive(Clone, Debug)]
pub(super) struct Crossings {
    heap: Vec<Entry>,
    /// Place of each channel in the heap, or `ABSENT`.
    places: Vec<u32>,
}

/// Time, channel, and whether the time is that of the crossing itself.
type Entry = (f64, u32, bool);

const ABSENT: u32 = u32::MAX;

impl Crossings {
    fn new(channels: usize) -> Self {
        Self { heap: Vec::new(), places: vec![ABSENT; channels] }
    }

    /// The earliest crossing: time in seconds and channel.
    pub(super) fn first(&self) -> Option<(f64, usize)> {
        self.heap.first().map(|&(time, channel, _)| (time, channel as usize))
    }

    /// The channel of the earliest entry, if that is a lower bound only and not after `next`.
    pub(super) fn first_unknown(&self, next: f64) -> Option<usize> {
        let first = self.heap.first().filter(|&&(time, _, is_known)| !is_known && time <= next);
        first.map(|&(_, channel, _)| channel as usize)
    }

    /// Sets or takes away the prediction of a channel.
    pub(super) fn set(&mut self, channel: usize, time: Option<f64>, is_known: bool) {
        match (self.places[channel], time.filter(|time| time.is_finite())) {
            (ABSENT, None) => {}
            (ABSENT, Some(time)) => {
                let entry = (time, channel as u32, is_known);
                self.heap.push(entry);
                self.put(self.heap.len() - 1, entry);
            }
            (place, None) => self.remove(place as usize),
            (place, Some(time)) => self.put(place as usize, (time, channel as u32, is_known)),
        }
    }

    fn remove(&mut self, place: usize) {
        self.places[self.heap[place].1 as usize] = ABSENT;
        let Some(last) = self.heap.pop() else { return };
        if place < self.heap.len() {
            self.put(place, last);
        }
    }

    /// Fills a place whose entry is worth nothing, and lets the new entry find its own.
    fn put(&mut self, mut place: usize, entry: Entry) {
        // What makes way moves into the hole; the entry itself is written once.
        while place > 0 {
            let parent = (place - 1) / 2;
            if !is_before(&entry, &self.heap[parent]) {
                break;
            }
            self.write(place, self.heap[parent]);
            place = parent;
        }
        loop {
            let child = 2 * place + 1;
            let Some(&first) = self.heap.get(child) else { break };
            let other = self.heap.get(child + 1).filter(|other| is_before(other, &first));
            let (child, first) = other.map_or((child, first), |&other| (child + 1, other));
            if !is_before(&first, &entry) {
                break;
            }
            self.write(place, first);
            place = child;
        }
        self.write(place, entry);
    }

    fn write(&mut self, place: usize, entry: Entry) {
        self.heap[place] = entry;
        self.places[entry.1 as usize] = place as u32;
    }
}

/// Times first, then channels.
#[inline]
fn is_before(a: &Entry, b: &Entry) -> bool {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)) == Ordering::Less
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_come_in_order_however_they_were_revised() {
        let mut crossings = Crossings::new(50);
        let mut expected = [f64::INFINITY; 50];
        let mut seed = 1_u64;
        for _ in 0..2000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (channel, time) = ((seed >> 33) as usize % 50, (seed >> 40) as f64);
            let time = (!(seed >> 33).is_multiple_of(5)).then_some(time);
            crossings.set(channel, time, true);
            expected[channel] = time.unwrap_or(f64::INFINITY);
            let first = expected.iter().copied().fold(f64::INFINITY, f64::min);
            assert_eq!(crossings.first().map_or(f64::INFINITY, |(time, _)| time), first);
        }
    }
}
