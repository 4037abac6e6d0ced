//! Platforms and the ideal side by side.

use nirkit::compare::{Compare, Compared as Runs, compare_platforms};
use nirkit::view::comparison_panels;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::choices::{Row, choices, rows};
use crate::document::Document;
use crate::error::Raise;
use crate::figure::as_dict;
use crate::guard::guard;
use crate::stimulus::{Part, collect};
use crate::ticker::Ticker;

/// A platform that takes no part, and why.
type Refused = (String, Vec<String>);

/// A report as JSON, choices, what has to be said, platforms that take no part, and the runs.
type Report = (String, Vec<Row>, Vec<String>, Vec<Refused>, Compared);

/// The runs of a comparison.
#[pyclass(frozen, module = "nirkit._core")]
pub(crate) struct Compared(Runs);

#[pymethods]
impl Compared {
    /// What a figure of the comparison shows, section by section. Each side runs again for the voltages at the first difference.
    fn panels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        guard(|| {
            let figure = Ticker::new(None).run(py, false, |_| comparison_panels(&self.0))?;
            as_dict(py, figure.map_err(Raise::error)?)
        })
    }
}

/// Compares platforms with each other or with the ideal; the report as JSON, the choices, what has to be said, the platforms
/// that take no part, and the runs.
#[pyfunction]
#[pyo3(signature = (document, parts, platforms, options, frames, duration, tau, causes))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn compare(
    py: Python<'_>,
    document: &Document,
    parts: Vec<Part<'_>>,
    platforms: Vec<String>,
    options: &Bound<'_, PyDict>,
    frames: &str,
    duration: Option<f64>,
    tau: Option<f64>,
    causes: bool,
) -> PyResult<Report> {
    guard(|| {
        let choices = choices(options)?;
        let stimulus = collect(parts, frames, false)?;
        let choices =
            if stimulus.dt().is_some() { choices.of_stimulus(&stimulus) } else { choices };
        let titles: Vec<&str> = platforms.iter().map(String::as_str).collect();
        let how = Compare::new().duration(duration).tau(tau).causes(causes);
        let compared = Ticker::new(None).run(py, false, |watch| {
            let how = how.clone().watch(watch);
            compare_platforms(&document.0, &titles, &stimulus, &choices, &how)
        })?;
        let compared = compared.map_err(Raise::error)?;
        let json =
            serde_json::to_string(&compared.report).map_err(|error| Raise::Internal.one(error))?;
        let refused = compared.refused.iter().map(|refused| {
            let reasons = refused.reasons.iter().map(|reason| reason.message.clone());
            (refused.platform.clone(), reasons.collect())
        });
        let (choices, notes) = (rows(&compared.choices), compared.notes.clone());
        Ok((json, choices, notes, refused.collect(), Compared(compared)))
    })
}
