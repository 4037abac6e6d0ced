//! What a model asks of an engine, and what it is told when it is prepared.

use std::collections::BTreeMap;
use std::path::Path;

use nirkit_engine::clocked::SpikeStep;
use nirkit_exact::Graze;
use nirkit_ir::open::Open;
use nirkit_ir::{Facts, Graph, Limits};
use nirkit_numerics::{Shortest, Tensor};
use nirkit_platforms::chip::Design;
use nirkit_run::{Observable, Request, Stimulus as Sample};

use super::unseen::Unseen;
use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::recording::{Batch, Train};
use crate::rounding::Affected;
use crate::settle::Settled;
use crate::watch::Watch;

/// What an engine is given.
pub(crate) struct Task<'a> {
    /// A stimulus for each sample.
    pub(crate) samples: &'a [Sample],
    /// Whether arrays have an axis for samples: (T, B, *shape) instead of (T, *shape).
    pub(crate) has_batch: bool,
    /// Number of steps; 0 in continuous time.
    pub(crate) steps: usize,
    /// Length of a step in seconds; 1 where it has none.
    pub(crate) dt: f64,
    /// How long to run, in seconds; in steps where these have no length.
    pub(crate) duration: f64,
    pub(crate) requests: &'a [Request],
    /// Instants at which voltages are looked at, in continuous time.
    pub(crate) times: Vec<f64>,
    /// Whether no more than sums over time are kept, where that spares memory.
    pub(crate) sums_only: bool,
    /// Where spikes are written while the run goes on, in continuous time.
    pub(crate) folder: Option<&'a Path>,
    pub(crate) threads: usize,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) limits: &'a Limits,
}

/// What an engine gives.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) arrays: Vec<(Request, Tensor)>,
    pub(crate) events: Vec<(String, Vec<Train>)>,
    /// Sums of nodes whose spikes are not in the arrays.
    pub(crate) sums: Vec<(String, f64)>,
    pub(crate) notes: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) grazes: Vec<Graze>,
    /// Spikes of the stimulus that a chip does not see.
    pub(crate) unseen: Vec<Unseen>,
    /// Files that were made while the run went on.
    pub(crate) files: Batch,
}

/// What can be recorded of an engine, and the length of its steps.
pub(crate) struct Observed {
    requests: Vec<Request>,
    channels: BTreeMap<Request, usize>,
    /// Length of a step, or of a frame of the stimulus, in seconds; `None` where nothing says it.
    pub(crate) dt: Option<f64>,
}

impl Observed {
    /// Requests with the channels of each.
    pub(crate) fn new(requests: Vec<Request>, channels: Vec<usize>, dt: Option<f64>) -> Self {
        let channels = requests.iter().cloned().zip(channels).collect();
        Self { requests, channels, dt }
    }
}

/// What the ways to run a graph have in common.
pub(crate) trait Engine: Send + Sync {
    /// The kind of engine, in a word: `exact`, `clocked`, `platform`.
    fn kind(&self) -> &'static str;
    /// What can be recorded, and the length of a step.
    fn observed(&self) -> &Observed;
    /// Everything that can be recorded.
    fn requests(&self) -> &[Request] {
        &self.observed().requests
    }
    /// What is recorded of a node unless something else is asked for.
    fn is_usual(&self, request: &Request) -> bool {
        request.observable == Observable::Spikes
    }
    /// The channels of a request.
    fn channels(&self, request: &Request) -> usize {
        self.observed().channels.get(request).copied().unwrap_or(0)
    }
    /// Length of a step, or of a frame of the stimulus, in seconds; `None` where nothing says it.
    fn dt(&self) -> Option<f64> {
        self.observed().dt
    }
    /// The step in which a spike acts.
    fn spike_step(&self) -> SpikeStep {
        SpikeStep::Floor
    }
    /// Whether it runs in continuous time, without steps.
    fn is_continuous(&self) -> bool {
        false
    }
    /// Whether it can run in steps of no particular length.
    fn counts_steps(&self) -> bool {
        false
    }
    /// How things are computed, as far as it is known before the run.
    fn methods(&self) -> &[String] {
        &[]
    }
    /// Runs a stimulus.
    fn run(&self, task: &Task<'_>) -> Result<Outcome, Error>;
    /// The same for a readout: a platform that answers late is waited for, and each layer is in step.
    fn answer(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        self.run(task)
    }
    /// Whether a readout waits for an answer that comes late, so that its counts can be others than those of a run.
    fn is_waited_for(&self) -> bool {
        false
    }
    /// The node whose output is the answer of a network.
    fn answer_node(&self) -> Result<String, Error>;
    /// Whether a node puts out its voltage, and no spikes.
    fn puts_out_voltage(&self, _node: &str) -> bool {
        false
    }
    /// The number of the way that is taken, counted from 0, and how many there are, where chance decides.
    fn way(&self) -> (usize, usize) {
        (0, 1)
    }
    /// The graph in the terms of a chip, where one runs it.
    fn design(&self) -> Option<&Design> {
        None
    }
    /// The operations of a step, as data.
    fn step_program(&self) -> Result<nirkit_step::Program, Error> {
        let message = format!("the {} engine has no step program", self.kind());
        let error = Error::new(message).of_kind(ErrorKind::Choice);
        Err(error.help("simulators, chips and `clocked` have one"))
    }
    /// The engine of another way.
    fn in_way(&self, _way: usize) -> Result<Box<dyn Engine>, Error> {
        Err(Error::new("there is no other way").of_kind(ErrorKind::Internal))
    }
    /// Which spikes of a recording depend on the order of additions.
    fn affected(
        &self,
        _task: &Task<'_>,
        _arrays: &[(Request, Tensor)],
    ) -> Result<Vec<Affected>, Error> {
        let message = "only a simulator leaves the order of its additions to a library";
        Err(Error::new(message).of_kind(ErrorKind::Choice))
    }
}

/// An engine, and what was settled on the way to it.
pub(crate) struct Prepared {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) title: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) notes: Vec<String>,
}

/// What an engine is made of.
pub(crate) struct Source<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) facts: &'a Facts,
    pub(crate) open: Open,
    pub(crate) given: &'a Choices,
}

/// Choices that were settled, and what has to be said about them.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) choices: Vec<Choice>,
    pub(crate) notes: Vec<String>,
}

impl Ledger {
    /// Takes down an answer.
    pub(crate) fn take<T: ToString + Copy>(&mut self, name: &str, settled: Settled<T>) -> T {
        self.notes.extend(settled.note);
        self.choices.push(Choice::new(name, settled.value, settled.source));
        settled.value
    }

    /// Takes down a time in seconds.
    pub(crate) fn take_time(&mut self, name: &str, settled: Settled<f64>) -> f64 {
        self.notes.extend(settled.note);
        self.choices.push(Choice::new(name, Shortest(settled.value), settled.source));
        settled.value
    }

    pub(crate) fn push(&mut self, name: &str, value: impl ToString, source: impl Into<String>) {
        self.choices.push(Choice::new(name, value, source));
    }
}
