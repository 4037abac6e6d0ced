//! Stimuli matched with the Inputs of a graph.

use nirkit_io::data::{Event, EventData, TimeGriddedData};
use nirkit_io::stimulus_json::{Course, Stimulus as Courses};
use nirkit_ir::Limits;
use nirkit_numerics::Tensor;
use nirkit_run::stimulus::Spike;
use nirkit_run::{Signal, Stimulus as Sample};

use super::bound::{Bound, Length};
use super::fit::{check_channels, check_finite, check_shape, check_signal, shape_help};
use super::samples::Lists;
use super::{Content, EventUnit, Events, Frames, Stimulus, Window, events};
use crate::bounds;
use crate::error::{Error, ErrorKind};

impl Stimulus {
    /// What enters Inputs of these names and shapes; everything that is wrong with it at once.
    pub(crate) fn bind(
        &self,
        inputs: &[(String, Vec<usize>)],
        limits: &Limits,
    ) -> Result<Bound, Error> {
        let mut binder = Binder {
            inputs,
            limits,
            frames: self.frames,
            batch: self.batch,
            is_of_one_axis: self.is_of_one_axis,
            event_times: self.event_times,
            window: self.window,
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
            let mut help = format!("say so with {}", self.voice.batch());
            if self.parts.iter().any(|part| matches!(part.content, Content::Lists(_))) {
                help += &format!(", or take one of them with {}", self.voice.option("samples"));
            }
            errors.push(error.help(help));
        }
        if errors.is_empty() {
            return Ok(binder.bound);
        }
        Err(Error::several(errors).of_kind(ErrorKind::Stimulus))
    }
}

/// Matches what was read with the Inputs of a graph.
pub(super) struct Binder<'a> {
    /// Names and shapes of the Inputs.
    pub(super) inputs: &'a [(String, Vec<usize>)],
    limits: &'a Limits,
    frames: Frames,
    batch: bool,
    /// Whether frames of several axes enter an Input of one.
    is_of_one_axis: bool,
    event_times: Option<EventUnit>,
    /// How events are counted in windows.
    window: Option<Window>,
    /// The name of the option for the unit of the times of events.
    event_times_option: String,
    pub(super) bound: Bound,
}

impl Binder<'_> {
    fn add(&mut self, node: Option<&str>, content: &Content) -> Result<(), Error> {
        match content {
            Content::Frames(array) => {
                let (name, shape) = self.input(node)?;
                self.add_frames(&name, &shape, array)
            }
            Content::Events(events) => self.add_placed(0, node, events, self.event_times),
            Content::EventSamples(samples) => {
                for (sample, events) in samples.iter().enumerate() {
                    self.add_placed(sample, node, events, self.event_times)
                        .map_err(|error| error.about(&format!("sample {sample}")))?;
                }
                Ok(())
            }
            Content::Recording(events, told) => {
                self.bound.told.extend(told.notes.iter().cloned());
                self.bound.doubts.extend(told.doubts.iter().cloned());
                let unit = EventUnit::Microseconds;
                if told.has_doubtful_unit {
                    let doubt = events::doubtful_unit(unit, &self.event_times_option);
                    self.bound.doubts.push(doubt);
                }
                self.add_placed(0, node, events, Some(unit))
            }
            Content::Lists(lists) => self.add_lists(node, lists),
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

    /// Name and shape of the Input that a part is for.
    pub(super) fn input(&self, name: Option<&str>) -> Result<(String, Vec<usize>), Error> {
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
        // A graph whose axes became one takes the frames of the graph that it was.
        let is_one_axis = self.is_of_one_axis
            && shape.len() == 1
            && frame.len() > 1
            && frame.iter().product::<usize>() == channels;
        if is_one_axis {
            self.bound.told.push(format!(
                "the frames have shape {frame:?}; the Input `{name}` takes their numbers in C order"
            ));
        }
        if array.rank() < lead || !(frame == shape || is_flat || is_one_axis) {
            let message = format!(
                "the array has shape {:?}, the Input `{name}` takes {shape:?}",
                array.shape()
            );
            return Err(Error::new(message).help(shape_help(array.shape(), shape, lead)));
        }
        bounds::frames(array.shape(), self.batch, self.limits)?;
        let Some(values) = array.to_f64() else {
            return Err(Error::new("the array holds complex numbers")
                .help("a stimulus is real: store `x.real`, or the parts as two channels"));
        };
        check_finite(&values, array.shape())?;
        let counts = self.take_as_counts(name, &values);
        let samples = if self.batch { array.shape()[0] } else { 1 };
        let steps = array.shape()[lead - 1];
        let frame = steps * channels;
        if samples == 1 {
            let values = values.into_owned();
            self.add_signal(0, name, Signal::Frames { channels, values, counts })?;
        } else {
            for sample in 0..samples {
                let values = values[sample * frame..(sample + 1) * frame].to_vec();
                self.add_signal(sample, name, Signal::Frames { channels, values, counts })?;
            }
        }
        self.bound.lengths.push((name.to_owned(), Length::Frames(steps)));
        self.bound.steps = self.bound.steps.max(Some(steps));
        Ok(())
    }

    /// Decides whether frames count spikes, and remembers it.
    fn take_as_counts(&mut self, name: &str, values: &[f64]) -> bool {
        let is_count = |value: &f64| *value >= 0.0 && value.fract() == 0.0;
        let counts = match self.frames {
            Frames::Auto => values.iter().all(is_count),
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

    /// Takes events of a sensor as one sample.
    fn add_placed(
        &mut self,
        sample: usize,
        node: Option<&str>,
        events: &Events,
        unit: Option<EventUnit>,
    ) -> Result<(), Error> {
        let (name, shape) = self.input(node)?;
        let mut placed = events::place(events, &name, &shape, unit, &self.event_times_option)?;
        let last = placed.spikes.iter().map(|spike| spike.time).fold(0.0, f64::max);
        if let Some(window) = self.window {
            let (counted, left_out) = window.count(&placed.spikes)?;
            placed.spikes = counted;
            placed.told.push(format!("the events of `{name}` are {}", window.words()));
            self.bound.clipped += left_out;
        }
        // Of many samples, what is said of all is said once.
        let is_new = |said: &Vec<String>, one: &String| !said.contains(one);
        placed.told.retain(|one| is_new(&self.bound.told, one));
        placed.doubts.retain(|one| is_new(&self.bound.doubts, one));
        self.bound.told.extend(placed.told);
        self.bound.doubts.extend(placed.doubts);
        self.bound.last_event = Some(self.bound.last_event.map_or(last, |other| other.max(last)));
        let channels = shape.iter().product();
        let signal = Signal::Spikes { channels, spikes: sorted(placed.spikes) };
        self.add_signal(sample, &name, signal)
    }

    /// Takes the samples of a file with many.
    fn add_lists(&mut self, node: Option<&str>, lists: &Lists) -> Result<(), Error> {
        let unit = self.event_times.unwrap_or(lists.unit);
        self.bound.told.push(lists.told(unit, self.event_times.is_some()));
        for (at, events) in lists.samples.iter().enumerate() {
            self.add_placed(at, node, events, Some(unit))
                .map_err(|error| error.about(&format!("sample {}", lists.first + at)))?;
        }
        Ok(())
    }

    /// Takes values of shape (samples, steps, neurons).
    pub(super) fn add_grid(
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

    pub(super) fn add_events(
        &mut self,
        name: &str,
        shape: &[usize],
        data: &EventData,
    ) -> Result<(), Error> {
        let channels: usize = shape.iter().product();
        if data.n_neurons != channels as u64 {
            let message = format!(
                "`{name}` has {} neurons in the data and {channels} in the graph",
                data.n_neurons
            );
            return Err(Error::new(message));
        }
        self.last_until(data.t_max);
        let Some(samples) = data.valued_samples() else {
            return Err(Error::new(format!("the events of `{name}` are no numbers")));
        };
        for (sample, events) in samples.into_iter().enumerate() {
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

fn sorted(mut spikes: Vec<Spike>) -> Vec<Spike> {
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.channel.cmp(&b.channel)));
    spikes
}
