//! Wiring: gives every leaf its buffers and every edge its place, and works out what stands in the
//! buffers before the first step.

use nirkit_ir::facts::order::strongly_connected;

use super::net::{CURRENT, Net, PlannedNode, Read, Slot};
use super::node::{Incoming, Node, Outgoing};
use super::order::Schedule;
use super::prepare::Plan;
use super::real::Real;
use super::time_block::stages;

impl Plan<'_> {
    /// Gives every leaf its buffers and every edge its place.
    pub(super) fn connect<T: Real>(
        &self,
        nodes: Vec<Option<Box<dyn Node<T>>>>,
        schedule: &Schedule,
    ) -> Net<T> {
        let numbers = Net::<T>::number_slots(&self.leaving);
        let mut slots = self.slots(&numbers);
        let mut position = vec![0; nodes.len()];
        for (at, &leaf) in schedule.order.iter().enumerate() {
            position[leaf] = at;
        }
        let accepts_input =
            |leaf: usize| nodes[leaf].as_ref().is_some_and(|node| node.accepts_input());
        let mut reads = |target: usize, part: usize| -> Vec<Read> {
            let edges = self.sources[target].iter().zip(&schedule.before[target]);
            let mut read = |(&source, &carries_before): (&usize, &bool)| {
                let slot = numbers[source][part]?;
                // A source that runs later still holds the step before when the target runs. An
                // entry is filled before anything runs.
                let overwritten = self.is_entry[source]
                    || position[source] <= position[target]
                    || accepts_input(target);
                let before = carries_before && overwritten;
                slots[slot].history |= before;
                Some(Read { slot, before, is_delayed: carries_before })
            };
            edges.filter_map(&mut read).collect()
        };
        let mut wired: Vec<[Vec<Read>; 2]> =
            (0..nodes.len()).map(|leaf| [0, 1].map(|part| reads(leaf, part))).collect();
        // Where the step before is kept, for whomever, it is no longer what stands in the buffer.
        for read in wired.iter_mut().flatten().flatten() {
            read.before = read.is_delayed && slots[read.slot].history;
        }
        let accepting = (0..nodes.len()).filter(|&leaf| accepts_input(leaf)).collect();
        let planned_nodes = nodes.into_iter().zip(wired).zip(numbers).zip(self.facts.leaves());
        Net {
            planned_nodes: planned_nodes
                .map(|(((node, reads), slots), leaf)| PlannedNode {
                    node,
                    inputs: leaf.inputs(),
                    reads,
                    slots,
                })
                .collect(),
            order: schedule.order.clone(),
            accepting,
            entries: (0..self.is_entry.len()).filter(|&leaf| self.is_entry[leaf]).collect(),
            slots,
            stages: stages(&schedule.order, &self.sources),
        }
    }

    /// The buffers in the order of their numbers, holding zeros.
    fn slots<T: Real>(&self, numbers: &[[Option<usize>; 2]]) -> Vec<Slot<T>> {
        let mut slots = Vec::new();
        for (numbers, leaf) in numbers.iter().zip(self.facts.leaves()) {
            let width = leaf.outputs();
            for _ in numbers.iter().flatten() {
                slots.push(Slot { width, history: false, rest: vec![T::ZERO; width] });
            }
        }
        slots
    }

    /// Works out what leaves each leaf before the first step: maps follow their sources, everything
    /// else puts out what it does at rest.
    pub(super) fn settle<T: Real>(&self, net: &mut Net<T>) {
        let mut targets = vec![Vec::new(); self.sources.len()];
        for (target, sources) in self.sources.iter().enumerate() {
            for &source in sources {
                if self.is_map(target) && self.is_map(source) {
                    targets[source].push(target);
                }
            }
        }
        let maps_in_order = strongly_connected(&targets).into_iter().flatten();
        let (maps, others): (Vec<_>, Vec<_>) = maps_in_order.partition(|&leaf| self.is_map(leaf));
        for leaf in others.into_iter().chain(maps) {
            rest(net, leaf);
        }
    }
}

/// Writes what leaves one leaf at rest.
fn rest<T: Real>(net: &mut Net<T>, leaf: usize) {
    let planned_node = &net.planned_nodes[leaf];
    let Some(node) = &planned_node.node else { return };
    let arriving = [0, 1].map(|part| {
        let reads = &planned_node.reads[part];
        let len = if reads.is_empty() && part != CURRENT { 0 } else { planned_node.inputs };
        let mut sum = vec![T::ZERO; len];
        for (number, read) in reads.iter().enumerate() {
            for (sum, &x) in sum.iter_mut().zip(&net.slots[read.slot].rest) {
                *sum = if number == 0 { x } else { *sum + x };
            }
        }
        sum
    });
    let mut leaving = planned_node
        .slots
        .map(|slot| slot.map(|slot| vec![T::ZERO; net.slots[slot].width]).unwrap_or_default());
    let [current, impulse] = &arriving;
    let [out_current, out_impulse] = &mut leaving;
    let output = Outgoing { current: out_current, impulse: out_impulse };
    node.rest(Incoming { current, impulse }, output);
    for (slot, values) in planned_node.slots.into_iter().zip(leaving) {
        if let Some(slot) = slot {
            net.slots[slot].rest = values;
        }
    }
}
