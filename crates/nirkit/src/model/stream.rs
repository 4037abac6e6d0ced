//! Spikes and voltages of a run in continuous time, taken while it goes on.

use std::collections::BTreeMap;
use std::io;

use nirkit_exact::{Event, Probe, Program, Recorder};
use nirkit_io::array;
use nirkit_io::data::Event as DataEvent;
use nirkit_io::spikes_csv::SpikesCsv;
use nirkit_ir::Facts;
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request};

use super::{Outcome, Task};
use crate::error::Error;
use crate::recording::{Batch, Train};
use crate::{bounds, doubt};

/// Takes what a run gives to where it belongs.
pub(super) struct Sink {
    tracks: Vec<NodeSpikes>,
    /// Positions of the tracks that want the spikes of a node.
    of_node: BTreeMap<usize, Vec<usize>>,
    traces: Vec<Trace>,
    times: Vec<f64>,
    taken: usize,
    keep: bool,
    /// Bytes that are kept, and how many may be.
    kept_bytes: u64,
    most_bytes: u64,
}

/// The spikes of one node.
struct NodeSpikes {
    name: String,
    channels: usize,
    sum: f64,
    table: Option<SpikesCsv>,
    kept: Vec<DataEvent>,
}

/// A voltage or current of one node, a row for each instant.
struct Trace {
    request: Request,
    node: usize,
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Sink {
    pub(super) fn new(program: &Program, facts: &Facts, task: &Task<'_>) -> Result<Self, Error> {
        let channels = |request: &&Request| {
            let node = position(program, facts, &request.node);
            let leaf = node.and_then(|node| facts.leaves().get(node));
            leaf.map_or(0, |leaf| leaf.output.iter().product::<usize>())
        };
        let traced =
            task.requests.iter().filter(|request| request.observable != Observable::Spikes);
        bounds::recording(traced.map(|r| channels(&r)), [task.times.len(), 1], task.limits)?;
        let mut times = task.times.clone();
        times.sort_by(f64::total_cmp);
        let mut sink = Self {
            tracks: Vec::new(),
            of_node: BTreeMap::new(),
            traces: Vec::new(),
            times,
            taken: 0,
            keep: !task.sums_only && task.folder.is_none(),
            kept_bytes: 0,
            most_bytes: task.limits.recording_bytes,
        };
        for request in task.requests {
            let Some(node) = position(program, facts, &request.node) else {
                return Err(Error::new(format!("there is no node `{}` to record", request.node)));
            };
            let shape = facts.leaves().get(node).map_or(Vec::new(), |leaf| leaf.output.clone());
            if request.observable == Observable::Spikes {
                sink.track(task, request, node, shape.iter().product())?;
            } else {
                sink.traces.push(Trace {
                    request: request.clone(),
                    node,
                    shape,
                    values: Vec::new(),
                });
            }
        }
        Ok(sink)
    }

    fn track(
        &mut self,
        task: &Task<'_>,
        request: &Request,
        node: usize,
        channels: usize,
    ) -> Result<(), Error> {
        let name = request.node.clone();
        let table = match task.folder {
            Some(folder) => Some(SpikesCsv::begin(folder.join(file_of(request)))?),
            None => None,
        };
        self.of_node.entry(node).or_default().push(self.tracks.len());
        self.tracks.push(NodeSpikes { name, channels, sum: 0.0, table, kept: Vec::new() });
        Ok(())
    }

    /// What was taken, of one sample.
    pub(super) fn finish(self, task: &Task<'_>) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        if let Some(folder) = task.folder {
            outcome.files = Batch::new(folder);
        }
        for track in self.tracks {
            outcome.sums.push((track.name.clone(), track.sum));
            match track.table {
                Some(table) => {
                    outcome.files.add(format!("{}.spikes.csv", track.name), table.stage()?);
                }
                None if self.keep => {
                    let times = track.kept.iter().map(|event| event.time).collect();
                    let channels = track.kept.iter().map(|event| event.neuron as i64).collect();
                    let train = Train { times, channels, outputs: track.channels };
                    outcome.events.push((track.name, vec![train]));
                }
                None => {}
            }
        }
        for trace in self.traces {
            let shape = [vec![self.taken], trace.shape].concat();
            let tensor =
                Tensor::new(&shape, trace.values).map_err(|error| Error::new(error.to_string()))?;
            let trace = (trace.request, tensor);
            outcome.notes.extend(doubt::not_finite([&trace]));
            match task.folder {
                Some(folder) => {
                    let (request, tensor) = trace;
                    let name = format!("{}.{}.npy", request.node, request.observable);
                    let file = array::stage_array(folder.join(&name), &tensor)?;
                    outcome.files.add(name, file);
                }
                None => outcome.arrays.push(trace),
            }
        }
        Ok(outcome)
    }
}

/// Position of the leaf of this name, or of the only Output of the nested graph of this name.
pub(crate) fn position(program: &Program, facts: &Facts, name: &str) -> Option<usize> {
    program.find(name).or_else(|| {
        let nested = facts.nested().iter().find(|nested| nested.name == name)?;
        nested.outputs.first().map(|id| id.index())
    })
}

fn file_of(request: &Request) -> String {
    format!("{}.{}.csv", request.node, request.observable)
}

/// The error of spikes that fill the memory.
fn too_many(most: u64) -> io::Error {
    io::Error::other(format!(
        "its spikes need more than the {most} bytes that the limit `recording_bytes` allows"
    ))
}

impl Recorder for Sink {
    fn spike(&mut self, event: Event) -> io::Result<()> {
        let Some(tracks) = self.of_node.get(&event.node) else { return Ok(()) };
        for &at in tracks {
            let Some(track) = self.tracks.get_mut(at) else { continue };
            track.sum += event.value;
            match &mut track.table {
                Some(table) => {
                    table.push(event.time, event.channel).map_err(io::Error::other)?;
                }
                None if self.keep => {
                    self.kept_bytes += size_of::<DataEvent>() as u64;
                    if self.kept_bytes > self.most_bytes {
                        return Err(too_many(self.most_bytes));
                    }
                    track.kept.push(DataEvent { time: event.time, neuron: event.channel });
                }
                None => {}
            }
        }
        Ok(())
    }

    fn next_sample(&self) -> Option<f64> {
        self.times.get(self.taken).copied()
    }

    fn sample(&mut self, probe: &Probe<'_>) -> io::Result<()> {
        self.taken += 1;
        for trace in &mut self.traces {
            probe.append(trace.node, trace.request.observable, &mut trace.values);
        }
        Ok(())
    }
}
