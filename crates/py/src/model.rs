//! A graph prepared for an engine, to be called from Python as often as one likes.

use std::collections::BTreeMap;

use nirkit::ir::Facts;
use nirkit::numerics::Tensor;
use nirkit::settle::{self, Voice};
use nirkit::sim::{Observable, Request};
use nirkit::stimulus::{Frames, Loaded, inputs};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::check::reset;
use crate::convert::tensor;
use crate::document::Document;
use crate::engine::{self, Given, Job, Outcome, Prepared, Train};
use crate::error::Raise;
use crate::guard::guard;
use crate::stimulus::{Part, collect};

/// A graph ready to run. It does not change, and can be used from several threads at once.
#[pyclass(frozen, module = "nirkit._core")]
pub(crate) struct Model {
    prepared: Prepared,
    /// Names and shapes of the Inputs.
    inputs: Vec<(String, Vec<usize>)>,
    /// Shapes of what leaves nodes and nested graphs.
    shapes: BTreeMap<String, Vec<usize>>,
    /// What is recorded unless something else is asked for.
    spikes: Vec<Request>,
}

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
        let given = given(options)?;
        py.detach(|| {
            let (graph, facts) = document.sound()?;
            let prepared = engine::prepare(document, graph, &facts, engine, given)?;
            let spikes = engine::spikes(prepared.engine.requests());
            let inputs = inputs(graph, &facts);
            Ok(Model { prepared, inputs, shapes: shapes(&facts), spikes })
        })
    })
}

/// Shapes of what leaves leaves, and nested graphs with one Output.
fn shapes(facts: &Facts) -> BTreeMap<String, Vec<usize>> {
    let leaves = facts.leaves().iter().map(|leaf| (leaf.name.clone(), leaf.output.clone()));
    let nested = facts.nested().iter().filter_map(|nested| {
        let output = nested.outputs.first()?;
        Some((nested.name.clone(), facts.leaf(*output).output.clone()))
    });
    leaves.chain(nested).collect()
}

/// What is given of what a file leaves open.
pub(crate) fn given(options: &Bound<'_, PyDict>) -> PyResult<Given> {
    let mut given = Given::default();
    for (name, value) in options.iter() {
        if value.is_none() {
            continue;
        }
        match name.extract::<String>()?.as_str() {
            "dt" => given.dt = Some(value.extract()?),
            "dt_of_stimulus" => given.dt_of_stimulus = Some(value.extract()?),
            "reset" => given.reset = Some(reset(&value.extract::<String>()?)?),
            "spike" => {
                let spike = value.extract::<String>()?.parse();
                given.spike = Some(spike.map_err(|error| Raise::Choice.one(error))?);
            }
            other => given.others.push((other.to_owned(), value.str()?.to_string())),
        }
    }
    Ok(given)
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
        record: Option<Vec<(String, String)>>,
        times: Option<Vec<f64>>,
        threads: usize,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        guard(|| {
            let frames = self::frames(frames)?;
            let loaded = collect(parts, &self.inputs, frames, batch)?;
            let engine = &self.prepared.engine;
            let is_timed = loaded.steps.is_none() || duration.is_some();
            let is_open = if engine.counts_steps() { is_timed } else { loaded.steps.is_some() };
            if is_open && engine.dt().is_none() {
                return Err(Raise::Choice.help(
                    "nothing says how long a step, or a frame of the stimulus, is",
                    "give `dt` in seconds",
                ));
            }
            let dt = engine.dt().unwrap_or(1.0);
            let duration = settle::duration(duration, &loaded, dt, Voice::PROGRAM)
                .map_err(|error| Raise::Stimulus.error(error))?;
            let asked = record.map(|record| self.requests(record, times.is_some())).transpose()?;
            let requests = asked.as_deref().unwrap_or(&self.spikes);
            let times = times.unwrap_or_default();
            let job = Job { loaded: &loaded, batch, duration, requests, times, threads, progress };
            let mut outcome = engine.run(py, job)?;
            outcome.notes.extend(loaded.notes(duration));
            self.report(py, outcome, duration, frames, &loaded)
        })
    }

    /// Everything that can be recorded, as pairs of a node and an observable.
    fn recordable(&self) -> Vec<(String, String)> {
        let pair = |request: &Request| (request.node.clone(), request.observable.to_string());
        self.prepared.engine.requests().iter().map(pair).collect()
    }

    /// Shape of what leaves a node, without time and batch.
    fn shape(&self, node: &str) -> Vec<usize> {
        self.shapes.get(node).cloned().unwrap_or_default()
    }

    /// Names and shapes of the Inputs.
    #[getter]
    fn inputs(&self) -> BTreeMap<String, Vec<usize>> {
        self.inputs.iter().cloned().collect()
    }

    /// Length of a frame in seconds, if something says it.
    #[getter]
    fn dt(&self) -> Option<f64> {
        self.prepared.engine.dt()
    }

    /// Every choice: its name, its value, and where it comes from.
    #[getter]
    fn choices(&self) -> Vec<(String, String, String)> {
        self.prepared.choices.clone()
    }

    /// What has to be said about the choices.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.prepared.notes.clone()
    }
}

impl Model {
    /// What is asked for, of what can be recorded; everything that is wrong with it at once.
    fn requests(&self, record: Vec<(String, String)>, has_times: bool) -> PyResult<Vec<Request>> {
        let all = self.prepared.engine.requests();
        let (mut requests, mut wrong) = (Vec::new(), Vec::new());
        for (node, observable) in record {
            match request(&node, &observable, all) {
                Ok(request) => requests.push(request),
                Err(reason) => wrong.push((reason, None)),
            }
        }
        // Without a grid, voltages need instants at which to look.
        if self.prepared.engine.is_untimed() && !has_times {
            let timed = requests.iter().filter(|r| r.observable != Observable::Spikes);
            wrong.extend(timed.map(|request| {
                let what = format!("`{}:{}`", request.node, request.observable);
                let help = "give `sample`, in seconds: an interval, or an array of times";
                (format!("{what} has no times at which to look"), Some(help.to_owned()))
            }));
        }
        if wrong.is_empty() { Ok(requests) } else { Err(Raise::Choice.many(wrong)) }
    }

    fn report<'py>(
        &self,
        py: Python<'py>,
        outcome: Outcome,
        duration: f64,
        frames: Frames,
        loaded: &Loaded,
    ) -> PyResult<Bound<'py, PyDict>> {
        let report = PyDict::new(py);
        let arrays = PyDict::new(py);
        for (request, array) in outcome.arrays {
            let key = (request.node, request.observable.to_string());
            arrays.set_item(key, tensor::to_array(py, array)?)?;
        }
        report.set_item("arrays", arrays)?;
        if !outcome.events.is_empty() {
            let events = PyDict::new(py);
            for (node, samples) in outcome.events {
                let samples = samples.into_iter().map(|Train { times, channels }| {
                    let times = tensor::to_array(py, Tensor::vector(times))?;
                    Ok((times, tensor::to_array(py, Tensor::vector(channels))?))
                });
                let samples = samples.collect::<PyResult<Vec<_>>>()?;
                events.set_item((node, "spikes"), samples)?;
            }
            report.set_item("events", events)?;
        }
        report.set_item("duration", duration)?;
        report.set_item("steps", outcome.steps)?;
        let readings = settle::frames(frames, loaded).into_iter();
        let readings: Vec<_> = readings.map(|frames| (frames.value, frames.source)).collect();
        report.set_item("frames", readings)?;
        report.set_item("notes", outcome.notes)?;
        let methods =
            if outcome.methods.is_empty() { &self.prepared.methods } else { &outcome.methods };
        report.set_item("methods", methods.clone())?;
        let graze = |graze: nirkit::sim::exact::Graze| {
            (graze.node, graze.channel, graze.time, graze.margin, graze.spikes)
        };
        report.set_item("grazes", outcome.grazes.into_iter().map(graze).collect::<Vec<_>>())?;
        Ok(report)
    }
}

fn request(node: &str, observable: &str, all: &[Request]) -> Result<Request, String> {
    let parsed: Observable = observable.parse().map_err(|error| format!("{error}"))?;
    let wanted = |request: &&Request| request.node == node && request.observable == parsed;
    if let Some(found) = all.iter().find(wanted) {
        return Ok(found.clone());
    }
    let known: Vec<String> =
        all.iter().filter(|r| r.node == node).map(|r| r.observable.to_string()).collect();
    Err(match known.as_slice() {
        [] => format!("there is no node `{node}` to record"),
        known => format!("`{node}` has no `{observable}` to record, but {}", known.join(", ")),
    })
}

/// What the numbers of frames are, by name.
pub(crate) fn frames(name: &str) -> PyResult<Frames> {
    match name {
        "auto" => Ok(Frames::Auto),
        "spikes" => Ok(Frames::Spikes),
        "current" => Ok(Frames::Current),
        other => Err(Raise::Choice
            .help(format!("frames are not `{other}`"), "give `auto`, `spikes` or `current`")),
    }
}
