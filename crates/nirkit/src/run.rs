//! What a run is to do: what to record, for how long, on how many threads.

use std::path::Path;

use nirkit_run::{Observable, Request, list_items};

use crate::error::Error;
use crate::suggest::did_you_mean;
use crate::watch::Watch;

/// What to record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Record {
    /// What all nodes put out: spikes, or the output of those that do not spike. Of a simulator or a chip the spikes.
    #[default]
    Spikes,
    /// Everything; in continuous time without instants, all spikes.
    All,
    /// Nodes, each with an observable in words (`v`, `isyn`, ...), or its spikes.
    Some(Vec<(String, Option<String>)>),
}

impl Record {
    /// Reads a list as it stands on a command line: `all`, or `lif1,lif1:v,li:v`. A comma in a name is written `\,`.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        match list {
            "all" => Self::All,
            list => Self::Some(list_items(list).iter().map(|name| pair(name.trim())).collect()),
        }
    }
}

/// A name, and what stands behind the last colon.
fn pair(name: &str) -> (String, Option<String>) {
    match name.rsplit_once(':') {
        Some((node, observable)) => (node.to_owned(), Some(observable.to_owned())),
        None => (name.to_owned(), None),
    }
}

/// Instants at which voltages are looked at, in continuous time.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Instants {
    /// None.
    #[default]
    None,
    /// Every so many seconds, from 0 on.
    Every(f64),
    /// At these times in seconds.
    At(Vec<f64>),
}

/// What a run is to do.
///
/// ```
/// use nirkit::{Record, Run};
///
/// let run = Run::new().record(Record::parse("lif1,lif1:v")).threads(2);
/// ```
#[derive(Clone)]
pub struct Run<'a> {
    pub(crate) record: Record,
    pub(crate) duration: Option<f64>,
    pub(crate) needs_time: bool,
    pub(crate) instants: Instants,
    pub(crate) threads: usize,
    pub(crate) sums_only: bool,
    pub(crate) check_rounding: bool,
    pub(crate) folder: Option<&'a Path>,
    pub(crate) watch: &'a dyn Watch,
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self {
            record: Record::default(),
            duration: None,
            needs_time: false,
            instants: Instants::default(),
            threads: 1,
            sums_only: false,
            check_rounding: false,
            folder: None,
            watch: &(),
        }
    }
}

impl<'a> Run<'a> {
    /// Records the spikes of all nodes for as long as the stimulus lasts, on one thread.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what to record.
    #[must_use]
    pub fn record(mut self, record: Record) -> Self {
        self.record = record;
        self
    }

    /// Says how long to run, in seconds.
    #[must_use]
    pub fn duration(mut self, duration: impl Into<Option<f64>>) -> Self {
        self.duration = duration.into();
        self
    }

    /// Says that the result is of no use without the length of a step.
    #[must_use]
    pub fn timed(mut self, timed: bool) -> Self {
        self.needs_time = timed;
        self
    }

    /// Says when to look at voltages, in continuous time.
    #[must_use]
    pub fn sample(mut self, instants: Instants) -> Self {
        self.instants = instants;
        self
    }

    /// Divides a batch among so many threads; their number changes no bit.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Keeps no more than sums over time, where that spares memory.
    #[must_use]
    pub fn sums_only(mut self, sums_only: bool) -> Self {
        self.sums_only = sums_only;
        self
    }

    /// Runs a simulator with other orders of additions as well, and lists the spikes that change.
    #[must_use]
    pub fn check_rounding(mut self, check: bool) -> Self {
        self.check_rounding = check;
        self
    }

    /// Writes spikes into this folder while the run goes on, in continuous time, so that they take no memory.
    #[must_use]
    pub fn folder(mut self, folder: Option<&'a Path>) -> Self {
        self.folder = folder;
        self
    }

    /// Lets somebody watch, who may stop the run.
    #[must_use]
    pub fn watch(mut self, watch: &'a dyn Watch) -> Self {
        self.watch = watch;
        self
    }
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { record, duration, instants, threads, .. } = self;
        f.debug_struct("Run")
            .field("record", record)
            .field("duration", duration)
            .field("instants", instants)
            .field("threads", threads)
            .finish_non_exhaustive()
    }
}

/// So many names of nodes are shown where one is wrong.
const SHOWN: usize = 8;

/// An observable of a node, by their names; of a node alone, its spikes, or else what it puts out.
pub(crate) fn request(
    node: &str,
    observable: Option<&str>,
    all: &[Request],
) -> Result<Request, Error> {
    if let Some(observable) = observable {
        refuse_ambiguous(node, observable, all)?;
    }
    let of_node = || all.iter().filter(|request| request.node == node);
    let found = match observable {
        Some(observable) => {
            let observable: Observable = observable.parse().map_err(|error| {
                Error::new(format!("{error}")).help("write NODE, or NODE:OBSERVABLE")
            })?;
            of_node().find(|request| request.observable == observable)
        }
        None => of_node()
            .find(|request| request.observable == Observable::Spikes)
            .or_else(|| of_node().find(|request| request.observable == Observable::V))
            .or_else(|| of_node().find(|request| request.observable == Observable::Output)),
    };
    if let Some(found) = found {
        return Ok(found.clone());
    }
    let known: Vec<String> = of_node().map(|request| request.observable.to_string()).collect();
    if let (Some(observable), false) = (observable, known.is_empty()) {
        let message = format!("`{node}` has no `{observable}` to record, but {}", known.join(", "));
        return Err(Error::new(message));
    }
    let mut names: Vec<&str> = all.iter().map(|request| request.node.as_str()).collect();
    names.dedup();
    let meant = did_you_mean(node, names.iter().copied());
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > SHOWN { ", ..." } else { "" };
    let help = meant.unwrap_or_else(|| format!("nodes: {}{more}", shown.join(", ")));
    Err(Error::new(format!("nothing of `{node}` can be recorded here")).help(help))
}

/// Returns an error where `NODE:OBSERVABLE` is the name of a node as well.
fn refuse_ambiguous(node: &str, observable: &str, all: &[Request]) -> Result<(), Error> {
    let full = format!("{node}:{observable}");
    let is_node = |name: &str| all.iter().any(|request| request.node == name);
    if !is_node(&full) || !is_node(node) || observable.parse::<Observable>().is_err() {
        return Ok(());
    }
    let of_full = all.iter().find(|request| request.node == full);
    let example =
        of_full.map_or(String::new(), |request| format!("`{full}:{}`", request.observable));
    let message = format!("`{full}` is `{observable}` of the node `{node}`, and the node `{full}`");
    let help = format!(
        "for the node `{full}`, say what of it: {example}; for `{node}`, rename one of the two"
    );
    Err(Error::new(message).help(help))
}
