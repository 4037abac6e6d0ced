//! Graphs and sweeps as pages: what platforms make of a stimulus or a labelled set, and the table of a sweep.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use nirkit::compare::{Compare, compare_platforms};
use nirkit::sweep::{Table, sweep_page as page_of_sweep};
use nirkit::view::{PageOptions, ViewOptions, page};
use nirkit::{Choices, Eval, Readout, eval_platforms};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::choices::choices;
use crate::document::Document;
use crate::error::Raise;
use crate::evaluate::labelled_set;
use crate::guard::guard;
use crate::stimulus::{Part, collect};
use crate::ticker::Ticker;

/// Those of the titles that are platforms, whose verdicts a page shows.
fn platforms_of<'a>(titles: &[&'a str]) -> Vec<&'a str> {
    let is_own = |title: &str| matches!(title, "ideal" | "exact" | "clocked");
    titles.iter().copied().filter(|title| !is_own(title)).collect()
}

/// Draws a graph as a page with runs of platforms side by side.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn runs_page(
    py: Python<'_>,
    document: &Document,
    title: &str,
    parts: Vec<Part<'_>>,
    platforms: Vec<String>,
    options: &Bound<'_, PyDict>,
    frames: &str,
    duration: Option<f64>,
    causes: bool,
) -> PyResult<String> {
    guard(|| {
        let choices = choices(options)?;
        let stimulus = collect(parts, frames, false)?;
        let choices =
            if stimulus.dt().is_some() { choices.of_stimulus(&stimulus) } else { choices };
        let titles: Vec<&str> = platforms.iter().map(String::as_str).collect();
        let how = Compare::new().duration(duration).causes(causes);
        let made = Ticker::new(None).run(py, false, |watch| {
            let how = how.clone().watch(watch);
            let compared = compare_platforms(&document.0, &titles, &stimulus, &choices, &how)?;
            let options = options_of(title, &titles, &choices).compared(&compared);
            page(&document.0, &ViewOptions::new(), &options)
        })?;
        made.map_err(Raise::error)
    })
}

/// Draws a graph as a page with the classes that platforms find for a labelled set.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn evaluation_page(
    py: Python<'_>,
    document: &Document,
    title: &str,
    parts: Vec<Part<'_>>,
    labels: Option<Vec<i64>>,
    labels_file: Option<PathBuf>,
    platforms: Vec<String>,
    options: &Bound<'_, PyDict>,
    frames: &str,
    readout: Option<&str>,
    duration: Option<f64>,
    threads: NonZeroUsize,
) -> PyResult<String> {
    guard(|| {
        let choices = choices(options)?;
        let set = labelled_set(parts, labels, labels_file, frames)?;
        let readout = readout.map(str::parse::<Readout>).transpose().map_err(Raise::error)?;
        let titles: Vec<&str> = platforms.iter().map(String::as_str).collect();
        let how = Eval::new().readout(readout).duration(duration).threads(threads.get());
        let made = Ticker::new(None).run(py, threads.get() > 1, |watch| {
            let how = how.clone().watch(watch);
            let found = eval_platforms(&document.0, &titles, &set, &choices, &how)?;
            let options = options_of(title, &titles, &choices).evaluated(&set, &found);
            page(&document.0, &ViewOptions::new(), &options)
        })?;
        made.map_err(Raise::error)
    })
}

fn options_of<'a>(title: &'a str, titles: &[&'a str], choices: &Choices) -> PageOptions<'a> {
    PageOptions::new(title).platforms(&platforms_of(titles), choices.clone())
}

/// Draws the sweep in a folder as a page.
#[pyfunction]
pub(crate) fn sweep_page(py: Python<'_>, folder: PathBuf, title: &str) -> PyResult<String> {
    guard(|| {
        let made = py.detach(|| page_of_sweep(&Table::of(&[folder])?, title));
        made.map_err(Raise::error)
    })
}
