//! What has arrived at a node and waits for the node's turn.

use super::expoly::ChainId;
use super::map::Amount;
use super::queue::Kind;
use super::sum::Sum;

/// Everything that arrives at a channel in one round, summed.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says that one thing arrives")]
pub(super) struct Arrivals {
    /// Spikes, or pulses that begin.
    pub(super) spikes: Sum,
    /// Pulses that end.
    pub(super) ends: Sum,
    /// Changes of the constant current.
    pub(super) currents: Sum,
    /// Terms that are added to the current.
    pub(super) terms: Vec<(ChainId, f64)>,
    /// Whether a predicted crossing falls on this instant.
    pub(super) is_due: bool,
    /// Whether what drives the channel continuously has been worked out anew.
    pub(super) is_renewed: bool,
    /// Whether the run begins.
    pub(super) is_start: bool,
    waits: bool,
}

impl Arrivals {
    /// Whether there is nothing to do.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.is_void() && !self.is_due && !self.is_start && !self.is_renewed
    }

    /// Whether nothing changes: what arrived cancels.
    #[inline]
    pub(super) fn is_void(&self) -> bool {
        let sums = [self.spikes, self.ends, self.currents];
        sums.iter().all(|sum| sum.is_zero()) && self.terms.is_empty()
    }
}

/// Arrivals at all channels of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Inbox {
    slots: Vec<Arrivals>,
    /// Channels at which something waits.
    waiting: Vec<u32>,
}

impl Inbox {
    /// An empty inbox for so many channels.
    pub(super) fn new(channels: usize) -> Self {
        Self { slots: vec![Arrivals::default(); channels], waiting: Vec::new() }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Adds a signal.
    pub(super) fn deliver(&mut self, amounts: &[Amount], kind: &Kind) {
        match kind {
            Kind::Spike => self.each(amounts, |slot, amount| slot.spikes.add(amount)),
            Kind::End => self.each(amounts, |slot, amount| slot.ends.add(amount)),
            Kind::Current => self.each(amounts, |slot, amount| slot.currents.add(amount)),
            Kind::Terms(terms) => self.each(amounts, |slot, amount| {
                slot.terms.extend(terms.iter().map(|&(chain, factor)| (chain, factor * amount)));
            }),
        }
    }

    fn each(&mut self, amounts: &[Amount], add: impl Fn(&mut Arrivals, f64)) {
        for &(channel, amount) in amounts {
            add(self.slot(channel), amount);
        }
    }

    /// What waits at a channel, to be added to.
    #[inline]
    pub(super) fn slot(&mut self, channel: u32) -> &mut Arrivals {
        let slot = &mut self.slots[channel as usize];
        if !slot.waits {
            slot.waits = true;
            self.waiting.push(channel);
        }
        slot
    }

    /// The channels at which something waits, in ascending order. What waits at each of them has to
    /// be taken, and the list to be given back.
    pub(super) fn open(&mut self) -> Vec<u32> {
        let mut waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_sorted() {
            waiting.sort_unstable();
        }
        waiting
    }

    /// Takes what waits at a channel.
    #[inline]
    pub(super) fn take(&mut self, channel: u32) -> Arrivals {
        std::mem::take(&mut self.slots[channel as usize])
    }

    /// Takes the list of channels back, for its memory.
    pub(super) fn close(&mut self, mut waiting: Vec<u32>) {
        if self.waiting.is_empty() {
            waiting.clear();
            self.waiting = waiting;
        }
    }
}
