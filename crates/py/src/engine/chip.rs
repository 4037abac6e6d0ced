//! As a chip would.

use nirkit::chip::{self, Job as ChipJob};
use nirkit::ir::{Facts, Graph};
use nirkit::platforms::chip::Design;
use nirkit::platforms::{Chip, ChipChoices};
use nirkit::settle::{self, Voice};
use nirkit::sim::Request;
use pyo3::prelude::*;

use super::{Engine, Job, Outcome, Prepared, Task, choice};
use crate::error::Raise;

struct OnChip {
    design: Design,
    requests: Vec<Request>,
    /// Channels of each request.
    channels: Vec<usize>,
    /// Length of a step in seconds, if anything says it.
    dt: Option<f64>,
}

pub(super) fn prepare(task: &Task<'_>, chip: &Chip) -> PyResult<Prepared> {
    let mut given = task.given.others.clone();
    let quantize = given.iter().position(|(name, _)| name == "quantize");
    let quantize = quantize.map(|at| given.swap_remove(at).1);
    if let Some((name, _)) = given.first() {
        let help = "the choices are `dt`, `reset`, `quantize`";
        return Err(Raise::Choice.help(format!("{} has no choice `{name}`", chip.name), help));
    }
    let mut notes = Vec::new();
    let found =
        settle::time_step(task.given.dt, task.given.dt_of_stimulus, &task.open, Voice::PROGRAM);
    let (dt, source) = match found {
        Ok(settled) => {
            notes.extend(settled.note);
            (Some(settled.value), settled.source)
        }
        // A chip without time constants asks for none.
        Err(_) if task.given.dt.is_none() => (None, "none".to_owned()),
        Err(error) => return Err(Raise::Choice.error(error)),
    };
    let choices = ChipChoices { dt, reset: task.given.reset, quantize };
    let (design, losses) = design(chip, task.graph, task.facts, &choices)?;
    notes.extend(losses);
    notes.extend(design.notes.iter().cloned());
    let quantiser = choices.quantize.as_deref().or(chip.quantisers.first().map(|q| q.name));
    let is_given = if choices.quantize.is_some() { "given" } else { "the chip's first" };
    let described = vec![
        choice("platform", chip.title(), "given"),
        choice("package", chip.package, "the chip"),
        choice("dt", dt.map_or("none".to_owned(), |dt| dt.to_string()), source),
        choice("quantize", quantiser.unwrap_or("none"), is_given),
    ];
    let requests = design.emulation.requests();
    let channels = |request| design.emulation.channels(request).unwrap_or(0);
    let channels = requests.iter().map(channels).collect();
    let engine = Box::new(OnChip { design, requests, channels, dt });
    Ok(Prepared { engine, choices: described, notes, methods: Vec::new() })
}

/// A graph in the terms of a chip, with what that loses; an error with all reasons if the chip
/// refuses it. A graph that needs more than the chip has is taken: its arithmetic is defined.
pub(crate) fn design(
    chip: &Chip,
    graph: &Graph,
    facts: &Facts,
    choices: &ChipChoices,
) -> PyResult<(Design, Vec<String>)> {
    let lowering = chip.lower(graph, facts, choices).map_err(|error| Raise::Choice.one(error))?;
    let findings = &lowering.report.findings;
    if let Some(design) = lowering.design {
        let matters = findings.iter().filter(|finding| finding.matters);
        return Ok((design, matters.map(|finding| finding.diagnostic.to_string()).collect()));
    }
    let refusals = lowering.report.refusals().map(|found| found.diagnostic.clone());
    let refusals: Vec<_> = refusals.collect();
    Err(Raise::Refused.findings(&refusals))
}

impl Engine for OnChip {
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
        let dt = self.dt.unwrap_or(1.0);
        let grid = job.on_grid(dt, job.channels(&self.requests, &self.channels))?;
        let work = ChipJob {
            design: &self.design,
            stimuli: grid.stimuli,
            steps: grid.steps,
            dt,
            requests: job.requests,
            has_batch: job.batch,
            threads: grid.threads,
        };
        grid.record(py, job.progress, grid.stimuli.len(), |watch| chip::run(&work, watch))
    }
}
