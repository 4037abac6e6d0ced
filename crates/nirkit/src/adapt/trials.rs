//! Runs of both sides, which choose among graphs and hold claims against what happens.

use nirkit_engine::clocked::semantics;
use nirkit_platforms::adapt::trial::Runner;
use nirkit_platforms::adapt::{self as engine, Adapted, Level};
use nirkit_run::Stimulus as Sample;

use super::stimuli;
use super::target::Case;
use crate::bounds;
use crate::choices::Choices;
use crate::error::{Error, ErrorKind};

/// What all runs together say about a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub(super) spikes: [f64; 2],
    pub(super) differ: usize,
}

/// What all runs say.
pub(super) struct Trials {
    pub(super) nodes: Vec<Totals>,
    pub(super) steps: usize,
    /// What is to be said of the stimuli.
    pub(super) note: Option<String>,
}

/// The graph with the strongest claim. Where none keeps what the reference computes, the one whose spikes differ least in
/// the runs.
pub(super) fn chosen(
    case: &Case<'_>,
    found: Vec<Adapted>,
    samples: &[(Sample, usize)],
    given: &Choices,
) -> Result<(Adapted, Trials), Error> {
    let is_open = found
        .first()
        .is_some_and(|best| best.level() == Level::Impossible && best.refusals.is_empty());
    let mut best: Option<(usize, Adapted, Trials)> = None;
    for mut adapted in found {
        if best.is_some() && (!is_open || !adapted.refusals.is_empty()) {
            continue;
        }
        let trials = tried(case, &mut adapted, samples, given)?;
        let differ = trials.nodes.iter().map(|node| node.differ).sum();
        if best.as_ref().is_none_or(|(least, ..)| differ < *least) {
            best = Some((differ, adapted, trials));
        }
    }
    let (_, adapted, trials) =
        best.ok_or_else(|| Error::new("there is no graph").of_kind(ErrorKind::Internal))?;
    Ok((adapted, trials))
}

/// Runs both sides on all stimuli. A claim that a run contradicts is withdrawn, and told.
fn tried(
    case: &Case<'_>,
    adapted: &mut Adapted,
    samples: &[(Sample, usize)],
    given: &Choices,
) -> Result<Trials, Error> {
    let mut totals = vec![Totals::default(); adapted.nodes.len()];
    let mut steps_run = 0;
    let facts = nirkit_ir::valid::validate_within(&adapted.graph, &given.limits).facts;
    let Some(facts) = facts.filter(|_| adapted.refusals.is_empty()) else {
        return Ok(Trials { nodes: totals, steps: 0, note: None });
    };
    let errors =
        |errors: Vec<semantics::SemanticsError>| Error::all(&errors).of_kind(ErrorKind::Refused);
    let reference = semantics::prepare(case.graph, case.facts, &case.reference).map_err(errors)?;
    let program = case.target.program(&adapted.graph, &facts).map_err(errors)?;
    let rounded = adapted.rounded.take();
    let runner = match (&program, &rounded) {
        (Some(program), _) => Runner::Program(program),
        (None, Some(rounded)) => Runner::Chip(rounded),
        (None, None) => return Ok(Trials { nodes: totals, steps: 0, note: None }),
    };
    let channels = facts.leaves().iter().map(nirkit_ir::facts::Leaf::outputs);
    let longest = samples.iter().map(|(_, steps)| *steps).max().unwrap_or(0);
    bounds::recording(channels, [longest, 2], &given.limits)?;
    let sees_only_truth = case.reference.maps.truth_only || case.target.sees_only_truth();
    let mut note = None;
    for (sample, steps) in samples {
        steps_run += steps;
        let is_claimed = stimuli::is_claimed(sample, case.target.dt(), sees_only_truth);
        let trials = engine::trial::trial(adapted, &reference, runner, sample, *steps)
            .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Stimulus))?;
        for ((node, total), trial) in adapted.nodes.iter_mut().zip(&mut totals).zip(trials) {
            total.differ += trial.differ;
            for (sum, spikes) in total.spikes.iter_mut().zip(trial.spikes) {
                *sum += spikes;
            }
            if node.level == Level::Bounded && !is_claimed {
                note = Some(stimuli::outside(sees_only_truth));
                continue;
            }
            if trial.contradicted && node.level != Level::Impossible {
                let (step, neuron) = trial.first.unwrap_or_default();
                node.reasons.push(engine::Reason::new(
                    format!(
                        "a run contradicts the claim `{}`: step {step}, neuron {neuron}",
                        node.level.name()
                    ),
                    "this is a fault of nirkit; please report it with the graph",
                ));
                node.level = Level::Impossible;
                node.bound = None;
            }
        }
    }
    adapted.rounded = rounded;
    Ok(Trials { nodes: totals, steps: steps_run, note })
}
