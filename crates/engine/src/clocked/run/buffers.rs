//! The numbers that leave all leaves in a step, and in the step before.

use std::mem;

use crate::clocked::net::{Net, PlannedNode, Read};
use crate::clocked::node::Incoming;
use crate::clocked::real::Real;

/// What left each leaf, for all samples of the batch.
#[derive(Clone, Debug)]
pub(in super::super) struct Buffers<T> {
    pub(in super::super) now: Vec<Vec<T>>,
    /// The step before; empty for slots without history.
    pub(in super::super) before: Vec<Vec<T>>,
}

impl<T: Real> Buffers<T> {
    /// What is there before the first step.
    pub(super) fn at_rest(net: &Net<T>, batch: usize) -> Self {
        let now: Vec<Vec<T>> = net.slots.iter().map(|slot| slot.rest.repeat(batch)).collect();
        let kept = net.slots.iter().zip(&now);
        let before = kept.map(|(slot, now)| if slot.history { now.clone() } else { Vec::new() });
        Self { before: before.collect(), now }
    }

    /// Makes this step the step before. What then stands in `now` is overwritten in the step.
    pub(super) fn turn_over(&mut self, net: &Net<T>) {
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

    /// What arrives at a leaf for one sample.
    pub(super) fn incoming<'a>(
        &'a self,
        planned_node: &PlannedNode<T>,
        sample: usize,
        scratch: &'a mut [Vec<T>; 2],
        zeros: &'a [T],
    ) -> Incoming<'a, T> {
        let [current, impulse] = scratch;
        let [currents, impulses] = &planned_node.reads;
        let width = planned_node.inputs;
        Incoming {
            current: self.gather(currents, sample, width, current, &zeros[..width]),
            impulse: self.gather(impulses, sample, width, impulse, &[]),
        }
    }
}
