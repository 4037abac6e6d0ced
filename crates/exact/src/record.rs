//! Who takes what a run gives.

use std::io;

use super::program::Role;
use super::run::Run;
use nirkit_run::recording::Observable;

/// A spike of a node, or one that leaves through an Output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Time in seconds.
    pub time: f64,
    /// Position of the node's leaf in the facts.
    pub node: usize,
    /// Channel in C order.
    pub channel: usize,
    /// 1 for a neuron's spike; at an Output, the weight with which spikes arrive.
    pub value: f64,
}

/// Takes spikes as they happen and samples when it asks for them.
///
/// Spikes come in order of time, and at one instant in order of node and channel. A neuron that
/// spikes several times at one instant gives several events.
pub trait Recorder {
    /// Takes a spike.
    fn spike(&mut self, event: Event) -> io::Result<()>;

    /// The next instant in seconds at which it wants to look at states; it must not go back.
    fn next_sample(&self) -> Option<f64> {
        None
    }

    /// Looks at states at that instant, after everything that happens there.
    fn sample(&mut self, probe: &Probe<'_>) -> io::Result<()> {
        let _ = probe;
        Ok(())
    }
}

/// The state of a run at an instant. Looking changes nothing.
#[derive(Debug)]
pub struct Probe<'a> {
    pub(super) run: &'a Run,
    pub(super) time: f64,
}

impl Probe<'_> {
    /// The instant in seconds.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Appends `v` or `isyn` of all channels of a node in C order; false if it has no such thing.
    pub fn append(&self, node: usize, observable: Observable, out: &mut Vec<f64>) -> bool {
        let plan = &self.run.program().0;
        if observable == Observable::Spikes
            || !self.run.program().observables(node).contains(&observable)
        {
            return false;
        }
        let Some(node) = plan.nodes.get(node) else { return false };
        for channel in 0..node.inputs {
            let cell = match &node.role {
                Role::Cells(cells) => cells.at(channel),
                Role::Neurons(neurons) => &neurons.at(channel).0,
                Role::Map(_) | Role::Output | Role::Delay(_) | Role::Threshold(_) => return false,
            };
            let (v, i) = self.run.look(cell, node.first + channel, self.time);
            out.push(if observable == Observable::V { v } else { i });
        }
        true
    }
}

/// A recorder that keeps everything in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// All spikes, in order.
    pub events: Vec<Event>,
    /// What is sampled: node and observable, with one row of channels for each sample that was
    /// taken.
    pub traces: Vec<Trace>,
    times: Vec<f64>,
    taken: usize,
}

/// Samples of one observable of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Position of the node's leaf in the facts.
    pub node: usize,
    /// What is sampled.
    pub observable: Observable,
    /// The samples, row after row.
    pub values: Vec<f64>,
}

impl Recording {
    /// A recorder that samples these observables of these nodes at these times (seconds, ascending).
    #[must_use]
    pub fn sampling(times: Vec<f64>, what: impl IntoIterator<Item = (usize, Observable)>) -> Self {
        let trace = |(node, observable)| Trace { node, observable, values: Vec::new() };
        let traces = what.into_iter().map(trace).collect();
        Self { events: Vec::new(), traces, times, taken: 0 }
    }

    /// Times and channels of a node's spikes.
    pub fn spikes(&self, node: usize) -> impl Iterator<Item = (f64, usize)> + '_ {
        let of_node = self.events.iter().filter(move |event| event.node == node);
        of_node.map(|event| (event.time, event.channel))
    }
}

impl Recorder for Recording {
    fn spike(&mut self, event: Event) -> io::Result<()> {
        self.events.push(event);
        Ok(())
    }

    fn next_sample(&self) -> Option<f64> {
        self.times.get(self.taken).copied()
    }

    fn sample(&mut self, probe: &Probe<'_>) -> io::Result<()> {
        self.taken += 1;
        for trace in &mut self.traces {
            probe.append(trace.node, trace.observable, &mut trace.values);
        }
        Ok(())
    }
}
