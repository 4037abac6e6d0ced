//! A graph prepared for an engine, to be called from Python as often as one likes.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use nirkit::numerics::Tensor;
use nirkit::recording::{Graze, Train};
use nirkit::{Instants, Model as Prepared, Record, Recording, Request, Run};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::choices::{Row, choices, rows};
use crate::convert::tensor;
use crate::document::Document;
use crate::error::Raise;
use crate::guard::guard;
use crate::stimulus::{Part, collect};
use crate::ticker::Ticker;

/// A graph ready to run. It does not change, and can be used from several threads at once.
#[pyclass(frozen, module = "nirkit._core")]
pub(crate) struct Model(pub(crate) Prepared);

/// Prepares a graph for an engine.
///
/// `options` may hold `dt`, `dt_of_stimulus`, `reset`, `spike` and, by name and in words, what else
/// the engine lets one choose.
#[pyfunction]
pub(crate) fn prepare(
    py: Python<'_>,
    document: &Document,
    engine: &str,
    options: &Bound<'_, PyDict>,
) -> PyResult<Model> {
    guard(|| {
        let choices = choices(options)?;
        let made = py.detach(|| Prepared::new(&document.0, engine, &choices));
        Ok(Model(made.map_err(Raise::error)?))
    })
}

/// Prepares what a chip is given, from a document that was written for it. `frame` is the shape of what enters in a
/// step, for documents that do not say it.
#[pyfunction]
pub(crate) fn configure(
    py: Python<'_>,
    path: std::path::PathBuf,
    platform: &str,
    frame: Option<Vec<usize>>,
    options: &Bound<'_, PyDict>,
) -> PyResult<Model> {
    guard(|| {
        let choices = choices(options)?;
        let frame = frame.as_deref();
        let made = py.detach(|| Prepared::configuration(path, platform, frame, &choices));
        Ok(Model(made.map_err(Raise::error)?))
    })
}

#[pymethods]
impl Model {
    /// Runs a stimulus; see `nirkit.verb.run` for the arguments and the result.
    #[expect(clippy::too_many_arguments, reason = "a dictionary would cost more than the call")]
    fn run<'py>(
        &self,
        py: Python<'py>,
        parts: Vec<Part<'py>>,
        batch: bool,
        frames: &str,
        duration: Option<f64>,
        record: Option<Vec<(String, Option<String>)>>,
        every: Option<f64>,
        times: Option<Vec<f64>>,
        check_rounding: bool,
        threads: NonZeroUsize,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        guard(|| {
            let stimulus = collect(parts, frames, batch)?;
            let instants = match (every, times) {
                (Some(every), _) => Instants::Every(every),
                (None, Some(times)) => Instants::At(times),
                (None, None) => Instants::None,
            };
            let record = match record {
                None => Record::Spikes,
                Some(list) if list.iter().any(|(node, _)| node == "all") => Record::All,
                Some(list) => Record::Some(list),
            };
            let ticker = Ticker::new(progress);
            let run = Run::new()
                .record(record)
                .duration(duration)
                .sample(instants)
                .check_rounding(check_rounding)
                .threads(threads.get());
            let recording = ticker.run(py, threads.get() > 1, |watch| {
                self.0.run_with(&stimulus, &run.clone().watch(watch))
            })?;
            report(py, recording.map_err(Raise::error)?)
        })
    }

    /// Everything that can be recorded, as pairs of a node and an observable.
    fn recordable(&self) -> Vec<(String, String)> {
        let pair = |request: &Request| (request.node.clone(), request.observable.to_string());
        self.0.recordable().iter().map(pair).collect()
    }

    /// Shape of what leaves a node, without time and batch.
    fn shape(&self, node: &str) -> Vec<usize> {
        self.0.shape(node).map(<[usize]>::to_vec).unwrap_or_default()
    }

    /// Names and shapes of the Inputs.
    #[getter]
    fn inputs(&self) -> BTreeMap<String, Vec<usize>> {
        self.0.inputs().iter().cloned().collect()
    }

    /// Length of a frame in seconds, if something says it.
    #[getter]
    fn dt(&self) -> Option<f64> {
        self.0.dt()
    }

    /// `clocked`, `exact`, or name and version of a platform.
    #[getter]
    fn title(&self) -> &str {
        self.0.title()
    }

    /// Whether there are no steps.
    #[getter]
    fn is_continuous(&self) -> bool {
        self.0.is_continuous()
    }

    /// Which of the ways in which a platform can run the graph is taken, counted from 1, and how many there are.
    #[getter]
    fn way(&self) -> (usize, usize) {
        self.0.way()
    }

    /// Every choice: its name, its value, and where it comes from.
    #[getter]
    fn choices(&self) -> Vec<Row> {
        rows(self.0.choices())
    }

    /// What has to be said about the choices.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.0.notes().to_vec()
    }
}

/// What `nirkit.recording.Recording` is made of.
fn report(py: Python<'_>, recording: Recording) -> PyResult<Bound<'_, PyDict>> {
    let report = PyDict::new(py);
    // Only NIRData asks for it, and tells why there is none.
    let step = recording.array_step();
    report.set_item("array_step", step.as_ref().ok())?;
    report.set_item("no_array_step", step.err().map(|error| error.to_string()))?;
    report.set_item("instants", &recording.instants)?;
    let arrays = PyDict::new(py);
    for (request, array) in recording.arrays {
        let key = (request.node, request.observable.to_string());
        arrays.set_item(key, tensor::to_array(py, array)?)?;
    }
    report.set_item("arrays", arrays)?;
    if !recording.events.is_empty() {
        let events = PyDict::new(py);
        for (node, samples) in recording.events {
            let samples = samples.into_iter().map(|Train { times, channels, .. }| {
                let times = tensor::to_array(py, Tensor::vector(times))?;
                Ok((times, tensor::to_array(py, Tensor::vector(channels))?))
            });
            let samples = samples.collect::<PyResult<Vec<_>>>()?;
            events.set_item((node, "spikes"), samples)?;
        }
        report.set_item("events", events)?;
    }
    report.set_item("duration", recording.duration)?;
    report.set_item("steps", recording.steps)?;
    report.set_item("choices", rows(&recording.choices))?;
    report.set_item("notes", recording.notes)?;
    report.set_item("methods", recording.methods)?;
    let totals = PyDict::new(py);
    for total in recording.totals {
        totals.set_item(total.node, total.sum)?;
    }
    report.set_item("totals", totals)?;
    let graze = |graze: Graze| (graze.node, graze.channel, graze.time, graze.margin, graze.spikes);
    report.set_item("grazes", recording.grazes.into_iter().map(graze).collect::<Vec<_>>())?;
    if let Some(affected) = recording.affected {
        let masks = PyDict::new(py);
        for affected in affected {
            masks.set_item(affected.node, tensor::to_array(py, affected.mask)?)?;
        }
        report.set_item("affected", masks)?;
    }
    Ok(report)
}
