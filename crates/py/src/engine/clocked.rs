//! On a time grid.

use nirkit::clocked;
use nirkit::settle::{self, Voice};
use nirkit::sim::clocked::{Options, Program, prepare as prepare_program};
use nirkit::sim::{Request, SpikeReading};
use nirkit::{bounds, doubt};
use pyo3::prelude::*;

use super::{Choice, Engine, Job, Outcome, Prepared, Task, choice, settled};
use crate::error::Raise;

struct Clocked {
    program: Program,
    requests: Vec<Request>,
    /// Channels of each request.
    channels: Vec<usize>,
    dt: f64,
}

pub(super) fn prepare(task: &Task<'_>) -> PyResult<Prepared> {
    let (mut choices, mut notes) = (Vec::new(), Vec::new());
    let options = options(task, &mut choices, &mut notes)?;
    let program = prepare_program(task.graph, task.facts, &options).map_err(|errors| {
        Raise::Graph.many(errors.to_string().lines().map(|line| (line.to_owned(), None)).collect())
    })?;
    notes.extend(program.roundings().iter().map(|rounding| {
        format!(
            "N504: the delay {} s of `{}` channel {} is taken as {} s",
            rounding.given, rounding.node, rounding.channel, rounding.used
        )
    }));
    let methods = program.order().iter().map(ToString::to_string).collect();
    notes.extend(doubt::short_time_constants(task.graph, task.facts, &options));
    let requests = program.requests();
    let channels = bounds::channels(&requests, task.facts).collect();
    let engine = Box::new(Clocked { program, requests, channels, dt: options.dt });
    Ok(Prepared { engine, choices, notes, methods })
}

/// Every choice, and where it comes from.
fn options(
    task: &Task<'_>,
    choices: &mut Vec<Choice>,
    notes: &mut Vec<String>,
) -> PyResult<Options> {
    let given = &task.given;
    let dt = settle::time_step(given.dt, given.dt_of_stimulus, &task.open, Voice::PROGRAM)
        .map_err(|error| Raise::Choice.error(error))?;
    let dt = settled("dt", dt, choices, notes);
    let mut options = Options::new(dt);
    let reset = settle::reset(given.reset, &task.open, Voice::PROGRAM);
    options.reset = settled("reset", reset, choices, notes);
    options.spike = given.spike.unwrap_or(SpikeReading::Pulse { width: dt });
    let source = given.spike.map_or("default: a pulse of one step", |_| "given");
    choices.push(choice("spike", options.spike, source));
    let usual = options.choices();
    for (name, value) in &given.others {
        options.set(name, value).map_err(|error| Raise::Choice.one(error))?;
    }
    for ((name, value), (_, usual)) in options.choices().into_iter().zip(usual) {
        if !choices.iter().any(|(known, _, _)| known == name) {
            let source = if value == usual { "default" } else { "given" };
            choices.push(choice(name, value, source));
        }
    }
    Ok(options)
}

impl Engine for Clocked {
    fn requests(&self) -> &[Request] {
        &self.requests
    }

    fn dt(&self) -> Option<f64> {
        Some(self.dt)
    }

    fn run(&self, py: Python<'_>, job: Job<'_>) -> PyResult<Outcome> {
        let grid = job.on_grid(self.dt, job.channels(&self.requests, &self.channels))?;
        let work = clocked::Job {
            program: &self.program,
            stimuli: grid.stimuli,
            steps: grid.steps,
            requests: job.requests,
            keep: nirkit::sim::clocked::Keep::Steps,
            has_batch: job.batch,
            threads: grid.threads,
        };
        grid.record(py, job.progress, grid.steps.saturating_mul(grid.threads), |watch| {
            clocked::run(&work, watch)
        })
    }
}
