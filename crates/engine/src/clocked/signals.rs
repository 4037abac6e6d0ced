//! What is kept of the signals while blocks of steps are taken: the plan of their buffer pool.

use super::net::{Net, PlannedNode};
use super::node::Leaving;
use super::real::Real;
use super::record::Subject;
use super::time_block::{Numbers, Plan};

/// What is kept in each slot.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    /// A table for each slot.
    pub(super) plans: Vec<Plan>,
    /// The slot in whose table the numbers of a slot stand: another one's if nothing changes on the
    /// way.
    pub(super) alias_of: Vec<usize>,
}

impl Signals {
    /// The plan for a network of which these subjects are recorded.
    pub(super) fn new<'a, T: Real>(
        net: &Net<T>,
        subjects: impl Iterator<Item = &'a Subject>,
    ) -> Self {
        let alias_of = alias_of(net);
        let mut plans: Vec<Plan> = net.slots.iter().map(|slot| Plan::numbers(slot.width)).collect();
        for planned_node in &net.planned_nodes {
            let is_entry = planned_node.node.is_none();
            let spikes =
                planned_node.node.as_ref().is_some_and(|node| node.leaving() == Leaving::Spikes);
            for slot in planned_node.slots.into_iter().flatten() {
                plans[slot].bitmask = is_entry || spikes;
                if spikes {
                    plans[slot].numbers = Numbers::Nothing;
                }
            }
        }
        for planned_node in net.planned_nodes.iter().filter(|planned_node| !passes_on(planned_node))
        {
            for reads in
                planned_node.reads.iter().filter(|reads| wants_numbers(planned_node, reads.len()))
            {
                for read in reads {
                    plans[alias_of[read.slot]].numbers = Numbers::Rows;
                }
            }
        }
        for subject in subjects {
            if let Subject::Output([Some(a), Some(b)]) = subject {
                for slot in [a, b] {
                    plans[alias_of[*slot]].numbers = Numbers::Rows;
                }
            }
        }
        for (slot, &other) in alias_of.iter().enumerate().filter(|(slot, other)| slot != *other) {
            plans[slot] = Plan::nothing(plans[other].width);
        }
        Self { plans, alias_of }
    }
}

/// Whether a planned node needs the numbers of its sources on a part.
fn wants_numbers<T: Real>(planned_node: &PlannedNode<T>, reads: usize) -> bool {
    planned_node.node.as_ref().is_some_and(|node| reads != 1 || !node.takes_events())
}

/// For each slot the one in whose table its numbers stand.
fn alias_of<T: Real>(net: &Net<T>) -> Vec<usize> {
    let mut alias_of: Vec<usize> = (0..net.slots.len()).collect();
    for planned_node in net.order.iter().map(|&leaf| &net.planned_nodes[leaf]) {
        if !passes_on(planned_node) {
            continue;
        }
        for (slot, reads) in planned_node.slots.iter().zip(&planned_node.reads) {
            if let (Some(slot), [read]) = (slot, reads.as_slice()) {
                alias_of[*slot] = alias_of[read.slot];
            }
        }
    }
    alias_of
}

/// Whether what leaves a planned node is what one source puts out in the same step.
pub(super) fn passes_on<T: Real>(planned_node: &PlannedNode<T>) -> bool {
    let parts =
        || planned_node.slots.iter().zip(&planned_node.reads).filter(|(slot, _)| slot.is_some());
    let one_source = |reads: &[super::net::Read]| matches!(reads, [read] if !read.is_delayed);
    planned_node.node.as_ref().is_some_and(|node| node.leaving() == Leaving::Arriving)
        && parts().all(|(_, reads)| one_source(reads))
}
