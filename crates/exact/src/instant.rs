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
use super::route::carry;
use super::run::Run;
use nirkit_run::choice::SpikeReading;

/// Spikes at one instant after which a run is given up. Where thresholds are subtracted, a few rounds
/// are enough to ask for more of them than there is memory.
pub(super) const MOST_SPIKES: u32 = 1_000_000;

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
                let nodes = names(plan, members);
                return Err(RunError::Avalanche { time: self.time, nodes, rounds });
            }
            for &node in members {
                self.turn(plan, node, &mut emissions);
            }
            let spikes = |emission: &Emission| match emission.what {
                What::Spikes(count) => u64::from(count),
                What::Change(_) => 0,
            };
            self.burst += emissions.iter().map(spikes).sum::<u64>();
            if self.burst > u64::from(MOST_SPIKES) {
                let nodes = names(plan, members);
                return Err(RunError::Burst { time: self.time, nodes, spikes: self.burst });
            }
            for emission in emissions.drain(..) {
                self.emit(plan, emission);
                self.hold_outputs(plan)?;
            }
            self.renew(plan);
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
            What::Change(kind) => self.spread(plan, node, &[(channel, 1.0)], &kind),
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
        self.spread(plan, node, &[(channel, count)], &Kind::Spike);
    }

    /// Carries a signal from a node's output through everything that passes it on at once, and
    /// leaves it where it waits for a node's turn.
    pub(super) fn spread(&mut self, plan: &Plan, node: usize, amounts: &[Amount], kind: &Kind) {
        let mut scratch = std::mem::take(&mut self.scratch);
        carry(&plan.nodes, &mut scratch, node, amounts, |target, amounts| {
            if !matches!(plan.nodes[target].role, Role::Output) {
                self.leave(plan, target, amounts, kind);
            } else if *kind == Kind::Spike {
                self.put_out(target, amounts);
            }
        });
        self.scratch = scratch;
    }

    /// Records spikes that arrive at an Output.
    fn put_out(&mut self, node: usize, amounts: &[Amount]) {
        let time = self.time;
        let event =
            |&(channel, value): &Amount| Event { time, node, channel: channel as usize, value };
        self.events.extend(amounts.iter().map(event));
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

fn names(plan: &Plan, nodes: &[usize]) -> Vec<String> {
    nodes.iter().map(|&node| plan.nodes[node].name.clone()).collect()
}
