//! Runs in continuous time: spikes streamed to files, voltages sampled.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use indexmap::IndexMap;
use nirkit_io::data::{
    Event as DataEvent, EventData, GraphData, Member, NodeData, Observable as DataObservable,
    write_data as write_graph_data,
};
use nirkit_io::spikes_csv::SpikesCsv;
use nirkit_io::{Compression, Limits, array};
use nirkit_ir::Facts;
use nirkit_numerics::Tensor;
use nirkit_sim::clocked::Recording;
use nirkit_sim::exact::{Event, Probe, Program, Recorder, Report, Run, RunError};
use nirkit_sim::{Observable, Request, Stimulus, interrupt};

use crate::batch::{divided, join, stacked};
use crate::bounds;
use crate::doubt;
use crate::error::Error;
use crate::recording::Batch;
use crate::watch::{Watch, stopped};

/// Parts into which a run is cut to say how far it is; stopping in between changes no bit.
pub const SLICES: u64 = 200;

/// What a run is to do.
#[derive(Debug)]
pub struct Job<'a> {
    /// The program.
    pub program: &'a Program,
    /// The facts of the graph that it was made of.
    pub facts: &'a Facts,
    /// What enters.
    pub stimulus: &'a Stimulus,
    /// How long to run, in seconds.
    pub duration: f64,
    /// What to record: any of [`requests`].
    pub requests: &'a [Request],
    /// Instants at which voltages and currents are looked at, in seconds, in any order.
    pub times: Vec<f64>,
    /// Where spikes are written while the run goes on.
    pub folder: Option<&'a Path>,
    /// Whether spikes are kept in memory when they are not written; else only their sums are.
    pub keep: bool,
    /// What the run may ask for.
    pub limits: Limits,
}

/// What a run gave.
#[derive(Debug)]
pub struct Outcome {
    /// What the run says about itself.
    pub report: Report,
    /// Sum of the events of each node that was recorded.
    pub sums: Vec<(String, f64)>,
    /// Spikes of each node that was recorded; empty when they went to a folder.
    pub spikes: Vec<(String, Vec<DataEvent>)>,
    /// Number of channels of each of these nodes.
    pub channels: Vec<usize>,
    /// Voltages and currents at the sample times, (T, *shape); empty when they went to a folder.
    pub traces: Vec<(Request, Tensor)>,
    /// The files for the folder, which stand there when the batch is finished.
    pub batch: Batch,
    /// What makes the voltages doubtful, one sentence each.
    pub doubts: Vec<String>,
}

/// Everything that a program can record. A nested graph with one Output stands for it.
#[must_use]
pub fn requests(program: &Program, facts: &Facts) -> Vec<Request> {
    let of_node = |(node, (name, _)): (usize, (&str, _))| {
        let name = name.to_owned();
        let request = move |&observable: &Observable| Request { node: name.clone(), observable };
        program.observables(node).iter().map(request).collect::<Vec<_>>()
    };
    let nested = facts.nested().iter().filter(|nested| nested.outputs.len() == 1);
    let spikes = |name: &String| Request { node: name.clone(), observable: Observable::Spikes };
    let nested = nested
        .filter(|nested| {
            let output = nested.outputs.first().map_or(0, |id| id.index());
            program.observables(output).contains(&Observable::Spikes)
        })
        .map(|nested| spikes(&nested.name));
    program.nodes().enumerate().flat_map(of_node).chain(nested).collect()
}

/// Reads the instants at which to look, in seconds, from a numpy array.
pub fn read_times(path: &Path, limits: &Limits) -> Result<Vec<f64>, Error> {
    let times = array::read_array(path, limits)?;
    match times.to_f64() {
        Some(times) if times.iter().all(|time| time.is_finite() && *time >= 0.0) => {
            Ok(times.into_owned())
        }
        _ => Err(Error::new("the times are no finite numbers from 0")
            .help("give seconds from the start of the run")
            .in_file(path)),
    }
}

/// Runs a job. `watch` is told the parts that are done, of [`SLICES`].
pub fn run(job: &Job<'_>, watch: &dyn Watch) -> Result<Outcome, Error> {
    let mut run = job.program.start(job.stimulus).map_err(|errors| {
        Error::several(errors.0.iter().map(|error| Error::new(error.to_string())))
    })?;
    let mut sink = Sink::new(job)?;
    for slice in 1..=SLICES {
        let until = job.duration * (slice as f64 / SLICES as f64);
        if let Err(error) = run.advance(until, &mut sink) {
            return Err(if interrupt::is_requested() {
                stopped()
            } else {
                gave_up(job, &run, &error)
            });
        }
        if watch.done(slice).is_break() {
            return Err(stopped());
        }
    }
    sink.finish(job, run.report())
}

/// Runs several jobs, divided among threads; their number changes no bit.
///
/// `watch` is told the parts that are done, of [`SLICES`] for each job.
pub fn run_all(jobs: &[Job<'_>], threads: usize, watch: &dyn Watch) -> Result<Vec<Outcome>, Error> {
    let sum = Sum { done: AtomicU64::new(0), watch };
    let part = |jobs: &[Job<'_>]| jobs.iter().map(|job| run(job, &sum)).collect();
    let parts: Vec<Vec<Outcome>> = divided(jobs, threads, part)?;
    Ok(parts.into_iter().flatten().collect())
}

/// The voltages and currents of several samples in one: (T, B, *shape) with a batch.
pub fn side_by_side(samples: Vec<Recording>, has_batch: bool) -> Result<Recording, Error> {
    if has_batch { stacked(samples) } else { join(samples) }
}

/// Adds up how far several runs are.
struct Sum<'a> {
    done: AtomicU64,
    watch: &'a dyn Watch,
}

impl Watch for Sum<'_> {
    fn done(&self, _: u64) -> ControlFlow<()> {
        self.watch.done(self.done.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// The error of a run that cannot go on, with how far it got.
fn gave_up(job: &Job<'_>, run: &Run, error: &RunError) -> Error {
    let (time, spikes) = (run.time(), run.report().counts.spikes);
    let duration = job.duration;
    let far = format!("the run got to {time} s of {duration} s, with {spikes} spikes");
    Error::new(format!("{}; {far}", with_cause(error)))
}

/// An error with what is behind it.
fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Takes what a run gives to where it belongs.
struct Sink {
    tracks: Vec<Track>,
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
struct Track {
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
    fn new(job: &Job<'_>) -> Result<Self, Error> {
        let channels = |request: &&Request| {
            let node = position(job.program, job.facts, &request.node);
            let leaf = node.and_then(|node| job.facts.leaves().get(node));
            leaf.map_or(0, |leaf| leaf.output.iter().product::<usize>())
        };
        let traced = job.requests.iter().filter(|request| request.observable != Observable::Spikes);
        bounds::recording(traced.map(|r| channels(&r)), [job.times.len(), 1], &job.limits)?;
        let mut times = job.times.clone();
        times.sort_by(f64::total_cmp);
        let mut sink = Self {
            tracks: Vec::new(),
            of_node: BTreeMap::new(),
            traces: Vec::new(),
            times,
            taken: 0,
            keep: job.keep && job.folder.is_none(),
            kept_bytes: 0,
            most_bytes: job.limits.recording_bytes,
        };
        for request in job.requests {
            let Some(node) = position(job.program, job.facts, &request.node) else {
                return Err(Error::new(format!("there is no node `{}` to record", request.node)));
            };
            let shape = job.facts.leaves().get(node).map_or(Vec::new(), |leaf| leaf.output.clone());
            if request.observable == Observable::Spikes {
                sink.track(job, request, node, shape.iter().product())?;
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
        job: &Job<'_>,
        request: &Request,
        node: usize,
        channels: usize,
    ) -> Result<(), Error> {
        let name = request.node.clone();
        let table = match job.folder {
            Some(folder) => Some(SpikesCsv::begin(folder.join(file_of(request)))?),
            None => None,
        };
        self.of_node.entry(node).or_default().push(self.tracks.len());
        self.tracks.push(Track { name, channels, sum: 0.0, table, kept: Vec::new() });
        Ok(())
    }

    fn finish(self, job: &Job<'_>, report: Report) -> Result<Outcome, Error> {
        let mut outcome = Outcome {
            report,
            sums: Vec::new(),
            spikes: Vec::new(),
            channels: Vec::new(),
            traces: Vec::new(),
            batch: Batch::new(job.folder.unwrap_or(Path::new(""))),
            doubts: Vec::new(),
        };
        for track in self.tracks {
            outcome.sums.push((track.name.clone(), track.sum));
            outcome.channels.push(track.channels);
            if let Some(table) = track.table {
                outcome.batch.add(format!("{}.spikes.csv", track.name), table.stage()?);
            }
            outcome.spikes.push((track.name, track.kept));
        }
        for trace in self.traces {
            let shape = [vec![self.taken], trace.shape].concat();
            let tensor =
                Tensor::new(&shape, trace.values).map_err(|error| Error::new(error.to_string()))?;
            let trace = (trace.request, tensor);
            outcome.doubts.extend(doubt::not_finite([&trace]));
            let (request, tensor) = trace;
            match job.folder {
                Some(folder) => {
                    let name = format!("{}.{}.npy", request.node, request.observable);
                    let file = array::stage_array(folder.join(&name), &tensor)?;
                    outcome.batch.add(name, file);
                }
                None => outcome.traces.push((request, tensor)),
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

/// Writes the spikes that were kept as NIRData, with times in seconds.
pub fn write_data(path: &Path, outcome: &Outcome, duration: f64) -> Result<(), Error> {
    let mut nodes: IndexMap<String, Member> = IndexMap::new();
    for ((name, events), &channels) in outcome.spikes.iter().zip(&outcome.channels) {
        let samples = std::slice::from_ref(events);
        let data = EventData::of_samples(samples, channels as u64, duration)
            .map_err(|error| Error::new(error.to_string()))?;
        let mut node = NodeData::default();
        node.observables.insert(Observable::Spikes.to_string(), DataObservable::Events(data));
        nodes.insert(name.clone(), Member::Node(node));
    }
    Ok(write_graph_data(path, &GraphData { nodes }, Compression::Gzip(4))?)
}
