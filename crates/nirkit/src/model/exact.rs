//! In continuous time, event by event.

mod carried;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use nirkit_engine::clocked::Recording;
use nirkit_exact::{Options, Program, Run, RunError, prepare as compile};
use nirkit_io::Limits;
use nirkit_ir::Facts;
use nirkit_numerics::Shortest;
use nirkit_run::{Observable, Request, Signal, Stimulus as Sample, interrupt};

use super::batch::{divided, join, stacked};
use super::stream::{Sink, position};
use super::{Engine, Ledger, Observed, Outcome, Prepared, Source, Task};
use crate::array_file::read_named_array;
use crate::error::{Error, ErrorKind};
use crate::eval::Answer;
use crate::idle;
use crate::settle;
use crate::stimulus::{frames_until, is_late};
use crate::watch::{Watch, stopped};
use carried::Carried;

/// Parts into which a run is cut to say how far it is; stopping in between changes no bit.
const SLICES: u64 = 200;

/// Grazes that are said one by one.
const SAID: usize = 5;

struct Exact {
    program: Program,
    facts: Facts,
    observed: Observed,
    answer: Answer,
    /// Outputs that no spike can reach.
    without_spikes: Vec<String>,
}

pub(super) fn prepare(source: &Source<'_>) -> Result<Prepared, Error> {
    let Source { graph, facts, open, given } = source;
    given.only("the exact engine", &["spike", "max_pending"])?;
    let mut ledger = Ledger::default();
    let mut options = Options::default();
    // Only frames have a step; without one, they are refused when they come.
    let dt = settle::known_step(given, open)?.map(|dt| ledger.take_time("dt", dt));
    options.step = dt.unwrap_or(options.step);
    options.reset = ledger.take("reset", settle::reset(given, open));
    options.spike = ledger.take("spike", settle::spike(given, open, dt));
    ledger.notes.extend(idle::reset(graph, facts, given));
    ledger.push("start", "rest", "the ideal's own");
    ledger.push("max_rounds", options.max_rounds, "default");
    if let Some(most) = given.other("max_pending") {
        options.max_pending = most.parse().map_err(|_| {
            let message =
                format!("{} is {most}, which is no number", given.voice.option("max_pending"));
            Error::new(message).of_kind(ErrorKind::Choice)
        })?;
    }
    let origin = if given.other("max_pending").is_some() { "given" } else { "default" };
    ledger.push("max_pending", options.max_pending, origin);
    options.max_spikes = given.limits.spikes;
    let program = compile(graph, facts, &options)
        .map_err(|errors| Error::all(&errors.0).of_kind(ErrorKind::Graph))?;
    let requests = requests(&program, facts);
    let answer = Answer::of(graph, facts, &requests);
    let mut without_spikes = Vec::new();
    for output in facts.outputs(graph) {
        let carried = Carried::by(graph, facts, output);
        let name = &facts.leaf(output).name;
        ledger.notes.extend(carried.notes(name, given.voice));
        if !carried.spikes && !carried.voltages.is_empty() {
            without_spikes.push(name.clone());
        }
    }
    let facts = (*facts).clone();
    // Channels are looked up when they are asked for.
    let observed = Observed::new(requests, Vec::new(), dt);
    let engine = Box::new(Exact { program, facts, observed, answer, without_spikes });
    let Ledger { choices, notes } = ledger;
    Ok(Prepared { engine, title: "exact".to_owned(), choices, notes })
}

/// Everything that a program can record. A nested graph with one Output stands for it.
#[must_use]
pub(crate) fn requests(program: &Program, facts: &Facts) -> Vec<Request> {
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

/// Reads the instants at which to look, in seconds, from a numpy array of one axis.
///
/// # Errors
///
/// A file that cannot be read, an array with another number of axes, an element that is no time from 0 on.
pub fn read_times(path: &Path, limits: &Limits) -> Result<Vec<f64>, Error> {
    let times = read_named_array(path, "times", limits)?;
    if times.rank() != 1 {
        let message = format!("the times have the shape {:?}; one axis is expected", times.shape());
        return Err(Error::new(message)
            .of_kind(ErrorKind::Choice)
            .help("store a time for each instant: `t.reshape(-1)`")
            .in_file(path));
    }
    match times.to_f64() {
        Some(times) if times.iter().all(|time| time.is_finite() && *time >= 0.0) => {
            Ok(times.into_owned())
        }
        _ => Err(Error::new("the times are no finite numbers from 0")
            .of_kind(ErrorKind::Choice)
            .help("give seconds from the start of the run")
            .in_file(path)),
    }
}

/// Adds up how far several samples are.
struct Sum<'a> {
    done: AtomicU64,
    total: u64,
    watch: &'a dyn Watch,
}

impl Sum<'_> {
    fn tick(&self) -> ControlFlow<()> {
        self.watch.done(self.done.fetch_add(1, Ordering::Relaxed) + 1, self.total)
    }
}

/// What one sample gave.
struct Part {
    outcome: Outcome,
    grazes: u64,
}

impl Exact {
    fn run_one(&self, task: &Task<'_>, sample: &Sample, sum: &Sum<'_>) -> Result<Part, Error> {
        let sample = until_end(sample, task.duration, self.observed.dt);
        let mut run = self.program.start(&sample).map_err(|errors| Error::all(&errors.0))?;
        let mut sink = Sink::new(&self.program, &self.facts, task)?;
        for slice in 1..=SLICES {
            let until = task.duration * (slice as f64 / SLICES as f64);
            if let Err(error) = run.advance(until, &mut sink) {
                return Err(if interrupt::is_requested() {
                    stopped()
                } else {
                    gave_up(task.duration, &run, &error)
                });
            }
            if sum.tick().is_break() {
                return Err(stopped());
            }
        }
        let report = run.report();
        let mut outcome = sink.finish(task)?;
        outcome.methods =
            report.methods.iter().map(|(node, how)| format!("{node}: {how}")).collect();
        outcome.grazes = report.grazes;
        Ok(Part { outcome, grazes: report.counts.grazes })
    }
}

impl Exact {
    /// An error where cycles without a closed form change so fast that they would be followed for ever.
    fn check_steps(&self, task: &Task<'_>) -> Result<(), Error> {
        let Some((nodes, step)) = self.program.stepped() else { return Ok(()) };
        let (steps, most) = (task.duration / step, task.limits.steps);
        if steps <= most as f64 {
            return Ok(());
        }
        let nodes: Vec<String> = nodes.iter().take(5).map(|node| format!("`{node}`")).collect();
        let message = format!(
            "{} have no closed form, and change within {step} s: {:.0} steps to the end at {} s, more than the limit `steps` of \
             {most} allows",
            nodes.join(", "),
            steps.ceil(),
            task.duration
        );
        Err(Error::new(message).of_kind(ErrorKind::Run).help(
            "longer time constants, smaller gains or a Delay in the cycle make the steps longer; a time grid takes its own step",
        ))
    }
}

/// What enters before the end.
fn until_end(sample: &Sample, duration: f64, dt: Option<f64>) -> Cow<'_, Sample> {
    let is_late = |time: f64| is_late(time, duration, dt);
    let frames = dt.map(|dt| frames_until(duration, dt));
    let has_late = sample.signals.values().any(|signal| match signal {
        Signal::Spikes { spikes, .. } => spikes.iter().any(|spike| is_late(spike.time)),
        Signal::Frames { channels, values, .. } => {
            frames.is_some_and(|frames| frames.saturating_mul(*channels) < values.len())
        }
        Signal::Current { .. } => false,
    });
    if !has_late {
        return Cow::Borrowed(sample);
    }
    let mut cut = sample.clone();
    for signal in cut.signals.values_mut() {
        match signal {
            Signal::Spikes { spikes, .. } => spikes.retain(|spike| !is_late(spike.time)),
            Signal::Frames { channels, values, .. } => {
                values.truncate(frames.map_or(values.len(), |n| n.saturating_mul(*channels)));
            }
            Signal::Current { .. } => {}
        }
    }
    Cow::Owned(cut)
}

/// The error of a run that cannot go on, with how far it got.
fn gave_up(duration: f64, run: &Run, error: &RunError) -> Error {
    let (time, spikes) = (run.time(), run.report().counts.spikes);
    let (time, duration) = (Shortest(time), Shortest(duration));
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

/// What all samples gave, side by side.
fn gathered(parts: Vec<Part>, has_batch: bool) -> Result<Outcome, Error> {
    let mut all = Outcome::default();
    let (mut grazes, mut traces) = (0, Vec::new());
    for Part { outcome, grazes: of_one } in parts {
        for (at, (node, trains)) in outcome.events.into_iter().enumerate() {
            match all.events.get_mut(at) {
                Some((_, known)) => known.extend(trains),
                None => all.events.push((node, trains)),
            }
        }
        for (at, (node, sum)) in outcome.sums.into_iter().enumerate() {
            match all.sums.get_mut(at) {
                Some((_, known)) => *known += sum,
                None => all.sums.push((node, sum)),
            }
        }
        traces.push(Recording { arrays: outcome.arrays });
        if all.methods.is_empty() {
            all.methods = outcome.methods;
        }
        all.files.extend(outcome.files);
        all.notes.extend(outcome.notes);
        all.grazes.extend(outcome.grazes);
        grazes += of_one;
    }
    all.notes.extend(all.grazes.iter().take(SAID).map(|graze| format!("N505: {graze}")));
    let more = grazes.saturating_sub(SAID as u64);
    if more > 0 {
        all.notes.push(format!("N505: {more} more decisions are as close"));
    }
    all.arrays = if has_batch { stacked(traces) } else { join(traces) }?.arrays;
    Ok(all)
}

impl Engine for Exact {
    fn is_usual(&self, request: &Request) -> bool {
        request.observable == Observable::Spikes && !self.without_spikes.contains(&request.node)
    }

    fn kind(&self) -> &'static str {
        "exact"
    }

    fn observed(&self) -> &Observed {
        &self.observed
    }

    fn channels(&self, request: &Request) -> usize {
        let node = position(&self.program, &self.facts, &request.node);
        let leaf = node.and_then(|node| self.facts.leaves().get(node));
        leaf.map_or(0, nirkit_ir::facts::Leaf::outputs)
    }

    fn is_continuous(&self) -> bool {
        true
    }

    fn run(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        self.check_steps(task)?;
        let total = SLICES * task.samples.len() as u64;
        let sum = Sum { done: AtomicU64::new(0), total, watch: task.watch };
        let part = |samples: &[Sample]| {
            samples.iter().map(|sample| self.run_one(task, sample, &sum)).collect()
        };
        let parts: Vec<Vec<Part>> = divided(task.samples, task.threads, part)?;
        gathered(parts.into_iter().flatten().collect(), task.has_batch)
    }

    fn answer_node(&self) -> Result<String, Error> {
        self.answer.node()
    }
}
