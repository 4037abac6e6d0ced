//! What is kept of the signals while a program plays: the plan of its arena.

use super::super::real::Real;
use super::super::sweep::{Numbers, Plan};
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
    /// For each station the one whose sums it takes tile by tile; both are positions.
    pub(super) fed_by: Vec<Option<usize>>,
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
                    if layer.uniform_height().is_some() && !asked_for[station.leaf] {
                        plan.numbers = Numbers::Nothing;
                    }
                }
                Kind::Map(map) => {
                    plan.marks = map.makes_marks() && seen_by_events(net, &stands_in, station.leaf);
                }
                _ => {}
            }
        }
        for (leaf, &other) in stands_in.iter().enumerate().filter(|(leaf, other)| leaf != *other) {
            plans[leaf] = Plan::nothing(plans[other].width);
        }
        let mut signals =
            Self { plans, stands_in, asked_for, fed_by: vec![None; net.stations.len()] };
        for (at, station) in net.stations.iter().enumerate() {
            if let Some(source) = signals.private_source(net, station, subjects) {
                signals.lay_side_by_side(net, station, &net.stations[source], subjects);
                signals.take_in_tiles(net, at, source);
            }
        }
        signals
    }

    /// The map that leads to a layer, if only this layer sees what leaves it: the position of its
    /// station.
    fn private_source<T: Real>(
        &self,
        net: &Net<T>,
        station: &Station<T>,
        subjects: &[&Subject],
    ) -> Option<usize> {
        let (Kind::Layer(_), [tap]) = (&station.kind, station.taps.as_slice()) else { return None };
        let source = self.stands_in[tap.source];
        let at = net.stations.iter().position(|station| station.leaf == source)?;
        let taps = net.stations.iter().flat_map(|station| &station.taps);
        let seen = taps.filter(|tap| self.stands_in[tap.source] == source).count();
        let passed_on = self.stands_in.iter().filter(|&&leaf| leaf == source).count();
        let is_asked_for = subjects.iter().any(|subject| self.stands_in[subject.leaf] == source);
        let is_private = seen == 1 && passed_on == 1 && tap.later.is_none() && !is_asked_for;
        (is_private && matches!(net.stations[at].kind, Kind::Map(_))).then_some(at)
    }

    /// Leaves the sums of a convolution as they are made, the channels of a pixel side by side, where
    /// only a layer sees them whose neurons are all alike and of which only spikes are seen.
    fn lay_side_by_side<T: Real>(
        &mut self,
        net: &Net<T>,
        station: &Station<T>,
        source: &Station<T>,
        subjects: &[&Subject],
    ) {
        let (Kind::Layer(layer), Kind::Map(map)) = (&station.kind, &source.kind) else { return };
        let Some(channels) = map.side_by_side() else { return };
        let by_events = net.stations.iter().all(|target| {
            !target.taps.iter().any(|tap| self.stands_in[tap.source] == station.leaf)
                || self.stands_in[target.leaf] != target.leaf
                || !wants_numbers(target)
        });
        let is_looked_at = subjects.iter().any(|subject| {
            self.stands_in[subject.leaf] == station.leaf && !is_read_from_marks(station, subject)
        });
        if layer.is_uniform() && layer.firing.is_some() && by_events && !is_looked_at {
            self.plans[source.leaf].side_by_side = channels;
            self.plans[station.leaf].side_by_side = channels;
        }
    }

    /// Lets a layer take the sums of a matrix tile by tile, as they are made, where neither is stepped.
    fn take_in_tiles<T: Real>(&mut self, net: &Net<T>, at: usize, source: usize) {
        let is_stepped = |at| net.stages.iter().any(|s| s.stepped && s.members.contains(&at));
        let Kind::Map(map) = &net.stations[source].kind else { return };
        if map.tiles() > 1 && !is_stepped(at) && !is_stepped(source) {
            self.plans[net.stations[source].leaf].numbers = Numbers::Tile;
            self.fed_by[at] = Some(source);
        }
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

/// Whether the spikes that a subject asks for are what a station puts out.
pub(super) fn is_read_from_output<T: Real>(station: &Station<T>, subject: &Subject) -> bool {
    let Kind::Layer(layer) = &station.kind else { return false };
    station.leaf == subject.leaf
        && subject.request.observable == Observable::Spikes
        && layer.firing.is_some()
        && layer.height == T::ONE
}

/// Whether they are the marks of its table.
fn is_read_from_marks<T: Real>(station: &Station<T>, subject: &Subject) -> bool {
    let Kind::Layer(layer) = &station.kind else { return false };
    is_read_from_output(station, subject) && layer.uniform_height().is_some()
}

/// Whether a station needs the numbers of its sources.
fn wants_numbers<T: Real>(station: &Station<T>) -> bool {
    match &station.kind {
        Kind::Map(map) => station.taps.len() != 1 || !map.takes_events(),
        _ => true,
    }
}

/// Whether some station sees what leaves another one by its events alone.
fn seen_by_events<T: Real>(net: &Net<T>, stands_in: &[usize], source: usize) -> bool {
    let looks = |station: &&Station<T>| stands_in[station.leaf] == station.leaf;
    let sees = |station: &&Station<T>| station.taps.iter().any(|t| stands_in[t.source] == source);
    net.stations.iter().filter(looks).filter(sees).any(|station| !wants_numbers(station))
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
