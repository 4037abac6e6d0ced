//! Plans: a network in the form in which it runs in blocks. A plan is immutable.

use super::Layout;
use super::link::{Bring, Link};
use super::stage::{Stage, stages};
use super::{BOUND, padded};

/// Where spikes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signal {
    pub(crate) channels: usize,
    /// Steps for which its spikes are remembered.
    pub(crate) reach: usize,
    /// Whether anybody takes its spikes.
    pub(crate) is_heard: bool,
}

/// A population in its place.
#[derive(Debug)]
pub(crate) struct Part<C> {
    pub(crate) cells: C,
    pub(crate) layout: Layout,
    pub(crate) neurons: usize,
    pub(crate) links: Vec<Link>,
    /// The most that may arrive at each synapse in a step, sign left out.
    pub(crate) headroom: Vec<i64>,
    /// Whether sums arrive at any synapse.
    pub(crate) takes_sums: bool,
}

/// A network, ready to run in blocks.
#[derive(Debug)]
pub(crate) struct Plan<C> {
    /// Inputs, then populations.
    pub(crate) signals: Vec<Signal>,
    pub(crate) parts: Vec<Part<C>>,
    pub(super) stages: Vec<Stage>,
    /// Steps of a block.
    pub(super) block: usize,
}

/// Rows of a block may take so many bytes where they would fit the cache.
const CACHED: usize = 256 << 10;
/// They never take more than this, but for a single step.
const LARGEST: usize = 8 << 20;
/// The most steps in a block.
const LONGEST: usize = 256;

impl<C> Plan<C> {
    /// A plan of some populations behind inputs with so many channels.
    pub(crate) fn new(inputs: &[usize], parts: Vec<Part<C>>) -> Self {
        let channels = inputs.iter().copied().chain(parts.iter().map(|part| part.neurons));
        let links = || parts.iter().flat_map(|part| &part.links);
        let signal = |channels| Signal { channels, reach: 0, is_heard: false };
        let mut signals: Vec<Signal> = channels.map(signal).collect();
        for link in links() {
            let signal = &mut signals[link.signal];
            signal.reach = link.delay.max(signal.reach);
            signal.is_heard = true;
        }
        let sources = |part: &Part<C>| {
            let signals = part.links.iter().map(|link| link.signal);
            signals.filter_map(|signal| signal.checked_sub(inputs.len())).collect()
        };
        let sources: Vec<Vec<usize>> = parts.iter().map(sources).collect();
        let row = |part: &Part<C>| 4 * padded(part.neurons) * (1 + part.sums());
        let rows: usize = parts.iter().map(row).sum();
        let weights: usize = links().map(Link::bytes).sum();
        // Weights are read once a block, rows once a step: where weights are large, more steps pay.
        let budget = weights.clamp(CACHED, LARGEST);
        let block = (budget / rows.max(1)).clamp(1, LONGEST);
        Self { signals, parts, stages: stages(&sources), block }
    }

    /// Number of inputs.
    pub(super) fn inputs(&self) -> usize {
        self.signals.len() - self.parts.len()
    }
}

impl<C> Part<C> {
    /// Rows of sums in a step.
    pub(super) fn sums(&self) -> usize {
        if self.takes_sums { self.headroom.len() } else { 0 }
    }
}

impl Link {
    fn bytes(&self) -> usize {
        match &self.bring {
            Bring::EachSpike(_) => 0,
            Bring::Sum(chain) => chain.bytes(),
        }
    }

    /// The most that arrives in a step, sign left out, where no channel of the source spikes more
    /// often than this; `None` where a number on the way is too large.
    #[inline(always)]
    pub(super) fn arriving(&self, most: i32) -> Option<i64> {
        let sum = i64::from(most.min(self.limit)) * self.gain;
        let arriving = match &self.bring {
            Bring::EachSpike(_) => sum,
            Bring::Sum(chain) => chain.arriving(sum),
        };
        (sum <= BOUND && arriving <= BOUND).then_some(arriving)
    }
}
