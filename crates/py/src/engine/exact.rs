//! In continuous time, event by event.

use nirkit::exact::{self, SLICES};
use nirkit::ir::{Facts, Limits};
use nirkit::settle::{self, Voice};
use nirkit::sim::Request;
use nirkit::sim::exact::{Options, Program, prepare as prepare_program};
use pyo3::prelude::*;

use super::{Engine, Job, Outcome, Prepared, Task, Train, choice, settled, watched};
use crate::error::Raise;
use crate::ticker::Ticker;

/// Grazes that are said one by one.
const SAID: usize = 5;

struct Exact {
    program: Program,
    facts: Facts,
    requests: Vec<Request>,
    dt: Option<f64>,
}

pub(super) fn prepare(task: &Task<'_>) -> PyResult<Prepared> {
    let given = &task.given;
    given.refuse_others("the exact engine", &["spike"])?;
    let (mut choices, mut notes) = (Vec::new(), Vec::new());
    let mut options = Options::default();
    // Only frames have a step; without one, they are refused when they come.
    let dt = settle::time_step(given.dt, given.dt_of_stimulus, &task.open, Voice::PROGRAM);
    let dt = match dt {
        Ok(dt) => Some(settled("dt", dt, &mut choices, &mut notes)),
        Err(error) if given.dt.is_some() => return Err(Raise::Choice.error(error)),
        Err(_) => None,
    };
    options.step = dt.unwrap_or(options.step);
    let reset = settle::reset(given.reset, &task.open, Voice::PROGRAM);
    options.reset = settled("reset", reset, &mut choices, &mut notes);
    let spike = settle::spike(given.spike, &task.open, Voice::PROGRAM);
    options.spike = settled("spike", spike, &mut choices, &mut notes);
    choices.push(choice("max_rounds", options.max_rounds, "default"));
    let program = prepare_program(task.graph, task.facts, &options).map_err(|errors| {
        Raise::Graph.many(errors.0.iter().map(|error| (error.to_string(), None)).collect())
    })?;
    let requests = exact::requests(&program, task.facts);
    let engine = Box::new(Exact { program, facts: task.facts.clone(), requests, dt });
    Ok(Prepared { engine, choices, notes, methods: Vec::new() })
}

impl Engine for Exact {
    fn requests(&self) -> &[Request] {
        &self.requests
    }

    fn dt(&self) -> Option<f64> {
        self.dt
    }

    fn is_untimed(&self) -> bool {
        true
    }

    fn run(&self, py: Python<'_>, job: Job<'_>) -> PyResult<Outcome> {
        let jobs: Vec<exact::Job<'_>> = job
            .loaded
            .samples
            .iter()
            .map(|stimulus| exact::Job {
                program: &self.program,
                facts: &self.facts,
                stimulus,
                duration: job.duration,
                requests: job.requests,
                times: job.times.clone(),
                folder: None,
                keep: true,
                limits: Limits::default(),
            })
            .collect();
        let ticker = Ticker::new(job.progress, SLICES * jobs.len() as u64);
        let threads = job.threads.clamp(1, jobs.len().max(1));
        let samples = watched(py, &ticker, threads, |watch| exact::run_all(&jobs, threads, watch))?;
        gathered(samples, job.batch)
    }
}

/// What all samples gave, side by side.
fn gathered(samples: Vec<exact::Outcome>, batch: bool) -> PyResult<Outcome> {
    let mut outcome = Outcome::default();
    let mut grazes = 0;
    let mut traces = Vec::new();
    for sample in samples {
        for (at, (node, events)) in sample.spikes.into_iter().enumerate() {
            if outcome.events.len() <= at {
                outcome.events.push((node, Vec::new()));
            }
            let times = events.iter().map(|event| event.time).collect();
            let channels = events.iter().map(|event| event.neuron as i64).collect();
            outcome.events[at].1.push(Train { times, channels });
        }
        traces.push(nirkit::sim::clocked::Recording { arrays: sample.traces });
        if outcome.methods.is_empty() {
            let methods = sample.report.methods.iter();
            outcome.methods = methods.map(|(node, how)| format!("{node}: {how}")).collect();
        }
        grazes += sample.report.counts.grazes;
        outcome.grazes.extend(sample.report.grazes);
    }
    outcome.arrays =
        exact::side_by_side(traces, batch).map_err(|error| Raise::Internal.error(error))?.arrays;
    let said = outcome.grazes.iter().take(SAID).map(|graze| format!("N505: {graze}"));
    outcome.notes = said.collect();
    let more = grazes.saturating_sub(SAID as u64);
    if more > 0 {
        outcome.notes.push(format!("N505: {more} more decisions are as close"));
    }
    Ok(outcome)
}
