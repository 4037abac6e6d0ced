//! Runs: a program under way.

use std::mem;
use std::sync::Arc;

use aligned_vec::AVec;
use nirkit_numerics::Tensor;

use super::block::Block;
use super::drive::GridInput;
use super::net::{CURRENT, IMPULSE, Net, Read};
use super::node::{Incoming, Outgoing};
use super::real::Real;
use super::record::{Dense, Probe, Recorder, Samples};
use super::simd::{Lines, zeros};

/// What enters an Input in a step: the numbers of all samples of the batch, one sample after the
/// other, each in C order. Both start at zero and are added.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Spikes, which act as the program's reading of a spike says. Any number counts as so many.
    pub spikes: &'a mut [f64],
    /// A current for the length of the step.
    pub current: &'a mut [f64],
}

/// Where a run takes its input from.
pub trait InputSource {
    /// Writes what enters the Input with this number (in the order of
    /// [`Program::inputs`](super::Program::inputs)) in this step.
    fn fill(&mut self, step: usize, input: usize, frame: &mut Frame<'_>);
}

impl<F: FnMut(usize, usize, &mut Frame<'_>)> InputSource for F {
    fn fill(&mut self, step: usize, input: usize, frame: &mut Frame<'_>) {
        self(step, input, frame);
    }
}

/// A run under way. A clone goes on by itself from the same state.
#[derive(Clone, Debug)]
pub struct Run(pub(super) State);

/// A run in the number format of its program.
#[derive(Clone, Debug)]
pub(super) enum State {
    F32(VectorLoop<f32>),
    F64(VectorLoop<f64>),
}

/// Everything that changes in a run, to be kept and [resumed](super::Program::resume).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Steps taken.
    pub step: usize,
    /// Samples that run side by side.
    pub batch: usize,
    /// All numbers of the run, in an order that belongs to its program.
    pub numbers: Tensor,
}

/// A snapshot belongs to another program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the saved run holds {found}, this program needs {expected}; \
     resume it with the graph and the options that it was saved with"
)]
pub struct ResumeError {
    /// What the snapshot holds.
    found: String,
    /// What the program needs.
    expected: String,
}

impl Run {
    /// Steps taken so far.
    #[must_use]
    pub fn steps(&self) -> usize {
        match &self.0 {
            State::F32(walk) => walk.number,
            State::F64(walk) => walk.number,
        }
    }

    /// Samples that run side by side.
    #[must_use]
    pub fn batch(&self) -> usize {
        match &self.0 {
            State::F32(walk) => walk.batch,
            State::F64(walk) => walk.batch,
        }
    }

    /// Takes one step. Nothing is allocated.
    pub fn step(&mut self, feed: &mut dyn InputSource) {
        match &mut self.0 {
            State::F32(walk) => walk.step(feed),
            State::F64(walk) => walk.step(feed),
        }
    }

    /// Takes steps until `until` steps are taken in all, and shows the run to the recorder after
    /// each.
    pub fn advance(
        &mut self,
        until: usize,
        feed: &mut dyn InputSource,
        recorder: &mut dyn Recorder,
    ) {
        while self.steps() < until {
            self.step(feed);
            recorder.record(self);
        }
    }

    /// Takes steps until `until` steps are taken in all, many at a time, and records each.
    /// `progress` is told about steps as they are taken, each once. The result is that of
    /// [`advance`](Self::advance), to the bit. Both `drive` and `dense` have to be for the run's
    /// program and batch.
    pub fn record(
        &mut self,
        until: usize,
        drive: &GridInput<'_>,
        dense: &mut Dense,
        progress: &mut dyn FnMut(usize),
    ) {
        let steps = until.saturating_sub(self.steps());
        match &mut self.0 {
            State::F32(walk) => {
                Block::new(walk, dense, steps).record(walk, until, drive, dense, progress);
            }
            State::F64(walk) => {
                Block::new(walk, dense, steps).record(walk, until, drive, dense, progress);
            }
        }
    }

    /// Appends what a probe of the same program sees after the last step: the numbers of all
    /// samples of the batch, one sample after the other.
    pub fn read(&self, probe: &Probe, samples: &mut Samples) {
        match &self.0 {
            State::F32(walk) => walk.read(probe, samples),
            State::F64(walk) => walk.read(probe, samples),
        }
    }

    /// Everything that changes in the run.
    #[must_use]
    pub fn save(&self) -> Snapshot {
        let numbers = match &self.0 {
            State::F32(walk) => Tensor::vector(walk.numbers().copied().collect()),
            State::F64(walk) => Tensor::vector(walk.numbers().copied().collect()),
        };
        Snapshot { step: self.steps(), batch: self.batch(), numbers }
    }

    /// Puts a snapshot into a run of the same batch.
    pub(super) fn restore(&mut self, snapshot: &Snapshot) -> Result<(), ResumeError> {
        match &mut self.0 {
            State::F32(walk) => walk.restore(snapshot),
            State::F64(walk) => walk.restore(snapshot),
        }
    }
}

/// A run in one number format.
#[derive(Clone, Debug)]
pub(super) struct VectorLoop<T> {
    pub(super) net: Arc<Net<T>>,
    pub(super) batch: usize,
    /// Steps taken.
    pub(super) number: usize,
    pub(super) buffers: Buffers<T>,
    /// State of each leaf, one sample after the other.
    pub(super) states: Vec<Lines<T>>,
    /// Room to sum an input of one sample, for each part.
    scratch: [Vec<T>; 2],
    /// What a leaf without a source on the part of currents is given.
    zeros: Vec<T>,
    /// Room for a frame of the widest entry: spikes and current.
    frame: [Vec<f64>; 2],
}

/// What left each leaf, for all samples of the batch.
#[derive(Clone, Debug)]
pub(super) struct Buffers<T> {
    pub(super) now: Vec<Vec<T>>,
    /// The step before; empty for slots without history.
    pub(super) before: Vec<Vec<T>>,
}

impl<T: Real> Buffers<T> {
    fn at_rest(net: &Net<T>, batch: usize) -> Self {
        let now: Vec<Vec<T>> = net.slots.iter().map(|slot| slot.rest.repeat(batch)).collect();
        let kept = net.slots.iter().zip(&now);
        let before = kept.map(|(slot, now)| if slot.history { now.clone() } else { Vec::new() });
        Self { before: before.collect(), now }
    }

    /// Makes this step the step before. What then stands in `now` is overwritten in the step.
    fn turn_over(&mut self, net: &Net<T>) {
        for ((slot, now), before) in net.slots.iter().zip(&mut self.now).zip(&mut self.before) {
            if slot.history {
                mem::swap(now, before);
            }
        }
    }

    /// One sample of what a read names.
    fn get(&self, read: Read, sample: usize, width: usize) -> &[T] {
        let slots = if read.before { &self.before } else { &self.now };
        &slots[read.slot][sample * width..][..width]
    }

    /// The sum of what is read, in the order of the reads. A lone read is not copied, and `none`
    /// stands for no read at all.
    fn gather<'a>(
        &'a self,
        reads: &[Read],
        sample: usize,
        width: usize,
        scratch: &'a mut [T],
        none: &'a [T],
    ) -> &'a [T] {
        match reads {
            [] => none,
            [read] => self.get(*read, sample, width),
            [first, others @ ..] => {
                let sum = &mut scratch[..width];
                sum.copy_from_slice(self.get(*first, sample, width));
                for read in others {
                    for (sum, &x) in sum.iter_mut().zip(self.get(*read, sample, width)) {
                        *sum += x;
                    }
                }
                sum
            }
        }
    }
}

impl<T: Real> VectorLoop<T> {
    pub(super) fn new(net: Arc<Net<T>>, batch: usize) -> Self {
        let widest = net.widest_input();
        let entries = net.entries.iter().map(|&leaf| net.planned_nodes[leaf].inputs);
        let frame = batch * entries.max().unwrap_or(0);
        Self {
            batch,
            number: 0,
            buffers: Buffers::at_rest(&net, batch),
            states: net
                .planned_nodes
                .iter()
                .map(|planned_node| start(planned_node.node.as_deref(), batch))
                .collect(),
            scratch: [vec![T::ZERO; widest], vec![T::ZERO; widest]],
            zeros: vec![T::ZERO; widest],
            frame: [vec![0.0; frame], vec![0.0; frame]],
            net,
        }
    }

    fn step(&mut self, feed: &mut dyn InputSource) {
        let net = Arc::clone(&self.net);
        self.buffers.turn_over(&net);
        for (input, &leaf) in net.entries.iter().enumerate() {
            self.enter(&net, input, leaf, feed);
        }
        for &leaf in &net.order {
            self.run_leaf(&net, leaf);
        }
        for &leaf in &net.absorbing {
            self.accept_input(&net, leaf);
        }
        self.number += 1;
    }

    /// Fills the buffers of an entry.
    fn enter(&mut self, net: &Net<T>, input: usize, leaf: usize, feed: &mut dyn InputSource) {
        let planned_node = &net.planned_nodes[leaf];
        let len = self.batch * planned_node.inputs;
        let [spikes, current] = &mut self.frame;
        let (spikes, current) = (&mut spikes[..len], &mut current[..len]);
        spikes.fill(0.0);
        current.fill(0.0);
        feed.fill(self.number, input, &mut Frame { spikes, current });
        let now = &mut self.buffers.now;
        match planned_node.slots {
            [Some(sum), None] => {
                // A pulse of one step is a current.
                for ((x, &spikes), &current) in now[sum].iter_mut().zip(&*spikes).zip(&*current) {
                    *x = T::round(spikes + current);
                }
            }
            slots => {
                for (slot, values) in slots.into_iter().zip([current, spikes]) {
                    let Some(slot) = slot else { continue };
                    for (x, &value) in now[slot].iter_mut().zip(&*values) {
                        *x = T::round(value);
                    }
                }
            }
        }
    }

    /// Runs one leaf for all samples. Its buffers are taken out meanwhile, so that it can be given
    /// those of its sources; no leaf reads what it is writing.
    fn run_leaf(&mut self, net: &Net<T>, leaf: usize) {
        let planned_node = &net.planned_nodes[leaf];
        let Some(node) = &planned_node.node else { return };
        let mut leaving = planned_node.slots.map(|slot| match slot {
            Some(slot) => mem::take(&mut self.buffers.now[slot]),
            None => Vec::new(),
        });
        let [current, impulse] = &mut leaving;
        let [currents, impulses] =
            planned_node.slots.map(|slot| slot.map_or(0, |slot| net.slots[slot].width));
        let (state_len, has_feedthrough) = (node.state_len(), node.has_feedthrough());
        for sample in 0..self.batch {
            // Without feedthrough the input is not read; the leaf may be its own source, whose buffer is taken.
            let input = if has_feedthrough {
                gather(&self.buffers, planned_node, sample, &mut self.scratch, &self.zeros)
            } else {
                Incoming { current: &self.zeros[..planned_node.inputs], impulse: &[] }
            };
            let state = &mut self.states[leaf][sample * state_len..][..state_len];
            let output = Outgoing {
                current: &mut current[sample * currents..][..currents],
                impulse: &mut impulse[sample * impulses..][..impulses],
            };
            node.step(self.number, input, state, output);
        }
        for (slot, buffer) in planned_node.slots.into_iter().zip(leaving) {
            if let Some(slot) = slot {
                self.buffers.now[slot] = buffer;
            }
        }
    }

    /// Gives one leaf its input at the end of the step.
    fn accept_input(&mut self, net: &Net<T>, leaf: usize) {
        let planned_node = &net.planned_nodes[leaf];
        let Some(node) = &planned_node.node else { return };
        let state_len = node.state_len();
        for sample in 0..self.batch {
            let input = gather(&self.buffers, planned_node, sample, &mut self.scratch, &self.zeros);
            let state = &mut self.states[leaf][sample * state_len..][..state_len];
            node.accept_input(self.number, input, state);
        }
    }

    fn read(&self, probe: &Probe, samples: &mut Samples) {
        let part = |slot: Option<usize>| slot.map(|slot| self.buffers.now[slot].as_slice());
        probe.subject.read(
            &self.states,
            |slots| [part(slots[CURRENT]), part(slots[IMPULSE])],
            self.batch,
            probe.channels(),
            samples,
        );
    }

    /// All numbers that change, in a fixed order.
    fn numbers(&self) -> impl Iterator<Item = &T> {
        let states = self.states.iter().map(AVec::as_slice);
        let buffers = self.buffers.now.iter().chain(&self.buffers.before).map(Vec::as_slice);
        buffers.chain(states).flatten()
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), ResumeError> {
        let expected = self.numbers().count();
        let numbers = snapshot.numbers.as_slice::<T>().filter(|found| found.len() == expected);
        let numbers = numbers.ok_or_else(|| ResumeError {
            found: format!("{} numbers of {}", snapshot.numbers.len(), snapshot.numbers.dtype()),
            expected: format!("{expected} of {}", T::DTYPE),
        })?;
        let buffers = self.buffers.now.iter_mut().chain(&mut self.buffers.before);
        let states = self.states.iter_mut().map(AVec::as_mut_slice);
        let all = buffers.map(Vec::as_mut_slice).chain(states).flatten();
        for (number, &saved) in all.zip(numbers) {
            *number = saved;
        }
        self.number = snapshot.step;
        Ok(())
    }
}

/// What arrives at a leaf for one sample.
fn gather<'a, T: Real>(
    buffers: &'a Buffers<T>,
    planned_node: &super::net::PlannedNode<T>,
    sample: usize,
    scratch: &'a mut [Vec<T>; 2],
    zeros: &'a [T],
) -> Incoming<'a, T> {
    let [current, impulse] = scratch;
    let [currents, impulses] = &planned_node.reads;
    let width = planned_node.inputs;
    Incoming {
        current: buffers.gather(currents, sample, width, current, &zeros[..width]),
        impulse: buffers.gather(impulses, sample, width, impulse, &[]),
    }
}

/// The state of a leaf before the first step, for all samples.
fn start<T: Real>(node: Option<&dyn super::node::Node<T>>, batch: usize) -> Lines<T> {
    let len = node.map_or(0, super::node::Node::state_len);
    let mut states = zeros(len * batch);
    if let Some(node) = node {
        states.chunks_exact_mut(len.max(1)).for_each(|state| node.start(state));
    }
    states
}
