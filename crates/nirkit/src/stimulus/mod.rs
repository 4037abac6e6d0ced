//! What enters a graph: frames, spikes with times, currents, from files and from memory.
//!
//! A [`Stimulus`] holds what was read. A model matches it with its Inputs when it runs.

mod bind;
mod bind_data;
mod bound;
mod events;
mod fit;
mod idle;
mod read;
mod recording;
mod samples;
mod window;

use std::ops::Range;
use std::path::{Path, PathBuf};

use nirkit_events::Format;
use nirkit_io::Limits;
use nirkit_io::data::GraphData;
use nirkit_io::ending;
pub use nirkit_io::events::EventUnit;
use nirkit_io::events::Events;
use nirkit_io::spike_lists::SpikeLists;
use nirkit_io::stimulus_json::Stimulus as Courses;
use nirkit_numerics::Tensor;
use nirkit_run::Signal;
pub use nirkit_run::stimulus::Spike;

use crate::error::Error;
use crate::settle::Voice;
use crate::suggest;
use recording::Told;
use samples::Lists;

pub use window::Window;

pub(crate) use bound::{Bound, Grid, clipped, frames_until, inputs, is_late};

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

/// What enters the Inputs of a graph, for one sample or a batch.
///
/// ```no_run
/// use nirkit::Stimulus;
///
/// let stimulus = Stimulus::read("x.npy")?; // (T, *input shape)
/// let several = Stimulus::read("set.npy")?.batched(true); // (B, T, *input shape)
/// # Ok::<(), nirkit::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stimulus {
    parts: Vec<Part>,
    frames: Frames,
    batch: bool,
    is_of_one_axis: bool,
    event_times: Option<EventUnit>,
    window: Option<Window>,
    samples: Option<Range<usize>>,
    voice: Voice,
}

/// A part of a stimulus.
#[derive(Clone, Debug)]
struct Part {
    /// Name of the Input; without one it is for the only Input, or names its Inputs itself.
    node: Option<String>,
    content: Content,
    /// Where it was read from.
    file: Option<PathBuf>,
}

/// What a part holds.
#[derive(Clone, Debug)]
enum Content {
    /// An array of shape (T, *shape), or (B, T, *shape) with a batch.
    Frames(Tensor),
    /// NIRData: a grid or events for each Input that it names.
    Data(GraphData),
    /// Spikes or currents of named Inputs, with a duration.
    Courses(Courses),
    /// A signal for each sample.
    Signals(Vec<Signal>),
    /// Spikes with times for each sample.
    Spikes(Vec<Vec<Spike>>),
    /// Events of a sensor.
    Events(Events),
    /// Events of a sensor for each sample.
    EventSamples(Vec<Events>),
    /// Events of a recording, and how it was read.
    Recording(Events, Told),
    /// Events of each of many samples.
    Lists(Lists),
}

impl Stimulus {
    /// A stimulus of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The stimulus in a file: `.npy` (frames, or a structured array of events), `.csv` (events), `.h5` (NIRData, or a list of
    /// spikes for each of many samples), `.json` (spikes and currents with times), or, with any other ending, a recording that [`crate::events`] reads.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::new().file(None, path, &Limits::default())
    }

    /// Frames of shape (T, *shape), or (B, T, *shape) with a batch, for the only Input of a graph.
    #[must_use]
    pub fn of_frames(frames: Tensor) -> Self {
        Self::new().array(None, frames)
    }

    /// Adds the stimulus in a file, for an Input of this name, or for the only one, or for those that the
    /// file names. Of a recording whose file states no unit of its times, they are in the unit that was said before
    /// ([`Self::event_times`]).
    pub fn file(
        mut self,
        node: Option<&str>,
        path: impl AsRef<Path>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let path = path.as_ref();
        let content = self.read_content(path, limits).map_err(|error| {
            let recordings = Format::ALL.map(Format::endings);
            let endings =
                [&[ending::DATA, ending::ARRAY, ending::TABLE, ending::JSON], &recordings[..]];
            suggest::with_file(error.in_file(path), path, &endings.concat())
        })?;
        self.add(node, content, path);
        Ok(self)
    }

    /// Adds the stimulus in the bytes of a file without a name, such as the standard input; what it is, is told by how
    /// they begin. Messages call it `name`.
    pub fn bytes(
        mut self,
        node: Option<&str>,
        name: impl AsRef<Path>,
        bytes: Vec<u8>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let name = name.as_ref();
        let content = self.parse_content(bytes, limits).map_err(|error| error.in_file(name))?;
        self.add(node, content, name);
        Ok(self)
    }

    /// Returns a stimulus of nothing that is read as this one.
    #[must_use]
    pub fn alike(&self) -> Self {
        let Self { frames, batch, is_of_one_axis, event_times, window, voice, .. } = *self;
        let samples = self.samples.clone();
        let parts = Vec::new();
        Self { parts, frames, batch, is_of_one_axis, event_times, window, samples, voice }
    }

    fn add(&mut self, node: Option<&str>, content: Content, file: &Path) {
        let (node, file) = (node.map(str::to_owned), Some(file.to_path_buf()));
        self.parts.push(Part { node, content, file });
    }

    /// Adds stimuli that were read, each by [`Self::file`] or [`Self::bytes`]; everything that is wrong with them at once.
    pub fn all(
        mut self,
        read: impl IntoIterator<Item = Result<Self, Error>>,
    ) -> Result<Self, Error> {
        let mut errors = Vec::new();
        for one in read {
            match one {
                Ok(one) => self.parts.extend(one.parts),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(self) } else { Err(Error::several(errors)) }
    }

    /// Adds frames of shape (T, *shape), or (B, T, *shape) with a batch.
    #[must_use]
    pub fn array(self, node: Option<&str>, frames: Tensor) -> Self {
        self.with(node, Content::Frames(frames))
    }

    /// Adds NIRData.
    #[must_use]
    pub fn data(self, node: Option<&str>, data: GraphData) -> Self {
        self.with(node, Content::Data(data))
    }

    /// Adds spikes and currents of named Inputs.
    #[must_use]
    pub fn courses(self, courses: nirkit_io::stimulus_json::Stimulus) -> Self {
        self.with(None, Content::Courses(courses))
    }

    /// Adds a signal for each sample.
    #[must_use]
    pub fn signals(self, node: Option<&str>, signals: Vec<Signal>) -> Self {
        self.with(node, Content::Signals(signals))
    }

    /// Adds spikes with times in seconds, channels counted in C order, and values: a list for each sample.
    #[must_use]
    pub fn spikes(self, node: Option<&str>, samples: Vec<Vec<Spike>>) -> Self {
        self.with(node, Content::Spikes(samples))
    }

    fn with(mut self, node: Option<&str>, content: Content) -> Self {
        self.parts.push(Part { node: node.map(str::to_owned), content, file: None });
        self
    }

    /// Says what the numbers of frames are.
    #[must_use]
    pub fn numbers(mut self, frames: Frames) -> Self {
        self.frames = frames;
        self
    }

    /// Adds events of a sensor, for each sample; where they enter follows from the shape of the Input.
    #[must_use]
    pub fn events(self, node: Option<&str>, samples: Vec<Events>) -> Self {
        self.with(node, Content::EventSamples(samples))
    }

    /// Says in which unit the times of events are; without it, times that are all whole numbers are microseconds and others
    /// seconds. For recordings, such as archives of numpy, it is said before their files are added.
    #[must_use]
    pub fn event_times(mut self, unit: Option<EventUnit>) -> Self {
        self.event_times = unit;
        self
    }

    /// Counts events in windows of time; without it, each keeps its own time.
    #[must_use]
    pub fn window(mut self, window: Option<Window>) -> Self {
        self.window = window;
        self
    }

    /// Takes these samples, counted from 0, of files with a list of spikes for each of many; without it, all of them. It is said
    /// before such files are added.
    #[must_use]
    pub fn samples(mut self, samples: Option<Range<usize>>) -> Self {
        self.samples = samples;
        self
    }

    /// Takes frames of several axes for an Input of one, in C order: those of the original for a graph whose axes became one
    /// (`nir adapt`, the pass `unroll`). Otherwise such frames are an error.
    #[must_use]
    pub fn of_one_axis(mut self, is_of_one_axis: bool) -> Self {
        self.is_of_one_axis = is_of_one_axis;
        self
    }

    /// Says whether the first axis of arrays counts samples. Said before an array is read from a file, it also decides which axis
    /// is held against the limit of steps before the file is read.
    #[must_use]
    pub fn batched(mut self, batch: bool) -> Self {
        self.batch = batch;
        self
    }

    /// Says how options are called in messages.
    #[must_use]
    pub fn voice(mut self, voice: Voice) -> Self {
        self.voice = voice;
        self
    }

    /// What enters Inputs of these names and shapes: for each sample, the signal of each Input.
    pub fn for_inputs(
        &self,
        inputs: &[(String, Vec<usize>)],
    ) -> Result<Vec<Vec<(String, Signal)>>, Error> {
        let samples = self.bind(inputs, &Limits::default())?.samples.into_iter();
        Ok(samples.map(|sample| sample.signals.into_iter().collect()).collect())
    }

    /// The time step that the data were recorded with, in seconds, if they say so: that of a grid, or the window in which events
    /// are counted.
    #[must_use]
    pub fn dt(&self) -> Option<f64> {
        let of_data = self.parts.iter().find_map(|part| match &part.content {
            Content::Data(data) => bind_data::step(data, part.node.as_deref()),
            _ => None,
        });
        of_data.or(self.window.map(|window| window.seconds))
    }

    /// Returns the samples that are taken of files with many, if they are chosen.
    pub(crate) fn chosen(&self) -> Option<&Range<usize>> {
        self.samples.as_ref()
    }

    /// Adds samples of an open file with many.
    pub(crate) fn lists(
        mut self,
        node: Option<&str>,
        file: &SpikeLists,
        path: &Path,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let lists = samples::read(file, self.samples.as_ref(), limits);
        let lists = lists.map_err(|error| error.in_file(path))?;
        self.add(node, Content::Lists(lists), path);
        Ok(self)
    }

    /// What the numbers of frames are.
    pub(crate) fn reading(&self) -> Frames {
        self.frames
    }

    /// Whether there is an axis for samples.
    #[must_use]
    pub fn is_batch(&self) -> bool {
        self.batch
    }

    /// The shape of a frame, where the stimulus is one array.
    #[must_use]
    pub fn frame(&self) -> Option<&[usize]> {
        let lead = if self.batch { 2 } else { 1 };
        match self.parts.as_slice() {
            [Part { content: Content::Frames(array), .. }] => array.shape().get(lead..),
            _ => None,
        }
    }
}
