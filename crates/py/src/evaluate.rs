//! The accuracy of a platform on a labelled set.

use nirkit::eval::{Job, classes, counts};
use nirkit::platforms::{Choices, check};
use nirkit::stimulus::{Frames, inputs};
use pyo3::prelude::*;

use crate::check::{profile, reset};
use crate::convert::tensor;
use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;
use crate::stimulus::{Part, collect};
use crate::ticker::Ticker;

/// Output spikes of each sample and class, and the class of each sample: the output with most
/// spikes, ties to the lowest.
#[pyfunction]
#[pyo3(signature = (document, parts, platform, dt, reset, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn evaluate<'py>(
    py: Python<'py>,
    document: &Document,
    parts: Vec<Part<'py>>,
    platform: &str,
    dt: Option<f64>,
    reset: Option<&str>,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, Bound<'py, PyAny>, Vec<usize>)> {
    guard(|| {
        let choices = Choices { dt, reset: reset.map(self::reset).transpose()? };
        let profile = profile(platform)?;
        let (graph, facts) = document.sound()?;
        let set = collect(parts, &inputs(graph, &facts), Frames::Auto, true)?;
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
        let found = found.map_err(|error| Raise::Run.error(error))?;
        let classes = classes(&found);
        Ok((profile.title(), tensor::to_array(py, found)?, classes))
    })
}
