//! What is kept of the signals while a program plays: the plan of its arena.

use super::super::real::Real;
use super::super::sweep::Plan;
use super::layer::Layer;
use super::program::{Kind, Net, Station, Subject};
use crate::recording::Observable;

/// What is kept of what leaves each leaf.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    /// A table for each leaf.
    pub(super) plans: Vec<Plan>,
    /// The leaf in whose table the output of a leaf stands: another one's if nothing changes on the
    /// way.
    pub(super) stands_in: Vec<usize>,
    /// Whether anybody asks for the numbers of a leaf and not for its events.
    pub(super) asked_for: Vec<bool>,
}

impl Signals {
    /// The plan for a network of which these subjects are recorded.
    pub(super) fn new<T: Real>(net: &Net<T>, subjects: &[&Subject]) -> Self {
        let stands_in = stands_in(net);
        let asked_for = asked_for(net, &stands_in, subjects);
        let plan = |rest: &Vec<T>| Plan::numbers(rest.len());
        let mut plans: Vec<Plan> = net.rest.iter().map(plan).collect();
        for station in &net.stations {
            let plan = &mut plans[station.leaf];
            match &station.kind {
                Kind::Entry(_) => plan.marks = true,
                Kind::Layer(layer) if layer.firing.is_some() => {
                    plan.marks = true;
                    plan.numbers = layer.uniform_height().is_none() || asked_for[station.leaf];
                }
                _ => {}
            }
        }
        for station in &net.stations {
            lay_side_by_side(net, station, &stands_in, subjects, &mut plans);
        }
        for (leaf, &other) in stands_in.iter().enumerate().filter(|(leaf, other)| leaf != *other) {
            plans[leaf] =
                Plan { width: plans[other].width, numbers: false, marks: false, side_by_side: 0 };
        }
        Self { plans, stands_in, asked_for }
    }
}

/// For each leaf whether a station or a subject needs its numbers.
fn asked_for<T: Real>(net: &Net<T>, stands_in: &[usize], subjects: &[&Subject]) -> Vec<bool> {
    let mut asked_for = vec![false; stands_in.len()];
    let passes_on = |station: &Station<T>| stands_in[station.leaf] != station.leaf;
    let wanting = |station: &&Station<T>| wants_numbers(station) && !passes_on(station);
    for tap in net.stations.iter().filter(wanting).flat_map(|station| &station.taps) {
        asked_for[stands_in[tap.source]] = true;
    }
    for subject in subjects {
        if !net.stations.iter().any(|station| is_read_from_marks(station, subject)) {
            asked_for[stands_in[subject.leaf]] = true;
        }
    }
    asked_for
}

/// Leaves the sums of a convolution as they are made, the channels of a pixel side by side, where only
/// a layer sees them whose neurons are all alike and of which only spikes are seen.
fn lay_side_by_side<T: Real>(
    net: &Net<T>,
    station: &Station<T>,
    stands_in: &[usize],
    subjects: &[&Subject],
    plans: &mut [Plan],
) {
    let (Kind::Layer(layer), [tap]) = (&station.kind, station.taps.as_slice()) else { return };
    let source = stands_in[tap.source];
    let Some(conv) = net.stations.iter().find(|station| station.leaf == source) else { return };
    let Kind::Map(map) = &conv.kind else { return };
    let Some(channels) = map.side_by_side() else { return };
    let seen_by = |leaf: usize| {
        let taps = |station: &Station<T>| {
            station.taps.iter().filter(|tap| stands_in[tap.source] == leaf).count()
        };
        net.stations.iter().map(taps).sum::<usize>()
    };
    let passed_on = (0..stands_in.len()).filter(|&leaf| stands_in[leaf] == source).count();
    let is_private = passed_on == 1 && seen_by(source) == 1 && tap.later.is_none();
    let by_events = net.stations.iter().all(|target| {
        !target.taps.iter().any(|tap| stands_in[tap.source] == station.leaf)
            || stands_in[target.leaf] != target.leaf
            || !wants_numbers(target)
    });
    let is_looked_at = subjects.iter().any(|subject| {
        stands_in[subject.leaf] == source
            || stands_in[subject.leaf] == station.leaf && !is_read_from_marks(station, subject)
    });
    let can = layer.is_uniform() && layer.firing.is_some();
    if can && is_private && by_events && !is_looked_at {
        plans[source].side_by_side = channels;
        plans[station.leaf].side_by_side = channels;
    }
}

/// Whether the spikes that a subject asks for are the marks of a station's table.
pub(super) fn is_read_from_marks<T: Real>(station: &Station<T>, subject: &Subject) -> bool {
    let Kind::Layer(layer) = &station.kind else { return false };
    station.leaf == subject.leaf
        && subject.request.observable == Observable::Spikes
        && layer.uniform_height() == Some(T::ONE)
}

/// Whether a station needs the numbers of its sources.
fn wants_numbers<T: Real>(station: &Station<T>) -> bool {
    match &station.kind {
        Kind::Map(map) => station.taps.len() != 1 || !map.takes_events(),
        _ => true,
    }
}

/// For each leaf the one in whose table its output stands.
fn stands_in<T: Real>(net: &Net<T>) -> Vec<usize> {
    let mut stands_in: Vec<usize> = (0..net.rest.len()).collect();
    for station in &net.stations {
        if let (Kind::Map(map), [tap]) = (&station.kind, station.taps.as_slice())
            && map.changes_nothing()
            && tap.later.is_none()
            // Rows of the step before the first are read as well.
            && net.rest[tap.source] == net.rest[station.leaf]
        {
            stands_in[station.leaf] = stands_in[tap.source];
        }
    }
    stands_in
}

impl<T: Real> Layer<T> {
    /// The number that every spike of the layer has where it leaves, if there is one.
    pub(super) fn uniform_height(&self) -> Option<T> {
        let firing = self.firing.as_ref()?;
        firing.is_single().then_some(self.height)
    }
}
