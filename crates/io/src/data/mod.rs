//! `NIRData`: recordings and stimuli in HDF5, as the reference's `read_data` and `write_data` have
//! them.
//!
//! ```text
//! /                                     __type__ = "NIRGraphData"
//! /nodes/<name>                         __type__ = "NIRNodeData", or "NIRGraphData" again
//! /nodes/<name>/observables/<what>      __type__ = "TimeGriddedData", dt
//!                              /data    (samples, steps, neurons)
//! /nodes/<name>/observables/<what>      __type__ = "EventData", n_neurons, t_max
//!                              /idx     (samples, events), -1 where there is no event
//!                              /time    (samples, events), seconds, inf where there is no event
//!                              /value   (samples, events), only of "ValuedEventData"
//! ```

mod order;
mod read;
mod write;

use std::ops::Range;

use indexmap::IndexMap;
use nirkit_numerics::{Tensor, TensorError};

pub use read::{read_data, read_data_bytes};
pub use write::{data_to_bytes, write_data};

/// The attribute that names the kind of a group.
const TYPE: &str = "__type__";

/// The data of the nodes of a graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GraphData {
    /// The nodes by name, in the order of the file.
    pub nodes: IndexMap<String, Member>,
    /// Places of the file that the format does not have: groups, arrays, and attributes as `place@name`. They are told and
    /// not written. Empty in nested graphs.
    pub unread: Vec<String>,
}

/// The data of one node.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// An ordinary node.
    Node(NodeData),
    /// A nested graph.
    Graph(GraphData),
}

/// What was observed at one node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeData {
    /// The observables by name: `spikes`, `v`.
    pub observables: IndexMap<String, Observable>,
}

/// One observable over time.
#[derive(Clone, Debug, PartialEq)]
pub enum Observable {
    /// A value for each step of time.
    Gridded(TimeGriddedData),
    /// Events at their own times.
    Events(EventData),
}

/// Values on a grid of time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeGriddedData {
    /// Values of shape (samples, steps, neurons); truth values for spikes.
    pub data: Tensor,
    /// Time between two steps, in seconds.
    pub dt: f64,
}

/// Events at their own times, with or without a value each.
#[derive(Clone, Debug, PartialEq)]
pub struct EventData {
    /// Numbers of the neurons, of shape (samples, events), or (events) for one sample; -1 where there is no event.
    pub idx: Tensor,
    /// Times in seconds, of the shape of `idx`; infinity where there is no event.
    pub time: Tensor,
    /// Values of the events, of the shape of `idx`, if they have any.
    pub value: Option<Tensor>,
    /// Number of neurons, with and without events.
    pub n_neurons: u64,
    /// Time at which the recording ends, in seconds.
    pub t_max: f64,
}

/// One event: when, and at which neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Time in seconds.
    pub time: f64,
    /// Number of the neuron in C order.
    pub neuron: usize,
}

impl EventData {
    /// Events without values, a list for each sample. Shorter lists are filled up.
    pub fn of_samples(
        samples: &[Vec<Event>],
        n_neurons: u64,
        t_max: f64,
    ) -> Result<Self, TensorError> {
        let events = samples.iter().map(Vec::len).max().unwrap_or(0);
        let shape = [samples.len(), events];
        let mut idx = Vec::with_capacity(samples.len() * events);
        let mut time = Vec::with_capacity(samples.len() * events);
        for sample in samples {
            let missing = events - sample.len();
            idx.extend(sample.iter().map(|event| event.neuron as i64));
            idx.extend(std::iter::repeat_n(-1, missing));
            time.extend(sample.iter().map(|event| event.time));
            time.extend(std::iter::repeat_n(f64::INFINITY, missing));
        }
        let (idx, time) = (Tensor::new(&shape, idx)?, Tensor::new(&shape, time)?);
        Ok(Self { idx, time, value: None, n_neurons, t_max })
    }

    /// Number of samples.
    #[must_use]
    pub fn samples(&self) -> usize {
        match self.idx.shape() {
            [_] => 1,
            shape => shape.first().copied().unwrap_or(0),
        }
    }

    /// The events of one sample in the order of the file, without those that fill up. `None` when
    /// there is no such sample, or numbers and times are not numbers of neurons and times.
    #[must_use]
    pub fn sample(&self, sample: usize) -> Option<Vec<Event>> {
        Some(self.valued_sample(sample)?.into_iter().map(|(event, _)| event).collect())
    }

    /// The same as [`Self::sample`], each event with its value; 1 where events have no values.
    #[must_use]
    pub fn valued_sample(&self, sample: usize) -> Option<Vec<(Event, f64)>> {
        self.valued(sample..sample.checked_add(1)?)?.pop()
    }

    /// The events of all samples, each with its value; `None` as for [`Self::sample`].
    #[must_use]
    pub fn valued_samples(&self) -> Option<Vec<Vec<(Event, f64)>>> {
        self.valued(0..self.samples())
    }

    fn valued(&self, samples: Range<usize>) -> Option<Vec<Vec<(Event, f64)>>> {
        let ([events] | [_, events]) = *self.idx.shape() else { return None };
        let (idx, time) = (self.idx.to_i64()?, self.time.to_decimals()?);
        let values = match &self.value {
            Some(values) => Some(values.to_f64()?),
            None => None,
        };
        let of_sample = |sample: usize| {
            let range = sample.checked_mul(events)?..sample.checked_add(1)?.checked_mul(events)?;
            let values = match &values {
                Some(values) => Some(values.get(range.clone())?),
                None => None,
            };
            let pairs = idx.get(range.clone())?.iter().zip(time.get(range)?).enumerate();
            let real = pairs.filter(|(_, (neuron, _))| **neuron != -1);
            let event = |(index, (&neuron, &time)): (usize, (&i64, &f64))| {
                let value = values.map_or(Some(1.0), |values| values.get(index).copied())?;
                Some((Event { time, neuron: usize::try_from(neuron).ok()? }, value))
            };
            real.map(event).collect()
        };
        samples.map(of_sample).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_on_one_axis_are_those_of_one_sample() {
        let events = EventData {
            idx: Tensor::vector(vec![0_i64, 1, -1]),
            time: Tensor::vector(vec![0.1, 0.2, f64::INFINITY]),
            value: None,
            n_neurons: 2,
            t_max: 1.0,
        };
        assert_eq!(events.samples(), 1);
        let times: Vec<f64> = events.sample(0).unwrap().iter().map(|event| event.time).collect();
        assert_eq!(times, [0.1, 0.2]);
        assert_eq!(events.sample(1), None);
    }
}
