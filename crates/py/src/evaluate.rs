//! The accuracy of a platform on a labelled set.

use nirkit::eval::{ChipJob, Job, classes, counts, counts_on_chip};
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

/// Title of the platform, output spikes, classes.
type Score<'py> = (String, Bound<'py, PyAny>, Vec<usize>);

/// Output spikes of each sample and class, and the class of each sample: the output with most
/// spikes, ties to the lowest.
#[pyfunction]
#[pyo3(signature = (document, parts, platform, dt, reset, quantize, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn evaluate<'py>(
    py: Python<'py>,
    document: &Document,
    parts: Vec<Part<'py>>,
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
        let (graph, facts) = document.sound()?;
        let set = collect(parts, &inputs(graph, &facts), Frames::Auto, true)?;
        let profile = match any_platform(platform)? {
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
                return score(py, chip.title(), found);
            }
        };
        let report = check(profile, graph, &facts, &choices);
        if report.refuses() {
            return Err(Raise::Refused.findings(&report.diagnostics()));
        }
        let program = profile.prepare_aligned(graph, &facts, &choices).map_err(|errors| {
            Raise::Refused.many(errors.iter().map(|error| (error.to_string(), None)).collect())
        })?;
        let steps = set.steps.unwrap_or(0);
        let job =
            Job { program: &program, graph, facts: &facts, samples: &set.samples, steps, threads };
        let ticker = Ticker::new(progress, set.samples.len() as u64);
        let found = ticker.run(py, threads > 1, |watch| counts(&job, watch))?;
        score(py, profile.title(), found)
    })
}

/// Counts and classes under the name of a platform.
fn score(
    py: Python<'_>,
    title: String,
    found: Result<Tensor, nirkit::Error>,
) -> PyResult<Score<'_>> {
    let found = found.map_err(|error| Raise::Run.error(error))?;
    let classes = classes(&found);
    Ok((title, tensor::to_array(py, found)?, classes))
}
