//! The accuracy of a graph on a labelled set.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use nirkit::eval::{Evaluation, Labels, WayScore};
use nirkit::io::Limits;
use nirkit::{Eval, LabelledSet, Readout, Score, eval_platforms};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::choices::{choices, rows};
use crate::convert::tensor;
use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;
use crate::stimulus::{FileParts, Part, collect, like};
use crate::ticker::Ticker;

/// Classifies a labelled set under each of several meanings of a graph; see `nirkit.verb.evaluate`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn evaluate<'py>(
    py: Python<'py>,
    document: &Document,
    parts: Vec<Part<'py>>,
    labels: Option<Vec<i64>>,
    labels_file: Option<PathBuf>,
    platforms: Vec<String>,
    options: &Bound<'py, PyDict>,
    frames: &str,
    readout: Option<&str>,
    duration: Option<f64>,
    threads: NonZeroUsize,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    guard(|| {
        let choices = choices(options)?;
        let set = labelled_set(parts, labels, labels_file, frames)?;
        let readout = readout.map(str::parse::<Readout>).transpose().map_err(Raise::error)?;
        let titles: Vec<&str> = platforms.iter().map(String::as_str).collect();
        let how = Eval::new().readout(readout).duration(duration).threads(threads.get());
        let found = Ticker::new(progress).run(py, threads.get() > 1, |watch| {
            let how = how.clone().watch(watch);
            eval_platforms(&document.0, &titles, &set, &choices, &how)
        })?;
        let scores = PyList::empty(py);
        for evaluation in found.map_err(Raise::error)? {
            scores.append(evaluation_to_python(py, &evaluation)?)?;
        }
        Ok(scores)
    })
}

/// The samples and their classes: of arrays, or of folders.
pub(crate) fn labelled_set(
    parts: Vec<Part<'_>>,
    labels: Option<Vec<i64>>,
    labels_file: Option<PathBuf>,
    frames: &str,
) -> PyResult<LabelledSet> {
    if let [(node, kind, content)] = &parts[..]
        && kind == "file"
    {
        let (path, ..): FileParts = content.extract()?;
        let like = like(&parts, frames, true)?;
        let (node, limits) = (node.as_deref(), Limits::default());
        let set = LabelledSet::of_spike_lists(node, &path, labels.clone(), &like, &limits);
        if let Some(set) = set.map_err(Raise::error)? {
            return Ok(set);
        }
    }
    if parts.iter().any(|(_, kind, _)| kind != "folder") {
        return Ok(LabelledSet::new(collect(parts, frames, true)?, labels.unwrap_or_default()));
    }
    let like = collect(Vec::new(), frames, true)?;
    let labels = labels.map_or_else(|| Labels::from(labels_file), Labels::Given);
    let folder = |(node, _, path): Part<'_>| Ok((node, path.extract::<PathBuf>()?));
    let folders = parts.into_iter().map(folder).collect::<PyResult<Vec<_>>>()?;
    let folders: Vec<_> =
        folders.iter().map(|(node, path)| (node.as_deref(), path.as_path())).collect();
    LabelledSet::of_folders(&folders, &labels, &like, &Limits::default()).map_err(Raise::error)
}

fn evaluation_to_python<'py>(
    py: Python<'py>,
    evaluation: &Evaluation,
) -> PyResult<Bound<'py, PyDict>> {
    let entries = scored(py, evaluation.score.as_ref(), &evaluation.errors)?;
    entries.set_item("platform", &evaluation.platform)?;
    entries.set_item("choices", rows(&evaluation.choices))?;
    entries.set_item("notes", &evaluation.notes)?;
    let ways = PyList::empty(py);
    for WayScore { number, score, notes, errors } in &evaluation.ways {
        let entries = scored(py, score.as_ref(), errors)?;
        entries.set_item("way", number)?;
        entries.set_item("notes", notes)?;
        ways.append(entries)?;
    }
    entries.set_item("ways", ways)?;
    Ok(entries)
}

/// A score, or why there is none.
fn scored<'py>(
    py: Python<'py>,
    score: Option<&Score>,
    errors: &[nirkit::error::Reason],
) -> PyResult<Bound<'py, PyDict>> {
    let entries = PyDict::new(py);
    let Some(score) = score else {
        let reasons: Vec<&str> = errors.iter().map(|reason| reason.message.as_str()).collect();
        entries.set_item("error", reasons.join("; "))?;
        return Ok(entries);
    };
    entries.set_item("readout", score.readout.to_string())?;
    entries.set_item("samples", score.samples)?;
    entries.set_item("correct", score.correct)?;
    entries.set_item("accuracy", score.accuracy)?;
    entries.set_item("output_spikes_per_sample", score.output_spikes_per_sample)?;
    entries.set_item("silent", score.silent)?;
    entries.set_item("ties", score.ties)?;
    entries.set_item("confusion", &score.confusion)?;
    entries.set_item("classes", &score.found)?;
    entries.set_item("readings", tensor::to_array(py, score.readings.clone())?)?;
    Ok(entries)
}
