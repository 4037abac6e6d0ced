//! The accuracy of a platform on a labelled set.

use nirkit::eval::{
    ChipJob, SimulatorJob, Tally, check_samples, classes, counts_in_each_way, counts_on_chip,
};
use nirkit::numerics::Tensor;
use nirkit::platforms::{ChipChoices, Choices, Platform, check};
use nirkit::stimulus::{Frames, inputs};
use pyo3::prelude::*;

use crate::check::{any_platform, reset};
use crate::convert::tensor;
use crate::document::Document;
use crate::engine::design;
use crate::error::Raise;
use crate::guard::guard;
use crate::stimulus::{Part, collect};
use crate::ticker::Ticker;

/// A way in which the platform can run the graph: output spikes, classes, the number of samples without a
/// spike; or why it fails.
type Way<'py> = (Option<Bound<'py, PyAny>>, Vec<usize>, usize, Option<String>);

/// Title of the platform, and its ways.
type Score<'py> = (String, Vec<Way<'py>>);

/// Output spikes of each sample and class, and the class of each sample: the output with most
/// spikes, ties to the lowest; for each way in which the platform can run the graph.
#[pyfunction]
#[pyo3(signature = (document, parts, labels, platform, dt, reset, quantize, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn evaluate<'py>(
    py: Python<'py>,
    document: &Document,
    parts: Vec<Part<'py>>,
    labels: Vec<i64>,
    platform: &str,
    dt: Option<f64>,
    reset: Option<&str>,
    quantize: Option<String>,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<Score<'py>> {
    guard(|| {
        let choices =
            Choices { dt, reset: reset.map(self::reset).transpose()?, ..Choices::default() };
        let platform = any_platform(platform)?;
        let (graph, facts, _) = document.seen(std::slice::from_ref(&platform))?;
        let graph = graph.as_ref();
        let set = collect(parts, &inputs(graph, &facts), Frames::Auto, true)?;
        check_samples(&set.samples, facts.inputs(graph).count())
            .map_err(|error| Raise::Stimulus.error(error))?;
        if labels.len() != set.samples.len() {
            let (labels, samples) = (labels.len(), set.samples.len());
            let message = format!("there are {labels} labels for {samples} samples");
            return Err(Raise::Stimulus.one(message));
        }
        let profile = match platform {
            Platform::Simulator(profile) => profile,
            Platform::Chip(chip) => {
                let open = nirkit::ir::open::open(&document.0);
                let dt = dt.or(set.dt).or(open.only_dt().map(|dt| dt.value));
                let choices = ChipChoices { dt, reset: choices.reset, quantize };
                let (design, _) = design(chip, graph, &facts, &choices)?;
                let (steps, dt) = (set.steps.unwrap_or(0), dt.unwrap_or(1.0));
                let job = ChipJob { design: &design, samples: &set.samples, steps, dt, threads };
                let ticker = Ticker::new(progress, set.samples.len() as u64);
                let found = ticker.run(py, threads > 1, |watch| counts_on_chip(&job, watch))?;
                let found = found.map_err(|error| Raise::Run.error(error))?;
                return score(py, chip.title(), vec![Ok(found)], &labels);
            }
        };
        let report = check(profile, graph, &facts, &choices);
        if report.refuses() {
            return Err(Raise::Refused.findings(&report.diagnostics()));
        }
        let (samples, steps) = (&set.samples, set.steps.unwrap_or(0));
        let job = SimulatorJob { profile, choices, graph, facts: &facts, samples, steps, threads };
        let ticker = Ticker::new(progress, set.samples.len() as u64);
        let found = ticker.run(py, threads > 1, |watch| counts_in_each_way(&job, watch))?;
        let found = found.map_err(|error| Raise::Run.error(error))?;
        score(py, profile.title(), found, &labels)
    })
}

/// What each way makes of the set, under the name of a platform.
fn score<'py>(
    py: Python<'py>,
    title: String,
    found: Vec<Result<Tensor, nirkit::Error>>,
    labels: &[i64],
) -> PyResult<Score<'py>> {
    let mut ways = Vec::with_capacity(found.len());
    for counts in found {
        ways.push(match counts {
            Ok(counts) => {
                let tally = Tally::of(&counts, labels);
                let tally = tally.map_err(|error| Raise::Stimulus.error(error))?;
                let classes = classes(&counts);
                (Some(tensor::to_array(py, counts)?), classes, tally.silent, None)
            }
            Err(error) => (None, Vec::new(), 0, Some(error.to_string())),
        });
    }
    Ok((title, ways))
}
