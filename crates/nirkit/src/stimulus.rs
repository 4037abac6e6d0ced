//! Stimuli from files and from memory: arrays, NIRData, JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;

use nirkit_io::data::{EventData, GraphData, Member, Observable, TimeGriddedData, read_data};
use nirkit_io::stimulus_json::{Course, Stimulus as JsonStimulus, read_stimulus_json};
use nirkit_io::{Limits, array};
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::Tensor;
use nirkit_sim::stimulus::Spike;
use nirkit_sim::{Signal, Stimulus};

use crate::error::Error;

/// A file, and the Input that it is for; without a name it is for the only Input, or names its
/// Inputs itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name of the Input.
    pub node: Option<String>,
    /// The file: `.npy`, `.h5` or `.json`.
    pub path: PathBuf,
}

/// What the numbers of a frame are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frames {
    /// Spikes if all numbers are counts (whole, not negative), else a current.
    #[default]
    Auto,
    /// Numbers of spikes.
    Spikes,
    /// A current for the length of a step.
    Current,
}

/// Stimuli that were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// One stimulus for each sample of the batch; a single one without a batch.
    pub samples: Vec<Stimulus>,
    /// Number of frames, if it came in frames.
    pub steps: Option<usize>,
    /// How long it lasts in seconds, if it says so.
    pub duration: Option<f64>,
    /// The time step that the data were recorded with, in seconds, if they say so.
    pub dt: Option<f64>,
    /// Inputs that receive frames, and whether these were taken as spikes.
    pub readings: Vec<(String, bool)>,
    /// How long the stimulus of each Input lasts, as far as it says so.
    pub lengths: Vec<(String, Length)>,
}

/// How long the stimulus of an Input lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// A number of frames.
    Frames(usize),
    /// Seconds.
    Seconds(f64),
}

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Frames(count) => write!(f, "{count} frames"),
            Self::Seconds(time) => write!(f, "{time} s"),
        }
    }
}

impl Loaded {
    /// What has to be said about the stimuli for a run of so many seconds: Inputs whose stimuli end
    /// at different times, and spikes that come too late.
    #[must_use]
    pub fn notes(&self, duration: f64) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((first, length)) = self.lengths.first()
            && let Some((other, differs)) = self.lengths.iter().find(|(_, other)| other != length)
        {
            notes.push(format!(
                "the stimulus of `{first}` lasts {length}, that of `{other}` {differs}; nothing enters after the end of each"
            ));
        }
        let mut late: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, signal) in self.samples.iter().flat_map(|sample| &sample.signals) {
            if let Signal::Spikes { spikes, .. } = signal {
                let count = spikes.iter().filter(|spike| spike.time > duration).count();
                *late.entry(name).or_default() += count;
            }
        }
        for (name, count) in late.into_iter().filter(|(_, count)| *count > 0) {
            let (spikes, come) = if count == 1 { ("spike", "comes") } else { ("spikes", "come") };
            notes.push(format!(
                "{count} {spikes} for `{name}` {come} after the end at {duration} s and {} left out",
                if count == 1 { "is" } else { "are" }
            ));
        }
        notes
    }
}

/// Reads stimuli for the Inputs of a graph; everything that is wrong with them at once.
///
/// With `batch`, the first axis of arrays counts samples.
pub fn read(
    sources: &[Source],
    graph: &Graph,
    facts: &Facts,
    frames: Frames,
    batch: bool,
    limits: &Limits,
) -> Result<Loaded, Error> {
    read_for(sources, inputs(graph, facts), frames, batch, limits)
}

/// Names and shapes of the Inputs of a graph.
#[must_use]
pub fn inputs(graph: &Graph, facts: &Facts) -> Vec<(String, Vec<usize>)> {
    let inputs = facts.inputs(graph).map(|id| facts.leaf(id));
    inputs.map(|leaf| (leaf.name.clone(), leaf.output.clone())).collect()
}

/// Reads stimuli for inputs of these names and shapes; everything that is wrong with them at once.
///
/// With `batch`, the first axis of arrays counts samples.
pub fn read_for(
    sources: &[Source],
    inputs: Vec<(String, Vec<usize>)>,
    frames: Frames,
    batch: bool,
    limits: &Limits,
) -> Result<Loaded, Error> {
    let mut collector = Collector::new(inputs, frames, batch);
    let mut errors = Vec::new();
    for source in sources {
        let read = collector.read(source, limits);
        errors.extend(read.map_err(|error| error.in_file(&source.path)).err());
    }
    if errors.is_empty() { Ok(collector.finish()) } else { Err(Error::several(errors)) }
}

/// Collects what enters the Inputs of a graph.
#[derive(Debug)]
pub struct Collector {
    /// Names and shapes of the Inputs.
    inputs: Vec<(String, Vec<usize>)>,
    frames: Frames,
    batch: bool,
    loaded: Loaded,
}

impl Collector {
    /// A collector for Inputs of these names and shapes. With `batch`, the first axis of arrays
    /// counts samples.
    #[must_use]
    pub fn new(inputs: Vec<(String, Vec<usize>)>, frames: Frames, batch: bool) -> Self {
        Self { inputs, frames, batch, loaded: Loaded::default() }
    }

    /// What was collected.
    #[must_use]
    pub fn finish(self) -> Loaded {
        self.loaded
    }

    /// Takes frames of shape (T, *shape), or (B, T, *shape) with a batch, for an Input; without a
    /// name for the only one.
    pub fn add_array(&mut self, node: Option<&str>, array: &Tensor) -> Result<(), Error> {
        let (name, shape) = self.input(node)?;
        self.add_frames(&name, &shape, array)
    }

    /// Takes a signal for an Input of a sample; without a name for the only Input.
    pub fn add_signal(
        &mut self,
        sample: usize,
        node: Option<&str>,
        signal: Signal,
    ) -> Result<(), Error> {
        let (name, _) = self.input(node)?;
        check_signal(&name, &signal)?;
        self.add(sample, &name, signal)
    }

    /// Takes the data of all Inputs that it names, or of one of them.
    pub fn add_data(&mut self, node: Option<&str>, data: &GraphData) -> Result<(), Error> {
        let mut taken = 0;
        for (name, member) in &data.nodes {
            let is_input = self.inputs.iter().any(|(input, _)| input == name);
            if let (Member::Node(data), true) = (member, is_input && node.is_none_or(|n| n == name))
            {
                let (name, shape) = self.input(Some(name))?;
                let Some((_, observable)) = data.observables.first() else { continue };
                match observable {
                    Observable::Gridded(data) => self.add_grid(&name, &shape, data)?,
                    Observable::Events(data) => self.add_events(&name, &shape, data)?,
                }
                taken += 1;
            }
        }
        if taken == 0 {
            let nodes: Vec<&str> = data.nodes.keys().map(String::as_str).collect();
            let inputs: Vec<&str> = self.inputs.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("no node of the data ({}) is an Input", nodes.join(", "));
            return Err(Error::new(message).help(format!("the Inputs are {}", inputs.join(", "))));
        }
        Ok(())
    }

    fn read(&mut self, source: &Source, limits: &Limits) -> Result<(), Error> {
        let node = source.node.as_deref();
        match source.path.extension().and_then(|extension| extension.to_str()) {
            Some("npy") => {
                // A name that does not exist is told before a large file is read.
                self.input(node)?;
                let array = array::read_array(&source.path, limits).map_err(strip_file)?;
                self.add_array(node, &array)
            }
            Some("json") => {
                self.add_stimulus(&read_stimulus_json(&source.path, limits).map_err(strip_file)?)
            }
            Some("h5" | "hdf5" | "nird") => {
                self.add_data(node, &read_data(&source.path, limits).map_err(strip_file)?)
            }
            _ => Err(Error::new("this is no stimulus").help("give a .npy, .h5 or .json file")),
        }
    }

    /// Name and shape of the Input that a source is for.
    fn input(&self, name: Option<&str>) -> Result<(String, Vec<usize>), Error> {
        let names: Vec<&str> = self.inputs.iter().map(|(name, _)| name.as_str()).collect();
        let found = match (name, self.inputs.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => {
                let message = format!("the graph has {} Inputs: {}", names.len(), names.join(", "));
                return Err(Error::new(message).help("give `--input NODE=FILE` for each of them"));
            }
            (Some(name), inputs) => inputs.iter().find(|(input, _)| input == name),
        };
        found.cloned().ok_or_else(|| {
            Error::new(format!("`{}` is no Input of the graph", name.unwrap_or_default()))
                .help(format!("the Inputs are {}", names.join(", ")))
        })
    }

    /// Takes an array of shape (T, *shape), or (B, T, *shape) with a batch.
    fn add_frames(&mut self, name: &str, shape: &[usize], array: &Tensor) -> Result<(), Error> {
        let lead = if self.batch { 2 } else { 1 };
        let expected = if self.batch { "(B, T, *input shape)" } else { "(T, *input shape)" };
        let (channels, rank) = (shape.iter().product::<usize>(), array.rank());
        let fits = rank >= lead && array.shape()[lead..].iter().product::<usize>() == channels;
        if !fits || (rank != lead + shape.len() && rank != lead + 1) {
            let message = format!(
                "the array has shape {:?}, the Input `{name}` takes {shape:?}",
                array.shape()
            );
            return Err(Error::new(message).help(format!("a stimulus has shape {expected}")));
        }
        let Some(values) = array.to_f64() else {
            return Err(Error::new("the array holds complex numbers"));
        };
        check_finite(&values, array.shape())?;
        let counts = self.take_as_counts(name, array, &values);
        let samples = if self.batch { array.shape()[0] } else { 1 };
        let steps = array.shape()[lead - 1];
        let frame = steps * channels;
        for sample in 0..samples {
            let values = values[sample * frame..(sample + 1) * frame].to_vec();
            self.add(sample, name, Signal::Frames { channels, values, counts })?;
        }
        self.loaded.lengths.push((name.to_owned(), Length::Frames(steps)));
        self.loaded.steps = self.loaded.steps.max(Some(steps));
        Ok(())
    }

    /// Decides whether frames count spikes, and remembers it.
    fn take_as_counts(&mut self, name: &str, array: &Tensor, values: &[f64]) -> bool {
        let is_count = |value: &f64| *value >= 0.0 && value.fract() == 0.0;
        let counts = match self.frames {
            Frames::Auto => !array.dtype().is_float() || values.iter().all(is_count),
            Frames::Spikes => true,
            Frames::Current => false,
        };
        self.loaded.readings.push((name.to_owned(), counts));
        counts
    }

    fn add(&mut self, sample: usize, name: &str, signal: Signal) -> Result<(), Error> {
        if self.loaded.samples.len() <= sample {
            self.loaded.samples.resize_with(sample + 1, Stimulus::default);
        }
        if self.loaded.samples[sample].signals.insert(name.to_owned(), signal).is_some() {
            return Err(Error::new(format!("the Input `{name}` is given two stimuli"))
                .help("give one stimulus for each Input"));
        }
        Ok(())
    }

    /// Takes what a JSON file holds for the Inputs that it names.
    pub fn add_stimulus(&mut self, stimulus: &JsonStimulus) -> Result<(), Error> {
        self.last_until(stimulus.duration);
        for (name, signal) in &stimulus.inputs {
            let channels = signal.shape.iter().product();
            let signal = match &signal.course {
                Course::Spikes(events) => {
                    let spike = |event: &nirkit_io::data::Event| Spike {
                        time: event.time,
                        channel: event.neuron,
                        value: 1.0,
                    };
                    Signal::Spikes { channels, spikes: sorted(events.iter().map(spike).collect()) }
                }
                Course::Current { breakpoints, values } => Signal::Current {
                    channels,
                    breakpoints: breakpoints.clone(),
                    values: values.concat(),
                },
            };
            self.add(0, name, signal)?;
            self.loaded.lengths.push((name.clone(), Length::Seconds(stimulus.duration)));
        }
        Ok(())
    }

    fn last_until(&mut self, duration: f64) {
        self.loaded.duration = Some(self.loaded.duration.map_or(duration, |d| d.max(duration)));
    }

    /// Takes values of shape (samples, steps, neurons).
    fn add_grid(
        &mut self,
        name: &str,
        shape: &[usize],
        data: &TimeGriddedData,
    ) -> Result<(), Error> {
        if let Some(other) = self.loaded.dt.filter(|&other| (other - data.dt).abs() > 1e-9 * other)
        {
            return Err(Error::new(format!("`{name}` has dt {}, other data {other}", data.dt)));
        }
        self.loaded.dt = Some(data.dt);
        let batch = std::mem::replace(&mut self.batch, true);
        let added = self.add_frames(name, shape, &data.data);
        self.batch = batch;
        added
    }

    fn add_events(&mut self, name: &str, shape: &[usize], data: &EventData) -> Result<(), Error> {
        let channels: usize = shape.iter().product();
        if data.n_neurons != channels as u64 {
            let message = format!(
                "`{name}` has {} neurons in the data and {channels} in the graph",
                data.n_neurons
            );
            return Err(Error::new(message));
        }
        self.last_until(data.t_max);
        for sample in 0..data.samples() {
            let Some(events) = data.valued_sample(sample) else {
                return Err(Error::new(format!("the events of `{name}` are no numbers")));
            };
            let spike = |(event, value): (nirkit_io::data::Event, f64)| Spike {
                time: event.time,
                channel: event.neuron,
                value,
            };
            let spikes = sorted(events.into_iter().map(spike).collect());
            let signal = Signal::Spikes { channels, spikes };
            check_signal(name, &signal)?;
            self.add(sample, name, signal)?;
        }
        self.loaded.lengths.push((name.to_owned(), Length::Seconds(data.t_max)));
        Ok(())
    }
}

/// Times, channels and values of spikes have to be what they are called.
fn check_signal(name: &str, signal: &Signal) -> Result<(), Error> {
    let Signal::Spikes { channels, spikes } = signal else { return Ok(()) };
    for spike in spikes {
        let wrong = if !(spike.time.is_finite() && spike.time >= 0.0) {
            format!("the time {}", spike.time)
        } else if spike.channel >= *channels {
            format!("the channel {} of {channels}", spike.channel)
        } else if !spike.value.is_finite() {
            format!("the value {}", spike.value)
        } else {
            continue;
        };
        return Err(Error::new(format!("an event of `{name}` has {wrong}"))
            .help("events have times from 0 on, channels counted from 0, finite values"));
    }
    Ok(())
}

/// The name of the file is said once, by whoever knows all files.
fn strip_file(mut error: nirkit_io::ReadError) -> Error {
    error.file = None;
    Error::from(error)
}

fn sorted(mut spikes: Vec<Spike>) -> Vec<Spike> {
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.channel.cmp(&b.channel)));
    spikes
}

fn check_finite(values: &[f64], shape: &[usize]) -> Result<(), Error> {
    let Some(flat) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    let mut rest = flat;
    let mut index: Vec<usize> = Vec::new();
    for &axis in shape.iter().rev() {
        index.insert(0, rest % axis);
        rest /= axis;
    }
    let more = values.iter().filter(|value| !value.is_finite()).count() - 1;
    let more = if more == 0 { String::new() } else { format!(", and {more} more are not finite") };
    let message = format!("element {index:?} is {}{more}", values[flat]);
    Err(Error::new(message).help("a stimulus holds finite numbers"))
}
