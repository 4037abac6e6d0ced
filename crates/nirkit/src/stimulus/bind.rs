//! Stimuli matched with the Inputs of a graph.

use std::collections::BTreeMap;

use nirkit_engine::clocked::{SpikeStep, snapped};
use nirkit_io::data::{Event, EventData, GraphData, Member, NodeData, Observable, TimeGriddedData};
use nirkit_io::stimulus_json::{Course, Stimulus as Courses};
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::{Shortest, Tensor};
use nirkit_run::stimulus::Spike;
use nirkit_run::{Signal, Stimulus as Sample};

use super::{Content, EventUnit, Events, Frames, Stimulus, events};
use crate::error::{Error, ErrorKind};

/// A stimulus for the Inputs of a graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bound {
    /// One stimulus for each sample of the batch; a single one without a batch.
    pub(crate) samples: Vec<Sample>,
    /// Number of frames, if it came in frames.
    pub(crate) steps: Option<usize>,
    /// How long it lasts in seconds, if it says so.
    pub(crate) duration: Option<f64>,
    /// The time step that the data were recorded with, in seconds, if they say so.
    pub(crate) dt: Option<f64>,
    /// Inputs that receive frames, and whether these were taken as spikes.
    pub(crate) readings: Vec<(String, bool)>,
    /// How long the stimulus of each Input lasts, as far as it says so.
    pub(crate) lengths: Vec<(String, Length)>,
    /// The last event of a recording that does not say how long it lasts, in seconds.
    pub(crate) last_event: Option<f64>,
    /// How events were read, in sentences.
    pub(crate) told: Vec<String>,
    /// What puts a recording in doubt, with its file.
    pub(crate) doubts: Vec<String>,
}

/// How long the stimulus of an Input lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Length {
    /// A number of frames.
    Frames(usize),
    /// Seconds.
    Seconds(f64),
}

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Frames(count) => write!(f, "{count} frames"),
            Self::Seconds(time) => write!(f, "{} s", Shortest(*time)),
        }
    }
}

/// Steps of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    /// How many there are.
    pub(crate) steps: usize,
    /// The length of one, in seconds.
    pub(crate) dt: f64,
    /// In which step a spike acts.
    pub(crate) spike_step: SpikeStep,
}

impl Grid {
    /// A grid on which a spike acts in the step that it falls into.
    pub(crate) fn new(steps: usize, dt: f64) -> Self {
        Self { steps, dt, spike_step: SpikeStep::Floor }
    }
}

impl Bound {
    /// What has to be said about the stimuli for a run of so many seconds: Inputs whose stimuli end
    /// at different times, and spikes that come too late.
    ///
    /// On a grid a spike comes too late behind the last whole step; in continuous time at the end. `dt` is the length of a
    /// frame in continuous time.
    #[must_use]
    pub(crate) fn notes(&self, duration: f64, grid: Option<Grid>, dt: Option<f64>) -> Vec<String> {
        let mut notes = self.doubts.clone();
        notes.extend(self.told.iter().cloned());
        if let Some((first, length)) = self.lengths.first()
            && let Some((other, differs)) = self.lengths.iter().find(|(_, other)| other != length)
        {
            notes.push(format!(
                "the stimulus of `{first}` lasts {length}, that of `{other}` {differs}; nothing enters after the end of each"
            ));
        }
        let (end, is_late): (f64, Box<dyn Fn(f64) -> bool>) = match grid {
            Some(Grid { steps, dt, spike_step }) => {
                let end = duration.min(steps as f64 * dt);
                (end, Box::new(move |time| spike_step.of(time / dt) >= steps))
            }
            None => (duration, Box::new(move |time| is_late(time, duration, dt))),
        };
        let last = end;
        let end = Shortest(end);
        let taken = grid.map(|grid| grid.steps).or_else(|| dt.map(|dt| frames_until(duration, dt)));
        if let (Some(frames), Some(taken)) = (self.steps, taken)
            && taken < frames
        {
            let left = frames - taken;
            notes.push(format!(
                "{left} of {frames} frames come at or after the end at {end} s and are left out"
            ));
        }
        let mut late: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (name, signal) in self.samples.iter().flat_map(|sample| &sample.signals) {
            let (what, count) = match signal {
                Signal::Spikes { spikes, .. } => {
                    ("spike", spikes.iter().filter(|spike| is_late(spike.time)).count())
                }
                Signal::Current { breakpoints, .. } => {
                    // One at the end itself closes a course, and changes nothing.
                    let is_behind = |time: &&f64| is_late(**time) && **time > last;
                    ("breakpoint", breakpoints.iter().filter(is_behind).count())
                }
                Signal::Frames { .. } => continue,
            };
            *late.entry((name, what)).or_default() += count;
        }
        for ((name, what), count) in late.into_iter().filter(|(_, count)| *count > 0) {
            let (plural, come, are) =
                if count == 1 { ("", "comes", "is") } else { ("s", "come", "are") };
            notes.push(format!(
                "{count} {what}{plural} for `{name}` {come} at or after the end at {end} s and {are} left out"
            ));
        }
        notes
    }
}

/// Whether what enters at a time comes too late for a run of so many seconds, in which frames have the length `dt`.
pub(crate) fn is_late(time: f64, duration: f64, dt: Option<f64>) -> bool {
    match dt {
        Some(dt) => snapped(time / dt) >= snapped(duration / dt),
        None => time >= duration,
    }
}

/// How many frames of the length `dt` begin before the end.
pub(crate) fn frames_until(duration: f64, dt: f64) -> usize {
    snapped(duration / dt).ceil() as usize
}

/// Names and shapes of the Inputs of a graph.
#[must_use]
pub(crate) fn inputs(graph: &Graph, facts: &Facts) -> Vec<(String, Vec<usize>)> {
    let inputs = facts.inputs(graph).map(|id| facts.leaf(id));
    inputs.map(|leaf| (leaf.name.clone(), leaf.output.clone())).collect()
}

impl Stimulus {
    /// What enters Inputs of these names and shapes; everything that is wrong with it at once.
    pub(crate) fn bind(&self, inputs: &[(String, Vec<usize>)]) -> Result<Bound, Error> {
        let mut binder = Binder {
            inputs,
            frames: self.frames,
            batch: self.batch,
            event_times: self.event_times,
            event_times_option: self.voice.option("event_times"),
            bound: Bound::default(),
        };
        let mut errors = self.idle();
        for part in &self.parts {
            let known = binder.bound.doubts.len();
            let added = binder.add(part.node.as_deref(), &part.content);
            for doubt in binder.bound.doubts.iter_mut().skip(known) {
                if let Some(file) = &part.file {
                    *doubt = format!("{}: {doubt}", file.display());
                }
            }
            let named = |error: Error| match &part.file {
                Some(file) => error.in_file(file),
                None => error,
            };
            errors.extend(added.map_err(named).err());
        }
        if errors.is_empty() && !self.batch && binder.bound.samples.len() > 1 {
            let samples = binder.bound.samples.len();
            let error = Error::new(format!("the stimulus holds {samples} samples"));
            errors.push(error.help(format!("say so with {}", self.voice.batch())));
        }
        if errors.is_empty() {
            return Ok(binder.bound);
        }
        Err(Error::several(errors).of_kind(ErrorKind::Stimulus))
    }
}

impl Stimulus {
    /// Options of which no part has any use, as errors.
    fn idle(&self) -> Vec<Error> {
        if self.parts.is_empty() {
            return Vec::new();
        }
        let has = |is: &dyn Fn(&Content) -> bool| self.parts.iter().any(|part| is(&part.content));
        let has_events = has(&|content| match content {
            Content::Events(_) => true,
            Content::Recording(_, told) => told.takes_unit,
            _ => false,
        });
        let has_timed = |content: &Content| {
            matches!(
                content,
                Content::Events(_)
                    | Content::Recording(..)
                    | Content::Courses(_)
                    | Content::Spikes(_)
            )
        };
        let has_arrays = has(&|content| !has_timed(content));
        let has_samples = has(&|content| {
            !matches!(content, Content::Events(_) | Content::Recording(..) | Content::Courses(_))
        });
        let options = [
            (self.event_times.is_some() && !has_events, "event_times", "tables of events"),
            (self.frames != Frames::Auto && !has_arrays, "frames", "arrays and NIRData"),
            (self.batch && !has_samples, "batch", "arrays and NIRData"),
        ];
        let error = |(is_idle, option, owner): (bool, &str, &str)| {
            let option = self.voice.option(option);
            let message = format!("{option} has no effect: it is a choice of {owner}");
            is_idle.then(|| Error::new(message).help("leave it out"))
        };
        options.into_iter().filter_map(error).collect()
    }
}

/// The time step that data were recorded with, in seconds: of an Input of this name, or of the first that has one.
pub(super) fn step(data: &GraphData, node: Option<&str>) -> Option<f64> {
    let members = data.nodes.iter().filter(|(name, _)| node.is_none_or(|node| node == *name));
    members.into_iter().find_map(|(_, member)| match member {
        Member::Node(data) => match entering(data).ok()? {
            (_, Observable::Gridded(grid)) => Some(grid.dt),
            (_, Observable::Events(_)) => None,
        },
        Member::Graph(_) => None,
    })
}

/// The observable of a node that is a stimulus, with its name: its spikes, or the only one. The names, where that says
/// none.
fn entering(data: &NodeData) -> Result<(&str, &Observable), Vec<&str>> {
    let names: Vec<&str> = data.observables.keys().map(String::as_str).collect();
    let only = if names.len() == 1 { names.first().copied() } else { None };
    let name = names.iter().copied().find(|name| *name == "spikes").or(only);
    let found = name.and_then(|name| Some((name, data.observables.get(name)?)));
    found.ok_or(names)
}

/// Nodes that are named in one message.
const MOST_NAMES: usize = 10;

/// Matches what was read with the Inputs of a graph.
struct Binder<'a> {
    /// Names and shapes of the Inputs.
    inputs: &'a [(String, Vec<usize>)],
    frames: Frames,
    batch: bool,
    event_times: Option<EventUnit>,
    /// The name of the option for the unit of the times of events.
    event_times_option: String,
    bound: Bound,
}

impl Binder<'_> {
    fn add(&mut self, node: Option<&str>, content: &Content) -> Result<(), Error> {
        match content {
            Content::Frames(array) => {
                let (name, shape) = self.input(node)?;
                self.add_frames(&name, &shape, array)
            }
            Content::Events(events) => self.add_placed(node, events, self.event_times),
            Content::Recording(events, told) => {
                self.bound.told.extend(told.notes.iter().cloned());
                self.bound.doubts.extend(told.doubts.iter().cloned());
                let unit = EventUnit::Microseconds;
                if told.has_doubtful_unit {
                    let doubt = events::doubtful_unit(unit, &self.event_times_option);
                    self.bound.doubts.push(doubt);
                }
                self.add_placed(node, events, Some(unit))
            }
            Content::Data(data) => self.add_data(node, data),
            Content::Courses(courses) => self.add_courses(node, courses),
            Content::Signals(signals) => {
                let (name, shape) = self.input(node)?;
                let channels: usize = shape.iter().product();
                for (sample, signal) in signals.iter().enumerate() {
                    check_signal(&name, signal)?;
                    check_channels(&name, signal, channels)?;
                    if let Signal::Frames { values, counts, .. } = signal {
                        let steps = values.len().checked_div(channels).unwrap_or(0);
                        self.bound.steps = self.bound.steps.max(Some(steps));
                        if sample == 0 {
                            self.bound.lengths.push((name.clone(), Length::Frames(steps)));
                            self.bound.readings.push((name.clone(), *counts));
                        }
                    }
                    self.add_signal(sample, &name, signal.clone())?;
                }
                Ok(())
            }
            Content::Spikes(samples) => {
                let (name, shape) = self.input(node)?;
                let channels = shape.iter().product();
                for (sample, spikes) in samples.iter().enumerate() {
                    let signal = Signal::Spikes { channels, spikes: sorted(spikes.clone()) };
                    check_signal(&name, &signal)?;
                    self.add_signal(sample, &name, signal)?;
                }
                Ok(())
            }
        }
    }

    /// Takes the data of all Inputs that it names, or of one of them.
    fn add_data(&mut self, node: Option<&str>, data: &GraphData) -> Result<(), Error> {
        let mut taken = 0;
        let mut others = Vec::new();
        for (name, member) in &data.nodes {
            let is_input = self.inputs.iter().any(|(input, _)| input == name);
            if !is_input {
                others.push(format!("`{name}`"));
            }
            if let (Member::Node(data), true) = (member, is_input && node.is_none_or(|n| n == name))
            {
                let (name, shape) = self.input(Some(name))?;
                let (which, observable) = match entering(data) {
                    Ok(found) => found,
                    Err(none) if none.is_empty() => {
                        self.bound.told.push(format!(
                            "the data hold no observable of `{name}`, so that nothing enters it"
                        ));
                        continue;
                    }
                    Err(several) => {
                        let message = format!(
                            "the data hold several observables of `{name}` ({}), and none is `spikes`",
                            several.join(", ")
                        );
                        return Err(Error::new(message).help("keep the one that enters"));
                    }
                };
                if data.observables.len() > 1 {
                    let others = data.observables.keys().filter(|other| *other != which);
                    let others: Vec<&str> = others.map(String::as_str).collect();
                    let others = others.join(", ");
                    self.bound.told.push(format!(
                        "the data hold several observables of `{name}`: {which} enters, {others} does not"
                    ));
                }
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
        if node.is_none() && !others.is_empty() {
            let more = others.len().saturating_sub(MOST_NAMES);
            others.truncate(MOST_NAMES);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            self.bound.told.push(format!(
                "nodes of the data that are no Input of the graph do not enter: {}{more}",
                others.join(", ")
            ));
        }
        Ok(())
    }

    /// Name and shape of the Input that a part is for.
    fn input(&self, name: Option<&str>) -> Result<(String, Vec<usize>), Error> {
        let names: Vec<&str> = self.inputs.iter().map(|(name, _)| name.as_str()).collect();
        let found = match (name, self.inputs) {
            (None, [only]) => Some(only),
            (None, []) => {
                let error = Error::new("the graph has no Input that the stimulus could enter");
                return Err(error.help("add an Input, or run `nir convert --repair`"));
            }
            (None, _) => {
                let message = format!("the graph has {} Inputs: {}", names.len(), names.join(", "));
                return Err(Error::new(message).help("give `--input NODE=FILE` for each of them"));
            }
            (Some(name), inputs) => inputs.iter().find(|(input, _)| input == name),
        };
        found.cloned().ok_or_else(|| {
            let name = name.unwrap_or_default();
            let meant = crate::suggest::nearest(name, names.iter().copied());
            let meant = meant.map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
            let known = match names.as_slice() {
                [] => "the graph has none".to_owned(),
                names => format!("the Inputs are {}", names.join(", ")),
            };
            Error::new(format!("`{name}` is no Input of the graph")).help(format!("{meant}{known}"))
        })
    }

    /// Takes an array of shape (T, *shape), or (B, T, *shape) with a batch.
    fn add_frames(&mut self, name: &str, shape: &[usize], array: &Tensor) -> Result<(), Error> {
        let lead = if self.batch { 2 } else { 1 };
        let channels = shape.iter().product::<usize>();
        let frame = array.shape().get(lead..).unwrap_or(&[]);
        // One number a frame, or all numbers of a frame in a row, are said by one axis.
        let is_flat = frame == [channels] || (shape.is_empty() && frame.is_empty());
        if array.rank() < lead || !(frame == shape || is_flat) {
            let message = format!(
                "the array has shape {:?}, the Input `{name}` takes {shape:?}",
                array.shape()
            );
            return Err(Error::new(message).help(shape_help(array.shape(), shape, lead)));
        }
        let Some(values) = array.to_f64() else {
            return Err(Error::new("the array holds complex numbers")
                .help("a stimulus is real: store `x.real`, or the parts as two channels"));
        };
        check_finite(&values, array.shape())?;
        let counts = self.take_as_counts(name, array, &values);
        let samples = if self.batch { array.shape()[0] } else { 1 };
        let steps = array.shape()[lead - 1];
        let frame = steps * channels;
        for sample in 0..samples {
            let values = values[sample * frame..(sample + 1) * frame].to_vec();
            self.add_signal(sample, name, Signal::Frames { channels, values, counts })?;
        }
        self.bound.lengths.push((name.to_owned(), Length::Frames(steps)));
        self.bound.steps = self.bound.steps.max(Some(steps));
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
        self.bound.readings.push((name.to_owned(), counts));
        counts
    }

    fn add_signal(&mut self, sample: usize, name: &str, signal: Signal) -> Result<(), Error> {
        if self.bound.samples.len() <= sample {
            self.bound.samples.resize_with(sample + 1, Sample::default);
        }
        if self.bound.samples[sample].signals.insert(name.to_owned(), signal).is_some() {
            return Err(Error::new(format!("the Input `{name}` is given two stimuli"))
                .help("give one stimulus for each Input"));
        }
        Ok(())
    }

    /// Takes the courses of all Inputs that are named, or of one of them.
    fn add_courses(&mut self, node: Option<&str>, courses: &Courses) -> Result<(), Error> {
        self.last_until(courses.duration);
        for (name, signal) in &courses.inputs {
            if node.is_some_and(|node| node != name) {
                continue;
            }
            let (name, shape) = self.input(Some(name))?;
            let channels = signal.shape.iter().product();
            check_shape(&name, &signal.shape, &shape)?;
            let signal = match &signal.course {
                Course::Spikes(events) => {
                    let spike = |event: &Event| Spike {
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
            check_channels(&name, &signal, shape.iter().product())?;
            self.add_signal(0, &name, signal)?;
            self.bound.lengths.push((name, Length::Seconds(courses.duration)));
        }
        Ok(())
    }

    fn last_until(&mut self, duration: f64) {
        self.bound.duration = Some(self.bound.duration.map_or(duration, |d| d.max(duration)));
    }

    /// Takes events of a sensor.
    fn add_placed(
        &mut self,
        node: Option<&str>,
        events: &Events,
        unit: Option<EventUnit>,
    ) -> Result<(), Error> {
        let (name, shape) = self.input(node)?;
        let placed = events::place(events, &name, &shape, unit, &self.event_times_option)?;
        self.bound.told.extend(placed.told);
        self.bound.doubts.extend(placed.doubts);
        let last = placed.spikes.iter().map(|spike| spike.time).fold(0.0, f64::max);
        self.bound.last_event = Some(self.bound.last_event.map_or(last, |other| other.max(last)));
        let channels = shape.iter().product();
        let signal = Signal::Spikes { channels, spikes: sorted(placed.spikes) };
        self.add_signal(0, &name, signal)
    }

    /// Takes values of shape (samples, steps, neurons).
    fn add_grid(
        &mut self,
        name: &str,
        shape: &[usize],
        data: &TimeGriddedData,
    ) -> Result<(), Error> {
        if let Some(other) = self.bound.dt.filter(|&other| (other - data.dt).abs() > 1e-9 * other) {
            return Err(Error::new(format!("`{name}` has dt {}, other data {other}", data.dt)));
        }
        self.bound.dt = Some(data.dt);
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
            let spike = |(event, value): (Event, f64)| Spike {
                time: event.time,
                channel: event.neuron,
                value,
            };
            let spikes = sorted(events.into_iter().map(spike).collect());
            let signal = Signal::Spikes { channels, spikes };
            check_signal(name, &signal)?;
            self.add_signal(sample, name, signal)?;
        }
        self.bound.lengths.push((name.to_owned(), Length::Seconds(data.t_max)));
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

/// A signal has as many channels as its Input.
fn check_channels(name: &str, signal: &Signal, expected: usize) -> Result<(), Error> {
    let (Signal::Frames { channels, .. }
    | Signal::Spikes { channels, .. }
    | Signal::Current { channels, .. }) = signal;
    if *channels == expected {
        return Ok(());
    }
    let message =
        format!("the stimulus has {channels} channels, the Input `{name}` has {expected}");
    Err(Error::new(message))
}

/// The shape that a stimulus says of itself is that of its Input, or one axis of as many channels.
fn check_shape(name: &str, found: &[usize], input: &[usize]) -> Result<(), Error> {
    let channels: usize = input.iter().product();
    if found == input || found == [channels] {
        return Ok(());
    }
    let message = format!("the stimulus has shape {found:?}, the Input `{name}` takes {input:?}");
    let help = match permutation(found, input) {
        Some(_) => {
            "its channels seem to stand in another order: number them in C order of the Input's shape"
        }
        None => "number the channels in C order of the Input's shape, and give this shape",
    };
    Err(Error::new(message).help(help))
}

/// What to do about an array that does not fit an Input.
fn shape_help(found: &[usize], input: &[usize], lead: usize) -> String {
    let axes = if lead == 2 { "(B, T, *input shape)" } else { "(T, *input shape)" };
    let expected = format!(
        "a stimulus has shape {axes}, or one axis of {} in place of the input shape",
        input.iter().product::<usize>()
    );
    if found.len() == lead + 1 + input.len() && found.ends_with(input) && lead == 1 {
        return format!(
            "{expected}; if the first axis counts samples, say so: `--batch` of `nir run`, or `axes=\"BT\"` in Python; a comparison \
             takes one sample"
        );
    }
    match permutation(found.get(lead..).unwrap_or(&[]), input) {
        Some(order) => {
            let order: Vec<String> = (0..lead)
                .chain(order.iter().map(|at| at + lead))
                .map(|at| at.to_string())
                .collect();
            format!(
                "{expected}; the axes seem to stand in another order: store `x.transpose({})`",
                order.join(", ")
            )
        }
        None => expected,
    }
}

/// The order in which axes of these sizes have to be taken to be those of an Input.
fn permutation(found: &[usize], input: &[usize]) -> Option<Vec<usize>> {
    if found.len() != input.len() || found.len() > 8 {
        return None;
    }
    let mut left: Vec<usize> = (0..found.len()).collect();
    let mut order = Vec::with_capacity(input.len());
    for &size in input {
        let at = left.iter().position(|&axis| found[axis] == size)?;
        order.push(left.remove(at));
    }
    Some(order)
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
