//! Links: what a source brings to a synapse of a population.

use super::BOUND;
use super::Layout;
use super::kernel::{Dense, Kernel, kernel, seen};
use super::spikes::{Spike, Spikes};
use crate::executor::kernel::Ends;
use crate::integer::i32_path::OverflowRule;
use crate::integer::map::Map;

/// From a signal to a synapse.
#[derive(Debug)]
pub(crate) struct Link {
    /// Number of the signal: inputs first, then populations.
    pub(crate) signal: usize,
    pub(crate) synapse: usize,
    pub(crate) delay: usize,
    /// More spikes of a channel in a step than this are not seen.
    pub(crate) limit: i32,
    /// What a spike of each source could bring at most, sign left out.
    pub(crate) gain: i64,
    pub(crate) bring: Bring,
}

/// How a link brings it.
#[derive(Debug)]
pub(crate) enum Bring {
    /// Source by source, into the state itself.
    EachSpike(Dense),
    /// As a sum.
    Sum(Chain),
}

/// Kernels one after the other, and what becomes of their sum.
#[derive(Debug)]
pub(crate) struct Chain {
    /// All kernels but the last, with the targets of each.
    before: Vec<(Kernel, usize)>,
    last: Kernel,
    /// Where the sum lives before it arrives.
    hold: OverflowRule,
    /// Bits by which it is then shifted to the right.
    right: u32,
    /// Bits by which it is shifted to the left; those of a sum that is not held are in the weights.
    left: u32,
    /// The bits that are in the weights.
    inside: u32,
}

/// Room for what is on the way, kept from step to step.
#[derive(Clone, Debug)]
pub(crate) struct LinkScratch {
    sums: Vec<i32>,
    spikes: Spikes,
    next: Spikes,
}

impl Default for LinkScratch {
    fn default() -> Self {
        Self { sums: Vec::new(), spikes: Spikes::new(0), next: Spikes::new(0) }
    }
}

impl Chain {
    /// The chain of some maps; `None` where there is none, and where numbers are too large.
    pub(crate) fn new(
        maps: &[Map],
        shift: i32,
        hold: OverflowRule,
        from: Layout,
        to: Layout,
    ) -> Option<Self> {
        let (last, maps) = maps.split_last()?;
        let [left, right] = [shift.max(0), (-shift).max(0)].map(i32::unsigned_abs);
        let inside = if hold == OverflowRule::Free { left } else { 0 };
        let (mut before, mut lie) = (Vec::new(), from);
        for map in maps {
            let next = by_pixel(map).unwrap_or(Layout::Plain);
            before.push((kernel(map, 0, Ends { from: lie, to: next })?, map.targets()));
            lie = next;
        }
        let last = kernel(last, inside, Ends { from: lie, to })?;
        Some(Self { before, last, hold, right: right.min(31), left: left - inside, inside })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.last.bytes() + self.before.iter().map(|(kernel, _)| kernel.bytes()).sum::<usize>()
    }

    /// The most that arrives, sign left out, where the sum of the maps, without the bits that are in the
    /// weights, is at most so large.
    pub(crate) fn arriving(&self, sum: i64) -> i64 {
        // A shift to the right rounds downwards, so that it may add 1 to the size.
        (self.hold.most(sum) << (self.left + self.inside) >> self.right) + i64::from(self.right > 0)
    }

    /// The kernel, if there is but one matrix and its sum arrives as it is.
    #[inline(always)]
    pub(crate) fn matrix(&self) -> Option<&Dense> {
        match &self.last {
            Kernel::Dense(dense) if self.before.is_empty() && self.is_plain() => Some(dense),
            _ => None,
        }
    }

    fn is_plain(&self) -> bool {
        self.hold == OverflowRule::Free && self.left == 0 && self.right == 0
    }

    /// Adds what the spikes of a row bring to the sums that arrive.
    #[inline(always)]
    pub(crate) fn add(
        &self,
        spikes: &[Spike],
        mut limit: i32,
        scratch: &mut LinkScratch,
        sums: &mut [i32],
    ) {
        let LinkScratch { sums: own, spikes: list, next } = scratch;
        let mut first = Some(spikes);
        for (kernel, targets) in &self.before {
            own.clear();
            own.resize(super::padded(*targets), 0);
            kernel.add(seen(first.take().unwrap_or_else(|| list.row(0)), limit), own);
            next.clear();
            next.list(own);
            std::mem::swap(list, next);
            limit = i32::MAX;
        }
        let spikes = first.unwrap_or_else(|| list.row(0));
        if self.is_plain() {
            self.last.add(seen(spikes, limit), sums);
            return;
        }
        own.clear();
        own.resize(sums.len(), 0);
        self.last.add(seen(spikes, limit), own);
        self.hold.each(own);
        let (len, own) = (sums.len(), &own[..]);
        for lane in 0..len.min(own.len()) {
            sums[lane] += own[lane] << self.left >> self.right;
        }
    }
}

/// How the pictures that leave a window would best lie.
pub(crate) fn by_pixel(map: &Map) -> Option<Layout> {
    match map {
        Map::Window { window, .. } => {
            let pixels = window.output.iter().product();
            Some(Layout::ByPixel { channels: window.channels_out, pixels })
        }
        Map::Matrix(_) => None,
    }
}

/// The largest sum of maps one after the other for a single spike of each source, sign left out;
/// `None` where a sum on the way is too large.
pub(crate) fn gain(maps: &[Map]) -> Option<i64> {
    maps.iter()
        .try_fold(1_i64, |gain, map| gain.checked_mul(map.gain()).filter(|&gain| gain <= BOUND))
}
