//! Two programs in step.

use std::collections::BTreeMap;

use nirkit_engine::clocked::Recording;
use nirkit_engine::clocked::semantics::{Frames, Moment, Program, Run};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, interrupt};

use super::measure::{Difference, Meter};
use super::{CompareError, Setup};

/// The first difference of two runs.
#[derive(Clone, Debug, PartialEq)]
pub struct First {
    /// The step, counted from 0.
    pub step: usize,
    /// Full name of the node.
    pub node: String,
    /// The neuron, in C order.
    pub neuron: usize,
    /// The neuron in both runs, in this step.
    pub moments: [Option<Moment>; 2],
}

/// Takes both programs through the stimulus.
pub(super) fn compare(
    setup: &Setup<'_>,
    a: &Program,
    b: &Program,
) -> Result<Difference, CompareError> {
    let mut pair = Pair::new(setup, a, b)?;
    for step in interrupt::wanted(0..setup.steps) {
        pair.step(step);
    }
    Ok(pair.finish())
}

/// How far apart two recordings are, node by node for the spikes that both hold; for runs of other
/// engines, of which nothing else is known. Arrays have the shape (T, *shape).
#[must_use]
pub fn compare_recordings(a: &Recording, b: &Recording, memory: f64) -> Difference {
    let (mut nodes, mut earliest): (Vec<_>, Option<First>) = (Vec::new(), None);
    let others: BTreeMap<&Request, &Tensor> =
        b.arrays.iter().map(|(request, array)| (request, array)).collect();
    for (request, array) in &a.arrays {
        let both = others.get(request).map(|other| [array, *other]);
        let Some([a, b]) = both.filter(|_| request.observable == Observable::Spikes) else {
            continue;
        };
        let steps = a.shape().first().copied().unwrap_or(0);
        let neurons = a.len().checked_div(steps).unwrap_or(0).max(1);
        let (Some(a), Some(b)) = (a.to_f64(), b.to_f64()) else { continue };
        let mut meter = Meter::new(neurons, memory);
        let mut first = None;
        let rows = a.chunks(neurons).zip(b.chunks(neurons));
        for (step, (a, b)) in interrupt::wanted(0..steps).zip(rows) {
            if let Some(neuron) = meter.take(a, b) {
                let node = request.node.clone();
                first.get_or_insert(First { step, node, neuron, moments: [None, None] });
            }
        }
        let is_earlier = |found: &First| earliest.as_ref().is_none_or(|e| found.step < e.step);
        if let Some(found) = first.as_ref().filter(|found| is_earlier(found)) {
            earliest = Some(found.clone());
        }
        nodes.push(meter.finish(request.node.clone(), first));
    }
    nodes.sort_by(|a, b| a.node.cmp(&b.node));
    Difference { nodes, first: earliest }
}

/// Two runs in step.
struct Pair<'a> {
    programs: [&'a Program; 2],
    runs: [Run; 2],
    frames: [Frames<'a>; 2],
    /// The nodes that spike in both, in the order of execution of the first.
    watched: Vec<(Request, Meter, Option<First>)>,
    first: Option<First>,
}

impl<'a> Pair<'a> {
    fn new(setup: &Setup<'a>, a: &'a Program, b: &'a Program) -> Result<Self, CompareError> {
        let frames = [Frames::new(a, setup.stimulus)?, Frames::new(b, setup.stimulus)?];
        let runs = [a.start(), b.start()];
        let mut spiking = b.requests();
        spiking.sort();
        let wanted = |node: &String| {
            let request = Request { node: node.clone(), observable: Observable::Spikes };
            let numbers = runs[0].observe(a, &request)?;
            spiking
                .binary_search(&request)
                .is_ok()
                .then(|| (request, Meter::new(numbers.len(), setup.memory)))
        };
        let watched = a.order().iter().filter_map(wanted);
        let watched = watched.map(|(request, meter)| (request, meter, None)).collect();
        Ok(Self { programs: [a, b], runs, frames, watched, first: None })
    }

    fn step(&mut self, step: usize) {
        for (run, frames) in self.runs.iter_mut().zip(&mut self.frames) {
            run.step(frames.at(step));
        }
        for (request, meter, first) in &mut self.watched {
            let [a, b] = [0, 1].map(|side| {
                self.runs[side].observe(self.programs[side], request).unwrap_or_default()
            });
            let Some(neuron) = meter.take(&a, &b).filter(|_| first.is_none()) else { continue };
            let moment =
                |side: usize| self.runs[side].moment(self.programs[side], &request.node, neuron);
            let found =
                First { step, node: request.node.clone(), neuron, moments: [0, 1].map(moment) };
            *first = Some(found.clone());
            self.first.get_or_insert(found);
        }
    }

    fn finish(self) -> Difference {
        let measured = self.watched.into_iter();
        let mut nodes: Vec<_> =
            measured.map(|(request, meter, first)| meter.finish(request.node, first)).collect();
        nodes.sort_by(|a, b| a.node.cmp(&b.node));
        Difference { nodes, first: self.first }
    }
}
