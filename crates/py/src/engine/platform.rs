//! As a released platform would.

use nirkit::ir::{Facts, Graph};
use nirkit::platform::{self, first_way, way as way_in_words};
use nirkit::platforms::{Choices, Profile, check};
use nirkit::settle::{self, Voice, overridden};
use nirkit::sim::Request;
use nirkit::sim::clocked::scheme::{Program, SchemeError, Sums};
use nirkit::{bounds, rounding};
use pyo3::prelude::*;

use super::{Choice, Engine, Given, Job, Outcome, Prepared, Task, choice};
use crate::error::Raise;

struct Simulator {
    program: Program,
    requests: Vec<Request>,
    /// Channels of each request.
    channels: Vec<usize>,
    /// The step that the platform runs with; `None` where steps have no length.
    dt: Option<f64>,
}

pub(super) fn prepare(task: &Task<'_>, profile: &Profile) -> PyResult<Prepared> {
    let sums = sums(&task.given, profile.name)?;
    let dt = task.given.dt.or(task.given.dt_of_stimulus);
    let choices = Choices {
        dt,
        reset: task.given.reset,
        sums: sums.unwrap_or_default(),
        ..Choices::default()
    };
    let mut notes = admit(task.graph, task.facts, profile, &choices)?;
    let recorded = task.given.dt_of_stimulus;
    notes.extend(task.given.dt.and_then(|dt| overridden(dt, recorded, Voice::PROGRAM)));
    let asked = task.given.others.iter().find(|(name, _)| name == "way");
    let found = match asked {
        Some((_, number)) => chosen_way(task, profile, &choices, number)?,
        None => first_way(profile, task.graph, task.facts, &choices),
    };
    let (choices, program) = found.map_err(|errors| {
        Raise::Refused.many(errors.iter().map(|error| (error.to_string(), None)).collect())
    })?;
    let methods = program.order().to_vec();
    let requests = program.requests();
    let channels = bounds::channels(&requests, task.facts).collect();
    // Whether seconds matter is known when the stimulus is; what is told is the same.
    let step = settle::platform_step(profile, &choices, false, Voice::PROGRAM)
        .map_err(|error| Raise::Choice.error(error))?;
    let mut described = described(task, profile, &choices, (step.value, &step.source));
    if let Some(way) = way_in_words(profile, task.graph, task.facts, &choices) {
        let own = "chance: the first that runs; `way` takes another";
        described.push(choice("way", way, if asked.is_some() { "given" } else { own }));
    }
    described.extend(sums.map(|sums| choice("sums", sums, "given")));
    let engine = Box::new(Simulator { program, requests, channels, dt: step.value });
    Ok(Prepared { engine, choices: described, notes, methods })
}

/// The program of a way that is asked for by its number, counted from 1.
fn chosen_way(
    task: &Task<'_>,
    profile: &Profile,
    choices: &Choices,
    number: &str,
) -> PyResult<Result<(Choices, Program), Vec<SchemeError>>> {
    let ways = profile.ways(task.graph, task.facts, choices);
    let way = number.parse().ok().filter(|way| (1..=ways).contains(way));
    let Some(way) = way else {
        let message = format!("`way` is {number}; {} has the ways 1 to {ways}", profile.title());
        return Err(Raise::Choice.help(message, "give the number of a way"));
    };
    let choices = Choices { way: way - 1, ..*choices };
    let program = profile.prepare(task.graph, task.facts, &choices);
    Ok(program.map(|program| (choices, program)))
}

/// The order of additions, if it is given; nothing else but the way is a choice of a simulator alone.
fn sums(given: &Given, platform: &str) -> PyResult<Option<Sums>> {
    given.refuse_others(platform, &["sums", "way"])?;
    let order = given.others.iter().find(|(name, _)| name == "sums").map(|(_, order)| order);
    let order: Option<Result<Sums, _>> = order.map(|order| order.parse());
    order.transpose().map_err(|error| Raise::Choice.one(error))
}

/// What the platform loses, to be said with the result; an error if it refuses the graph.
pub(crate) fn admit(
    graph: &Graph,
    facts: &Facts,
    profile: &Profile,
    choices: &Choices,
) -> PyResult<Vec<String>> {
    settle::check_step(choices.dt, Voice::PROGRAM).map_err(|error| Raise::Choice.error(error))?;
    let report = check(profile, graph, facts, choices);
    if report.refuses() {
        let refusals: Vec<_> = report.refusals().map(|found| found.diagnostic.clone()).collect();
        return Err(Raise::Refused.findings(&refusals));
    }
    let matters = report.findings.iter().filter(|finding| finding.matters);
    Ok(matters.map(|finding| finding.diagnostic.to_string()).collect())
}

fn described(
    task: &Task<'_>,
    profile: &Profile,
    choices: &Choices,
    (dt, dt_source): (Option<f64>, &str),
) -> Vec<Choice> {
    let settled = profile.settled(task.graph, task.facts, choices);
    let given = |is_given: bool| if is_given { "given" } else { "the platform's own" };
    let dt = dt.map_or("none".to_owned(), |dt| dt.to_string());
    let reset = settled.reset.map_or("the platform's".to_owned(), |reset| reset.to_string());
    vec![
        choice("platform", profile.title(), "given"),
        choice("package", profile.package, "the profile"),
        choice("dt", dt, dt_source),
        choice("reset", reset, given(choices.reset.is_some())),
    ]
}

impl Engine for Simulator {
    fn requests(&self) -> &[Request] {
        &self.requests
    }

    fn dt(&self) -> Option<f64> {
        self.dt
    }

    fn counts_steps(&self) -> bool {
        true
    }

    fn run(&self, py: Python<'_>, job: Job<'_>) -> PyResult<Outcome> {
        let channels = job.channels(&self.requests, &self.channels);
        let grid = job.on_grid(self.dt.unwrap_or(1.0), channels)?;
        let work = platform::Job {
            program: &self.program,
            stimuli: grid.stimuli,
            steps: grid.steps,
            requests: job.requests,
            has_batch: job.batch,
            threads: grid.threads,
        };
        let samples = grid.stimuli.len();
        let mut outcome =
            grid.record(py, job.progress, samples, |watch| platform::run(&work, watch))?;
        let ask =
            |doubt| format!("{doubt}; run with `sums=\"backward\"` and `\"wide\"` to compare");
        outcome.notes.extend(rounding::doubts(&outcome.arrays).into_iter().map(ask));
        Ok(outcome)
    }
}
