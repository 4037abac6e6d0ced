//! One instant: who acts when, and how signals pass between nodes without time going by.
//!
//! Groups of nodes that reach each other without delay act in topological order, so that a node sees
//! the sum of everything that arrives at the instant, however long the ways. Inside a cycle what a
//! round puts out arrives in the next round.

use super::error::RunError;
use super::map::Amount;
use super::program::{Plan, Role};
use super::queue::{Kind, Pulse};
use super::record::Event;
use super::run::Run;
use crate::choice::SpikeReading;

/// What a node puts out in its turn.
#[derive(Clone, Debug)]
pub(super) struct Emission {
    pub(super) node: usize,
    pub(super) channel: u32,
    pub(super) what: What,
}

/// What is put out.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// So many spikes.
    Spikes(u32),
    /// A change of a continuous output.
    Change(Kind),
}

impl Run {
    /// Lets a group act until nothing waits at any of its members. `rounds` have gone before.
    pub(super) fn settle(
        &mut self,
        plan: &Plan,
        group: usize,
        mut rounds: usize,
    ) -> Result<(), RunError> {
        let members = &plan.groups[group].members;
        let mut emissions = Vec::new();
        while members.iter().any(|&node| !self.inboxes[node].is_empty()) {
            if rounds >= plan.options.max_rounds {
                let nodes = members.iter().map(|&node| plan.nodes[node].name.clone()).collect();
                return Err(RunError::Avalanche { time: self.time, nodes, rounds });
            }
            for &node in members {
                self.turn(plan, node, &mut emissions);
            }
            for emission in emissions.drain(..) {
                self.emit(plan, emission);
            }
            rounds += 1;
        }
        self.agenda.remove(&group);
        Ok(())
    }

    fn emit(&mut self, plan: &Plan, emission: Emission) {
        let Emission { node, channel, what } = emission;
        match what {
            What::Spikes(count) => {
                self.counts.spikes += u64::from(count);
                let event = Event { time: self.time, node, channel: channel as usize, value: 1.0 };
                self.events.extend((0..count).map(|_| event));
                self.send_spikes(plan, node, channel, f64::from(count));
            }
            What::Change(kind) => self.spread(plan, node, vec![(channel, 1.0)], &kind),
        }
    }

    /// Sends spikes on their way, and the ends of their pulses into the future.
    pub(super) fn send_spikes(&mut self, plan: &Plan, node: usize, channel: u32, count: f64) {
        if let SpikeReading::Pulse { width } = plan.options.spike
            && !plan.nodes[node].targets.is_empty()
        {
            let pulse = Pulse { end: self.time + width, node, channel, amount: count };
            self.queue.pulses.push_back(pulse);
        }
        self.spread(plan, node, vec![(channel, count)], &Kind::Spike);
    }

    /// Carries a signal from a node's output through everything that passes it on at once, and
    /// leaves it where it waits for a node's turn.
    pub(super) fn spread(&mut self, plan: &Plan, node: usize, amounts: Vec<Amount>, kind: &Kind) {
        let mut open = vec![(node, amounts)];
        while let Some((node, amounts)) = open.pop() {
            for &target in &plan.nodes[node].targets {
                let passed = self.arrive(plan, target, &amounts, kind);
                if !passed.is_empty() {
                    open.push((target, passed));
                }
            }
        }
    }

    /// Takes a signal in at a node; gives what leaves the node at once.
    fn arrive(&mut self, plan: &Plan, at: usize, amounts: &[Amount], kind: &Kind) -> Vec<Amount> {
        let node = &plan.nodes[at];
        match &node.role {
            Role::Map(map) => {
                let mut out = Vec::new();
                map.apply(amounts, node.outputs, &mut self.scratch, &mut out);
                out
            }
            Role::Output => {
                if *kind == Kind::Spike {
                    let (time, node) = (self.time, at);
                    let event = |&(channel, value): &Amount| Event {
                        time,
                        node,
                        channel: channel as usize,
                        value,
                    };
                    self.events.extend(amounts.iter().map(event));
                }
                if node.targets.is_empty() { Vec::new() } else { amounts.to_vec() }
            }
            Role::Delay(delays) => {
                let is_at_once = |&&(channel, _): &&Amount| *delays.at(channel as usize) == 0.0;
                let later: Vec<Amount> =
                    amounts.iter().filter(|amount| !is_at_once(amount)).copied().collect();
                self.leave(plan, at, &later, kind);
                amounts.iter().filter(is_at_once).copied().collect()
            }
            Role::Cells(_) | Role::Neurons(_) | Role::Threshold(_) => {
                self.leave(plan, at, amounts, kind);
                Vec::new()
            }
        }
    }

    /// Leaves a signal for a node's turn.
    fn leave(&mut self, plan: &Plan, node: usize, amounts: &[Amount], kind: &Kind) {
        if amounts.is_empty() {
            return;
        }
        if self.inboxes[node].is_empty() {
            self.agenda.insert(plan.group_of[node]);
        }
        self.inboxes[node].deliver(amounts, kind);
    }
}
