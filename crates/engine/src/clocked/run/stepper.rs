//! A run in one number format, step by step.

use std::mem;
use std::sync::Arc;

use aligned_vec::AVec;

use super::buffers::Buffers;
use super::{Frame, InputSource, ResumeError, Snapshot};
use crate::clocked::net::{CURRENT, IMPULSE, Net};
use crate::clocked::node::{Incoming, Node, Outgoing};
use crate::clocked::real::Real;
use crate::clocked::record::{Probe, Samples};
use crate::clocked::simd::{Lines, zeros};

/// A run in one number format.
#[derive(Clone, Debug)]
pub(in super::super) struct Stepper<T> {
    pub(in super::super) net: Arc<Net<T>>,
    pub(in super::super) batch: usize,
    /// Steps taken.
    pub(in super::super) number: usize,
    pub(in super::super) buffers: Buffers<T>,
    /// State of each leaf, one sample after the other.
    pub(in super::super) states: Vec<Lines<T>>,
    /// Room to sum an input of one sample, for each part.
    scratch: [Vec<T>; 2],
    /// What a leaf without a source on the part of currents is given.
    zeros: Vec<T>,
    /// Room for a frame of the widest entry: spikes and current.
    frame: [Vec<f64>; 2],
}

impl<T: Real> Stepper<T> {
    pub(in super::super) fn new(net: Arc<Net<T>>, batch: usize) -> Self {
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

    /// Takes one step.
    pub(super) fn step(&mut self, feed: &mut dyn InputSource) {
        let net = Arc::clone(&self.net);
        self.buffers.turn_over(&net);
        for (input, &leaf) in net.entries.iter().enumerate() {
            self.enter(&net, input, leaf, feed);
        }
        for &leaf in &net.order {
            self.run_leaf(&net, leaf);
        }
        for &leaf in &net.accepting {
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
                self.buffers.incoming(planned_node, sample, &mut self.scratch, &self.zeros)
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
            let input = self.buffers.incoming(planned_node, sample, &mut self.scratch, &self.zeros);
            let state = &mut self.states[leaf][sample * state_len..][..state_len];
            node.accept_input(self.number, input, state);
        }
    }

    /// Appends what a probe sees after the last step.
    pub(super) fn read(&self, probe: &Probe, samples: &mut Samples) {
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
    pub(super) fn numbers(&self) -> impl Iterator<Item = &T> {
        let states = self.states.iter().map(AVec::as_slice);
        let buffers = self.buffers.now.iter().chain(&self.buffers.before).map(Vec::as_slice);
        buffers.chain(states).flatten()
    }

    /// Puts the numbers of a snapshot into the run.
    pub(super) fn restore(&mut self, snapshot: &Snapshot) -> Result<(), ResumeError> {
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

/// The state of a leaf before the first step, for all samples.
fn start<T: Real>(node: Option<&dyn Node<T>>, batch: usize) -> Lines<T> {
    let len = node.map_or(0, Node::state_len);
    let mut states = zeros(len * batch);
    if let Some(node) = node {
        states.chunks_exact_mut(len.max(1)).for_each(|state| node.start(state));
    }
    states
}
