//! Runs as platforms would: batches over threads, with progress.

use nirkit_ir::{Facts, Graph};
use nirkit_platforms::{Choices, Profile};
use nirkit_sim::clocked::Recording;
use nirkit_sim::clocked::scheme::{Program, SchemeError};
use nirkit_sim::{Request, Stimulus};

use crate::batch::{Engine, record};
use crate::error::Error;
use crate::watch::Watch;

/// The first way that runs in which a platform can run the graph, with its number in the choices; most
/// platforms have only one.
pub fn first_way(
    profile: &Profile,
    graph: &Graph,
    facts: &Facts,
    choices: &Choices,
) -> Result<(Choices, Program), Vec<SchemeError>> {
    let ways = profile.ways(graph, facts, choices);
    let mut failed = None;
    for way in 0..ways {
        let choices = Choices { way, ..*choices };
        match profile.prepare(graph, facts, &choices) {
            Ok(program) => return Ok((choices, program)),
            Err(errors) => failed = failed.or(Some(errors)),
        }
    }
    Err(failed.unwrap_or_default())
}

/// Which of its ways a platform runs, in words; `None` if there is only one.
#[must_use]
pub fn way(profile: &Profile, graph: &Graph, facts: &Facts, choices: &Choices) -> Option<String> {
    let ways = profile.ways(graph, facts, choices);
    (ways > 1).then(|| format!("{} of {ways}", choices.way + 1))
}

/// What a run is to do.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The program of the platform.
    pub program: &'a Program,
    /// A stimulus for each sample.
    pub stimuli: &'a [Stimulus],
    /// Number of steps.
    pub steps: usize,
    /// What to record.
    pub requests: &'a [Request],
    /// Whether arrays have an axis for samples: (T, B, *shape) instead of (T, *shape).
    pub has_batch: bool,
    /// Threads among which the samples are divided. Their number changes no bit.
    pub threads: usize,
}

/// Runs a job. `watch` is told the number of samples that are done.
pub fn run(job: &Job<'_>, watch: &dyn Watch) -> Result<Recording, Error> {
    let engine = || Engine::player(job.program, job.steps, job.requests);
    record(job.stimuli, job.threads, job.has_batch, watch, &engine)
}
