//! Graph in, graph and a list of changes out.

use pyo3::prelude::*;

use nirkit::passes::time_unit::{self, Scaled, TimeUnit};

use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;

/// What was done: by what (a code, or a pass), where, and what.
type Change = (String, String, String);

/// Mends what can be mended.
#[pyfunction]
pub(crate) fn repair(py: Python<'_>, document: &Document) -> PyResult<(Document, Vec<Change>)> {
    guard(|| {
        let mut mended = document.0.clone();
        let changes = py.detach(|| nirkit::passes::repair(&mut mended));
        let changes = changes
            .into_iter()
            .map(|change| (change.code.to_string(), change.place.to_string(), change.done));
        Ok((Document(mended), changes.collect()))
    })
}

/// Brings all times of a graph from one unit (`s`, `ms`) to another, or multiplies them by a factor.
#[pyfunction]
#[pyo3(signature = (document, units = None, factor = None))]
pub(crate) fn rescale(
    py: Python<'_>,
    document: &Document,
    units: Option<(String, String)>,
    factor: Option<f64>,
) -> PyResult<(Document, Vec<Change>)> {
    guard(|| {
        let mut scaled = document.0.clone();
        let mut changes: Vec<Scaled> = Vec::new();
        if let Some((from, to)) = units {
            let (from, to) = (unit(&from)?, unit(&to)?);
            changes.extend(
                py.detach(|| time_unit::convert(&mut scaled, from, to)).map_err(out_of_range)?,
            );
        }
        if let Some(factor) = factor {
            if !(factor.is_finite() && factor > 0.0) {
                let message = format!("{factor} is no factor of times");
                return Err(Raise::Choice.help(message, "give a number above 0"));
            }
            changes
                .extend(py.detach(|| nirkit::rescale(&mut scaled, factor)).map_err(out_of_range)?);
        }
        let changes = changes
            .into_iter()
            .map(|change| ("time_unit".to_owned(), change.place.to_string(), change.done));
        Ok((Document(scaled), changes.collect()))
    })
}

fn out_of_range(error: time_unit::OutOfRange) -> PyErr {
    Raise::Choice
        .help(error.to_string(), "give a factor that keeps all times within the range of numbers")
}

fn unit(name: &str) -> PyResult<TimeUnit> {
    match name {
        "s" => Ok(TimeUnit::Second),
        "ms" => Ok(TimeUnit::Millisecond),
        _ => Err(Raise::Choice.help(format!("`{name}` is no unit of times"), "give `s` or `ms`")),
    }
}

/// Rewrites that keep what a graph means: the usual ones, those of these names, or those that give the form which a
/// platform takes. The last is what has to be said.
#[pyfunction]
#[pyo3(signature = (document, names, platform=None, dt=None))]
pub(crate) fn rewrite(
    py: Python<'_>,
    document: &Document,
    names: Vec<String>,
    platform: Option<&str>,
    dt: Option<f64>,
) -> PyResult<(Document, Vec<Change>, Vec<String>)> {
    guard(|| {
        let mut rewritten = document.0.clone();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (rewrites, notes) = if let Some(title) = platform {
            let choices = nirkit::Choices::new().dt(dt);
            let made = py.detach(|| nirkit::opt_for(&mut rewritten, title, &choices));
            let nirkit::OptFor { rewrites, mut notes, refused } = made.map_err(Raise::error)?;
            notes.extend(
                refused.iter().map(|reason| format!("{title} refuses it: {}", reason.message)),
            );
            (rewrites, notes)
        } else {
            let notes = nirkit::held_back(&rewritten, &names).into_iter().collect();
            let limits = nirkit::io::Limits::default();
            let rewrites = py.detach(|| nirkit::opt(&mut rewritten, &names, &limits));
            (rewrites.map_err(Raise::error)?, notes)
        };
        let changes = rewrites
            .into_iter()
            .map(|rewrite| (rewrite.pass.to_owned(), rewrite.node, rewrite.done));
        Ok((Document(rewritten), changes.collect(), notes))
    })
}
