//! A comparison as a page shows it: spikes of all layers, voltages where runs part, first differences and their causes.

use std::collections::BTreeSet;

use nirkit_numerics::{Shortest, Tensor};
use nirkit_run::{Observable, Signal};
use nirkit_view::{First, Layer, Pair, Runs, Spike, Voltage};

use crate::choices::Choice;
use crate::compare::{Compared, FirstReport, Job, PairReport, Refusal, Report, Side};
use crate::error::Error;

/// Neurons whose voltages are shown; each takes a run of every side.
const MOST_VOLTAGES: usize = 4;

/// What a page shows of a comparison.
///
/// # Errors
///
/// A run fails the second time, in which the voltages are taken.
pub(super) fn runs(compared: &Compared) -> Result<Runs, Error> {
    let (job, report) = (compared.job(), &compared.report);
    let sides = &compared.comparison.sides;
    let inputs = job.stimulus.signals.iter().map(|(name, signal)| input(&job, name, signal));
    let layers = report.nodes.iter().map(|node| layer(&job, sides, &node.node));
    let choice =
        |choice: &Choice| [&choice.name, &choice.value, &choice.source].map(ToString::to_string);
    let (voltages, more) = voltages(&job, sides, report)?;
    let more = (more > 0).then(|| format!("the voltages of {more} further neurons are left out"));
    let refused = compared.refused.iter().map(refusal);
    Ok(Runs {
        steps: job.steps,
        dt: job.dt,
        sides: report.variants.clone(),
        layers: inputs.chain(layers).collect(),
        voltages,
        pairs: report.pairs.iter().zip(1..).map(|(pair, side)| of_pair(pair, side)).collect(),
        choices: compared.choices.iter().map(choice).collect(),
        notes: refused.chain(more).chain(compared.notes.iter().cloned()).collect(),
    })
}

fn refusal(refused: &Refusal) -> String {
    let reasons: Vec<&str> = refused.reasons.iter().map(|reason| reason.message.as_str()).collect();
    format!("{} takes no part: {}", refused.platform, reasons.join("; "))
}

/// What enters: spikes and everything else that is not 0, by step.
fn input(job: &Job<'_>, name: &str, signal: &Signal) -> Layer {
    let step_of = |time: f64| (time / job.dt).floor().max(0.0) as usize;
    let (channels, mut spikes): (usize, Vec<Spike>) = match signal {
        Signal::Frames { channels, values, .. } => {
            (*channels, not_zero(values, *channels, |at| at))
        }
        Signal::Spikes { channels, spikes } => {
            let of = |spike: &nirkit_run::stimulus::Spike| Spike {
                step: step_of(spike.time),
                channel: spike.channel,
                count: 1.0,
            };
            (*channels, spikes.iter().map(of).collect())
        }
        Signal::Current { channels, breakpoints, values } => {
            let step = |at: usize| breakpoints.get(at).map_or(0, |&time| step_of(time));
            (*channels, not_zero(values, *channels, step))
        }
    };
    spikes.retain(|spike| spike.step < job.steps);
    spikes.sort_by_key(|spike| (spike.step, spike.channel));
    Layer { node: name.to_owned(), channels, is_input: true, sides: vec![Some(spikes)] }
}

/// Everything but zeros, with the step of each row.
fn not_zero(values: &[f64], channels: usize, step: impl Fn(usize) -> usize) -> Vec<Spike> {
    let found = values.iter().enumerate().filter(|(_, count)| **count != 0.0);
    let channels = channels.max(1);
    let spike = |(at, &count)| Spike { step: step(at / channels), channel: at % channels, count };
    found.map(spike).collect()
}

/// The spikes of a node in all runs.
fn layer(job: &Job<'_>, sides: &[Side], node: &str) -> Layer {
    let array = |side: &Side| side.recording().get(node, Observable::Spikes).cloned();
    let arrays: Vec<Option<Tensor>> = sides.iter().map(array).collect();
    let channels = arrays.iter().flatten().map(|array| array.len() / job.steps.max(1)).max();
    let channels = channels.unwrap_or(0);
    let spikes = |array: &Tensor| {
        let values = array.to_f64()?;
        Some(not_zero(&values, channels, |at| at))
    };
    let sides = arrays.iter().map(|array| array.as_ref().and_then(spikes)).collect();
    Layer { node: node.to_owned(), channels, is_input: false, sides }
}

/// The voltages of the neurons at which runs part first, and where none part, of the neuron of each layer that spikes most; and how
/// many of these are left out.
fn voltages(
    job: &Job<'_>,
    sides: &[Side],
    report: &Report,
) -> Result<(Vec<Voltage>, usize), Error> {
    let mut firsts: Vec<&FirstReport> = report
        .pairs
        .iter()
        .flat_map(|pair| {
            pair.first.iter().chain(pair.nodes.iter().filter_map(|n| n.first.as_ref()))
        })
        .collect();
    firsts.sort_by_key(|first| first.step);
    let mut wanted: Vec<(&str, usize)> =
        firsts.iter().map(|first| (first.node.as_str(), first.neuron)).collect();
    if wanted.is_empty() {
        wanted = report
            .nodes
            .iter()
            .map(|node| (node.node.as_str(), busiest(sides, &node.node)))
            .collect();
    }
    let mut known = BTreeSet::new();
    wanted.retain(|&place| known.insert(place));
    let more = wanted.len().saturating_sub(MOST_VOLTAGES);
    let mut found = Vec::new();
    for (node, neuron) in wanted.into_iter().take(MOST_VOLTAGES) {
        let trace = |side: &Side| Ok(side.trace(job, node, neuron)?.map(|trace| trace.v));
        let sides: Vec<Option<Vec<f64>>> = sides.iter().map(trace).collect::<Result<_, Error>>()?;
        if sides.iter().any(Option::is_some) {
            found.push(Voltage { node: node.to_owned(), neuron, sides });
        }
    }
    Ok((found, more))
}

/// The neuron of a node that spikes most in the first run that has it.
fn busiest(sides: &[Side], node: &str) -> usize {
    let mut arrays = sides.iter().filter_map(|side| side.recording().get(node, Observable::Spikes));
    let Some(array) = arrays.next() else { return 0 };
    let neurons: usize = array.shape().iter().skip(1).product();
    let mut sums = vec![0.0; neurons.max(1)];
    for row in array.to_f64().unwrap_or_default().chunks(neurons.max(1)) {
        sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
    }
    let most = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    sums.iter().position(|&sum| sum == most).unwrap_or(0)
}

fn of_pair(pair: &PairReport, side: usize) -> Pair {
    let mut firsts: Vec<First> = pair
        .nodes
        .iter()
        .filter_map(|node| Some(of_first(node.first.as_ref()?, node.entries)))
        .collect();
    // The first of all comes first; of several in a step the one that the others may follow from.
    firsts.sort_by_key(|first| first.step);
    let of_all = |found: &FirstReport| firsts.iter().position(|first| first.node == found.node);
    if let Some(at) = pair.first.as_ref().and_then(of_all) {
        let first = firsts.remove(at);
        firsts.insert(0, first);
    }
    let cause = pair.cause.as_ref();
    let choices = cause.iter().flat_map(|cause| &cause.choices).map(|choice| {
        let [a, b] = choice.values.clone();
        [choice.choice.to_owned(), a, b]
    });
    let missing = (!pair.missing.is_empty())
        .then(|| format!("in one of the two only: {}", pair.missing.join(", ")));
    let grid = cause.and_then(|cause| cause.grid_distance).map(|distance| {
        let distance = Shortest::six_digits(distance);
        format!("squared van Rossum distance from leaving continuous time alone: {distance}")
    });
    let no_cause = pair.no_cause.iter().map(|reason| format!("the cause is not known: {reason}"));
    let remarks = missing.into_iter().chain(grid).chain(no_cause).chain(pair.departures.clone());
    Pair {
        side,
        equal: pair.equal,
        distance: pair.distance,
        firsts,
        choices: choices.collect(),
        cause: cause.iter().flat_map(|cause| &cause.first).map(|set| set.join(" and ")).collect(),
        remarks: remarks.collect(),
        help: pair.help.clone(),
    }
}

fn of_first(first: &FirstReport, entries: usize) -> First {
    let moments = first
        .moments
        .each_ref()
        .map(|moment| moment.as_ref().map(|moment| [moment.spikes, moment.v, moment.threshold]));
    let (node, step, neuron) = (first.node.clone(), first.step, first.neuron);
    First { node, step, neuron, entries, moments }
}
