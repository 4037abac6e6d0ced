//! The mutable state of a run of a plan, block by block.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::cells::{Arrivals, Cells, StateField, Tile};
use super::kernel::seen;
use super::link::{Bring, LinkScratch};
use super::plan::{Part, Plan};
use super::spikes::Spikes;
use super::{MOST_SYNAPSES, TILE, padded};
use crate::vectorized::vectorized;
use nirkit_run::interrupt;

/// Something that is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateProbe {
    pub(crate) part: usize,
    pub(crate) look: StateField,
}

/// A plan under way, for one sample. It takes its memory when it starts, but for lists of spikes,
/// which grow to the busiest block.
#[derive(Debug)]
pub(crate) struct BatchRunner<'a, C: Cells> {
    plan: &'a Plan<C>,
    /// Of each signal.
    spikes: Vec<Spikes>,
    states: Vec<C::State>,
    /// What leaves each population, step by step.
    counts: Vec<Vec<i32>>,
    /// What arrives at each population, synapse by synapse, then step by step.
    sums: Vec<Vec<i32>>,
    /// An input of a step.
    frame: Vec<i32>,
    scratch: LinkScratch,
}

/// More may have arrived than 32 bits hold, so that the numbers are worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooWide;

/// Takes what is recorded: the track, the step, the places of the first number, and numbers.
pub(crate) trait RecordSink<N> {
    /// Spikes of some neurons after a step.
    fn spikes(&mut self, track: usize, step: usize, first: usize, counts: &[i32]);
    /// A state of some neurons after a step.
    fn states(&mut self, track: usize, step: usize, first: usize, numbers: &[N]);
}

impl<'a, C: Cells> BatchRunner<'a, C> {
    pub(crate) fn new(plan: &'a Plan<C>, steps: usize) -> Self {
        let block = plan.block.min(steps).max(1);
        let width = |part: &Part<C>| padded(part.neurons);
        let rows = |part: &Part<C>, rows: usize| vec![0; rows * block * width(part)];
        Self {
            plan,
            spikes: plan.signals.iter().map(|signal| Spikes::new(signal.reach)).collect(),
            states: plan.parts.iter().map(|part| part.cells.start(width(part))).collect(),
            counts: plan.parts.iter().map(|part| rows(part, 1)).collect(),
            sums: plan.parts.iter().map(|part| rows(part, part.sums())).collect(),
            frame: Vec::new(),
            scratch: LinkScratch::default(),
        }
    }

    /// Runs so many steps from the start; `frame(input, step)` has the spikes that enter.
    pub(crate) fn run<'f>(
        &mut self,
        steps: usize,
        frame: &impl Fn(usize, usize) -> &'f [i64],
        tracks: &[StateProbe],
        keep: &mut impl RecordSink<C::Number>,
    ) -> Result<(), TooWide> {
        for first in (0..steps).step_by(self.plan.block) {
            if interrupt::is_requested() {
                break;
            }
            let len = self.plan.block.min(steps - first);
            vectorized(Block { runner: self, first, len, frame, tracks, keep })?;
        }
        Ok(())
    }

    /// Lists what enters in a block.
    #[inline(always)]
    fn enter<'f>(&mut self, first: usize, len: usize, frame: &impl Fn(usize, usize) -> &'f [i64]) {
        for input in 0..self.plan.inputs() {
            let channels = self.plan.signals[input].channels;
            self.frame.clear();
            self.frame.resize(channels, 0);
            for step in first..first + len {
                let given = frame(input, step);
                self.frame[given.len().min(channels)..].fill(0);
                for (count, &given) in self.frame.iter_mut().zip(given) {
                    *count = given as i32;
                }
                self.spikes[input].list(&self.frame);
            }
        }
    }

    /// Whether a population has headroom for what arrives in some steps.
    #[inline(always)]
    fn fits(&self, part: &Part<C>, steps: Range<usize>) -> bool {
        let mut headroom = [0; MOST_SYNAPSES];
        headroom[..part.headroom.len()].copy_from_slice(&part.headroom);
        for link in &part.links {
            let spikes = &self.spikes[link.signal];
            let first = spikes.first() - link.delay;
            let most = spikes.most(first + steps.start..first + steps.end);
            let Some(arriving) = link.arriving(most) else { return false };
            headroom[link.synapse] -= arriving;
        }
        headroom.iter().all(|&left| left >= 0)
    }

    /// Sums up what the links of a population bring in some steps, those of its own stage or the
    /// others.
    #[inline(always)]
    fn sum(&mut self, at: usize, steps: Range<usize>, is_meant: impl Fn(usize) -> bool) {
        let part = &self.plan.parts[at];
        let (width, sums) = (padded(part.neurons), &mut self.sums[at]);
        let apart = sums.len() / part.headroom.len().max(1);
        for link in &part.links {
            let Bring::Sum(chain) = &link.bring else { continue };
            if !is_meant(link.signal) {
                continue;
            }
            let sums = &mut sums[link.synapse * apart..][..apart];
            let spikes = &self.spikes[link.signal];
            let first = spikes.first() - link.delay;
            if let Some(dense) = chain.matrix() {
                for tile in 0..dense.tiles() {
                    for step in steps.clone() {
                        let sums = &mut sums[step * width..][..width][dense.lanes(tile)];
                        let arriving = seen(spikes.row(first + step), link.limit);
                        dense.add(tile, arriving, sums, |sum, more| sum + more);
                    }
                }
                continue;
            }
            for step in steps.clone() {
                let sums = &mut sums[step * width..][..width];
                chain.add(spikes.row(first + step), link.limit, &mut self.scratch, sums);
            }
        }
    }

    /// Forgets the sums of a block.
    #[inline(always)]
    fn clear(&mut self, at: usize, len: usize) {
        let part = &self.plan.parts[at];
        let (width, sums) = (padded(part.neurons), &mut self.sums[at]);
        let apart = (sums.len() / part.headroom.len().max(1)).max(1);
        for sums in sums.chunks_exact_mut(apart) {
            sums[..len * width].fill(0);
        }
    }
}

/// A block of steps.
struct Block<'p, 'a, C: Cells, F, K> {
    runner: &'p mut BatchRunner<'a, C>,
    first: usize,
    len: usize,
    frame: &'p F,
    tracks: &'p [StateProbe],
    keep: &'p mut K,
}

impl<'f, C: Cells, F: Fn(usize, usize) -> &'f [i64], K: RecordSink<C::Number>> WithSimd
    for Block<'_, '_, C, F, K>
{
    type Output = Result<(), TooWide>;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) -> Self::Output {
        let (plan, len) = (self.runner.plan, self.len);
        self.runner.spikes.iter_mut().for_each(Spikes::begin_block);
        self.runner.enter(self.first, len, self.frame);
        for stage in &plan.stages {
            let is_inside = |signal: usize| {
                let part = signal.checked_sub(plan.inputs());
                stage.stepped && part.is_some_and(|part| stage.members.contains(&part))
            };
            for &at in &stage.members {
                self.runner.clear(at, len);
                // What comes from a stage before is there for all steps, if it does not have to be
                // held against the headroom together with the rest.
                if stage.stepped {
                    if !self.fits_outside(at, is_inside) {
                        return Err(TooWide);
                    }
                    self.runner.sum(at, 0..len, |signal| !is_inside(signal));
                }
            }
            // One by one, or all at once.
            let stride = if stage.stepped { 1 } else { len };
            for step in (0..len).step_by(stride) {
                let steps = step..step + stride;
                for &at in &stage.members {
                    if !self.runner.fits(&plan.parts[at], steps.clone()) {
                        return Err(TooWide);
                    }
                    self.runner.sum(at, steps.clone(), |signal| stage.stepped == is_inside(signal));
                    self.advance(at, steps.clone());
                }
            }
        }
        Ok(())
    }
}

impl<'f, C: Cells, F: Fn(usize, usize) -> &'f [i64], K: RecordSink<C::Number>>
    Block<'_, '_, C, F, K>
{
    /// Whether sums of what comes from outside of a stage can be made.
    #[inline(always)]
    fn fits_outside(&self, at: usize, is_inside: impl Fn(usize) -> bool) -> bool {
        let part = &self.runner.plan.parts[at];
        part.links.iter().filter(|link| !is_inside(link.signal)).all(|link| {
            let spikes = &self.runner.spikes[link.signal];
            let first = spikes.first() - link.delay;
            link.arriving(spikes.most(first..first + self.len)).is_some()
        })
    }

    /// Lets the neurons of a population take some steps.
    #[inline(always)]
    fn advance(&mut self, at: usize, steps: Range<usize>) {
        let runner = &mut *self.runner;
        let part = &runner.plan.parts[at];
        let (width, state) = (padded(part.neurons), &mut runner.states[at]);
        let apart = runner.sums[at].len() / part.headroom.len().max(1);
        let tiles = width.div_ceil(TILE);
        // Entangled neurons end a step together.
        let (outer, together) =
            if part.cells.is_entangled() { (steps.len(), 1) } else { (1, steps.len()) };
        for part_of in 0..outer {
            let steps = steps.start + part_of * together..steps.start + (part_of + 1) * together;
            for tile in 0..tiles {
                let tile = Tile::of(tile, width);
                for step in steps.clone() {
                    let arrivals = Arrivals {
                        links: &part.links,
                        spikes: &runner.spikes,
                        step,
                        sums: runner.sums[at].get(step * width..).unwrap_or_default(),
                        width,
                        apart,
                    };
                    let row = &mut runner.counts[at][step * width..][..width];
                    part.cells.advance(state, tile, &arrivals, tile.of_row_mut(row));
                    if !part.cells.is_entangled() {
                        let (tracks, step) = (self.tracks, self.first + step);
                        look(part, at, state, row, tile, step, tracks, self.keep);
                    }
                }
            }
            if part.cells.is_entangled() {
                let step = steps.start;
                let row = &mut runner.counts[at][step * width..][..width];
                part.cells.finish(state, row);
                let all = Tile { number: 0, start: 0, end: width };
                look(part, at, state, row, all, self.first + step, self.tracks, self.keep);
            }
        }
        let signal = runner.plan.inputs() + at;
        if runner.plan.signals[signal].is_heard {
            for step in steps {
                runner.spikes[signal].list(&runner.counts[at][step * width..][..width]);
            }
        }
    }
}

/// Keeps what is recorded of a tile after a step.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "parts of a runner that are borrowed one by one")]
fn look<C: Cells>(
    part: &Part<C>,
    at: usize,
    state: &C::State,
    row: &[i32],
    tile: Tile,
    step: usize,
    tracks: &[StateProbe],
    keep: &mut impl RecordSink<C::Number>,
) {
    let end = tile.end.min(part.neurons);
    for (number, track) in tracks.iter().enumerate() {
        if track.part != at {
            continue;
        }
        match track.look {
            StateField::Spikes => keep.spikes(number, step, tile.start, &row[tile.start..end]),
            look => {
                let numbers = part.cells.look(state, look);
                keep.states(number, step, tile.start, &numbers[tile.start..end]);
            }
        }
    }
}
