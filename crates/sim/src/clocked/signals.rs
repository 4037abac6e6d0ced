//! What is kept of the signals while blocks of steps are taken: the plan of their arena.

use super::net::{Net, Station};
use super::node::Leaving;
use super::real::Real;
use super::record::Subject;
use super::sweep::{Numbers, Plan};

/// What is kept in each slot.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    /// A table for each slot.
    pub(super) plans: Vec<Plan>,
    /// The slot in whose table the numbers of a slot stand: another one's if nothing changes on the
    /// way.
    pub(super) stands_in: Vec<usize>,
}

impl Signals {
    /// The plan for a network of which these subjects are recorded.
    pub(super) fn new<'a, T: Real>(
        net: &Net<T>,
        subjects: impl Iterator<Item = &'a Subject>,
    ) -> Self {
        let stands_in = stands_in(net);
        let mut plans: Vec<Plan> = net.slots.iter().map(|slot| Plan::numbers(slot.width)).collect();
        for station in &net.stations {
            let is_entry = station.node.is_none();
            let spikes =
                station.node.as_ref().is_some_and(|node| node.leaving() == Leaving::Spikes);
            for slot in station.slots.into_iter().flatten() {
                plans[slot].marks = is_entry || spikes;
                if spikes {
                    plans[slot].numbers = Numbers::Nothing;
                }
            }
        }
        for station in net.stations.iter().filter(|station| !passes_on(station)) {
            for reads in station.reads.iter().filter(|reads| wants_numbers(station, reads.len())) {
                for read in reads {
                    plans[stands_in[read.slot]].numbers = Numbers::Rows;
                }
            }
        }
        for subject in subjects {
            if let Subject::Output([Some(a), Some(b)]) = subject {
                for slot in [a, b] {
                    plans[stands_in[*slot]].numbers = Numbers::Rows;
                }
            }
        }
        for (slot, &other) in stands_in.iter().enumerate().filter(|(slot, other)| slot != *other) {
            plans[slot] = Plan::nothing(plans[other].width);
        }
        Self { plans, stands_in }
    }
}

/// Whether a station needs the numbers of its sources on a lane.
fn wants_numbers<T: Real>(station: &Station<T>, reads: usize) -> bool {
    station.node.as_ref().is_some_and(|node| reads != 1 || !node.takes_events())
}

/// For each slot the one in whose table its numbers stand.
fn stands_in<T: Real>(net: &Net<T>) -> Vec<usize> {
    let mut stands_in: Vec<usize> = (0..net.slots.len()).collect();
    for station in net.order.iter().map(|&leaf| &net.stations[leaf]) {
        if !passes_on(station) {
            continue;
        }
        for (slot, reads) in station.slots.iter().zip(&station.reads) {
            if let (Some(slot), [read]) = (slot, reads.as_slice()) {
                stands_in[*slot] = stands_in[read.slot];
            }
        }
    }
    stands_in
}

/// Whether what leaves a station is what one source puts out in the same step.
pub(super) fn passes_on<T: Real>(station: &Station<T>) -> bool {
    let lanes = || station.slots.iter().zip(&station.reads).filter(|(slot, _)| slot.is_some());
    let one_source = |reads: &[super::net::Read]| matches!(reads, [read] if !read.late);
    station.node.as_ref().is_some_and(|node| node.leaving() == Leaving::Arriving)
        && lanes().all(|(_, reads)| one_source(reads))
}
