//! The engines behind one face: prepared once, run many times, from any thread.
//!
//! What the program `nir` does in its verb `run`, for stimuli and results in memory.

mod chip;
mod clocked;
mod exact;
mod platform;

use nirkit::ir::open::{self, Open};
use nirkit::ir::{Facts, Graph, Limits};
use nirkit::numerics::Tensor;
use nirkit::platforms::Platform;
use nirkit::settle::Settled;
use nirkit::sim::clocked::Recording;
use nirkit::sim::exact::Graze;
use nirkit::sim::{Observable, Request, Reset, SpikeReading, Stimulus};
use nirkit::stimulus::Loaded;
use nirkit::watch::Watch;
use nirkit::{bounds, doubt};
use pyo3::prelude::*;

pub(crate) use self::chip::design;
pub(crate) use self::platform::admit;
use crate::check::any_platform;
use crate::document::Document;
use crate::error::Raise;
use crate::ticker::Ticker;

/// What a file leaves open, as far as it is given.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Time step in seconds.
    pub(crate) dt: Option<f64>,
    /// The step that the stimulus was recorded with, in seconds.
    pub(crate) dt_of_stimulus: Option<f64>,
    pub(crate) reset: Option<Reset>,
    pub(crate) spike: Option<SpikeReading>,
    /// Further choices by name, in words.
    pub(crate) others: Vec<(String, String)>,
}

/// A choice: its name, its value, where it comes from.
pub(crate) type Choice = (String, String, String);

/// A graph ready to run.
pub(crate) struct Prepared {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) notes: Vec<String>,
    /// How things are computed, as far as it is known before the run.
    pub(crate) methods: Vec<String>,
}

/// What is common to all engines.
pub(crate) trait Engine: Send + Sync {
    /// Everything that can be recorded.
    fn requests(&self) -> &[Request];
    /// Length of a frame in seconds; `None` where nothing says it.
    fn dt(&self) -> Option<f64>;
    /// Whether frames are counted in steps where nothing says how long one is.
    fn counts_steps(&self) -> bool {
        false
    }
    /// Whether voltages are looked at only when the user says, for want of steps.
    fn is_untimed(&self) -> bool {
        false
    }
    /// Runs a stimulus.
    fn run(&self, py: Python<'_>, job: Job<'_>) -> PyResult<Outcome>;
}

/// What a run is to do.
pub(crate) struct Job<'a> {
    pub(crate) loaded: &'a Loaded,
    /// Whether results have an axis for samples.
    pub(crate) batch: bool,
    /// How long to run, in seconds.
    pub(crate) duration: f64,
    pub(crate) requests: &'a [Request],
    /// Instants at which voltages are looked at, in seconds; only without a grid.
    pub(crate) times: Vec<f64>,
    pub(crate) threads: usize,
    /// Makes a progress bar.
    pub(crate) progress: Option<Py<PyAny>>,
}

/// What a run on a time grid does: so many steps of each sample, divided among so many threads.
#[derive(Clone, Copy)]
struct Grid<'a> {
    stimuli: &'a [Stimulus],
    steps: usize,
    threads: usize,
}

impl<'a> Job<'a> {
    /// The channels of what is asked for, of everything that can be.
    fn channels<'c>(
        &self,
        all: &'c [Request],
        channels: &'c [usize],
    ) -> impl Iterator<Item = usize> + 'c
    where
        'a: 'c,
    {
        let asked = self.requests;
        let pairs = all.iter().zip(channels);
        pairs.filter(move |(request, _)| asked.contains(request)).map(|(_, &channels)| channels)
    }

    /// The run in steps of so many seconds.
    ///
    /// `channels` are those of everything that is kept, step by step.
    fn on_grid(&self, dt: f64, channels: impl IntoIterator<Item = usize>) -> PyResult<Grid<'a>> {
        let stimuli = self.loaded.samples.as_slice();
        let threads = self.threads.clamp(1, stimuli.len().max(1));
        let limits = Limits::default();
        let steps = bounds::steps(self.duration, dt, &limits);
        let steps = steps.map_err(|error| Raise::Run.error(error))?;
        bounds::recording(channels, [steps, stimuli.len()], &limits)
            .map_err(|error| Raise::Run.error(error))?;
        Ok(Grid { stimuli, steps, threads })
    }
}

impl Grid<'_> {
    /// Runs work that says how much of a total is done.
    fn record(
        self,
        py: Python<'_>,
        progress: Option<Py<PyAny>>,
        total: usize,
        work: impl FnOnce(&dyn Watch) -> Result<Recording, nirkit::Error> + Send,
    ) -> PyResult<Outcome> {
        let ticker = Ticker::new(progress, total as u64);
        let recording = watched(py, &ticker, self.threads, work)?;
        let steps = Some(self.steps);
        let notes = doubt::not_finite(&recording.arrays);
        Ok(Outcome { arrays: recording.arrays, steps, notes, ..Outcome::default() })
    }
}

/// What a run gave.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Arrays of shape (T, *shape), or (T, B, *shape) with a batch.
    pub(crate) arrays: Vec<(Request, Tensor)>,
    /// Spikes at their own times, for each node and each sample.
    pub(crate) events: Vec<(String, Vec<Train>)>,
    pub(crate) steps: Option<usize>,
    pub(crate) notes: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) grazes: Vec<Graze>,
}

/// The spikes of a node in one sample, in order of time.
pub(crate) struct Train {
    /// Seconds.
    pub(crate) times: Vec<f64>,
    /// Channels in C order.
    pub(crate) channels: Vec<i64>,
}

/// What is prepared.
pub(crate) struct Task<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) facts: &'a Facts,
    pub(crate) open: Open,
    pub(crate) given: Given,
}

/// Prepares a graph for `clocked`, for `exact` (also called `ideal`), or for a platform.
pub(crate) fn prepare(
    document: &Document,
    graph: &Graph,
    facts: &Facts,
    engine: &str,
    given: Given,
) -> PyResult<Prepared> {
    let task = Task { graph, facts, open: open::open(&document.0), given };
    match engine {
        "clocked" => clocked::prepare(&task),
        "exact" | "ideal" => exact::prepare(&task),
        title => match any_platform(title)? {
            Platform::Simulator(profile) => platform::prepare(&task, profile),
            Platform::Chip(chip) => chip::prepare(&task, chip),
        },
    }
}

impl Given {
    /// Nothing but `dt`, `reset` and these is asked of this engine.
    fn refuse_others(&self, engine: &str, takes: &[&str]) -> PyResult<()> {
        let spike = self.spike.is_some().then_some("spike");
        let names = self.others.iter().map(|(name, _)| name.as_str()).chain(spike);
        let unknown: Vec<&str> = names.filter(|name| !takes.contains(name)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let known = ["dt", "reset"].iter().chain(takes).map(|name| format!("`{name}`"));
        let known: Vec<String> = known.collect();
        let message = format!("{engine} has no choice `{}`", unknown.join("`, `"));
        Err(Raise::Choice.help(message, format!("the choices are {}", known.join(", "))))
    }
}

pub(crate) fn choice(name: &str, value: impl ToString, source: impl Into<String>) -> Choice {
    (name.to_owned(), value.to_string(), source.into())
}

/// An answer as a choice; what has to be said about it goes to the notes.
pub(crate) fn settled<T: ToString + Copy>(
    name: &str,
    settled: Settled<T>,
    choices: &mut Vec<Choice>,
    notes: &mut Vec<String>,
) -> T {
    notes.extend(settled.note);
    choices.push(choice(name, settled.value, settled.source));
    settled.value
}

/// The requests that name spikes.
pub(crate) fn spikes(requests: &[Request]) -> Vec<Request> {
    requests.iter().filter(|r| r.observable == Observable::Spikes).cloned().collect()
}

/// A watched run, beside this thread when several do the work.
fn watched<T: Send>(
    py: Python<'_>,
    ticker: &Ticker,
    threads: usize,
    work: impl FnOnce(&dyn Watch) -> Result<T, nirkit::Error> + Send,
) -> PyResult<T> {
    ticker.run(py, threads > 1, work)?.map_err(|error| Raise::Run.error(error))
}
