//! What a figure of a recording shows. Python has the arrays, which were moved to it; of one sample they come back here.

use nirkit::recording::{Recording, Train};
use nirkit::view::{Shown, recording_panels};
use nirkit::{Request, Stimulus};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::data;
use crate::document::Document;
use crate::error::Raise;
use crate::figure::as_dict;
use crate::guard::guard;
use crate::model::Model;
use crate::stimulus::{Part, collect};

/// An array of a sample: the node, what was recorded of it, the values.
type Array<'py> = (String, String, Bound<'py, PyAny>);
/// Spikes of a sample in continuous time: the node, times in seconds, channels.
type Spikes<'py> = (String, PyReadonlyArray1<'py, f64>, PyReadonlyArray1<'py, i64>);
/// Number of steps, the duration in seconds, the instants of the arrays, and which of how many samples it is.
type Lengths = (Option<usize>, Option<f64>, Vec<f64>, (usize, usize));

/// What a figure of a recording shows; the stimulus has all samples.
#[pyfunction]
#[pyo3(signature = (model, document, parts, batch, arrays, spikes, lengths))]
#[expect(clippy::too_many_arguments, reason = "what a recording consists of")]
pub(crate) fn panels<'py>(
    py: Python<'py>,
    model: &Model,
    document: Option<&Document>,
    parts: Vec<Part<'py>>,
    batch: bool,
    arrays: Vec<Array<'py>>,
    spikes: Vec<Spikes<'py>>,
    lengths: Lengths,
) -> PyResult<Bound<'py, PyDict>> {
    guard(|| {
        let (steps, duration, instants, (sample, samples)) = lengths;
        let mut recording = Recording::default();
        (recording.steps, recording.duration, recording.instants) = (steps, duration, instants);
        (recording.dt, recording.samples) = (model.0.dt(), samples);
        for (node, observable, array) in arrays {
            let observable = observable.parse().map_err(|error| Raise::Choice.one(error))?;
            recording.arrays.push((Request { node, observable }, data::array(&array)?));
        }
        for (node, times, channels) in spikes {
            let outputs = model.0.shape(&node).map_or(1, |shape| shape.iter().product());
            let (times, channels) = (times.as_array().to_vec(), channels.as_array().to_vec());
            let mut trains = vec![Train::default(); sample];
            trains.push(Train { times, channels, outputs });
            recording.events.push((node, trains));
        }
        let has_stimulus = !parts.is_empty();
        let stimulus = if has_stimulus { collect(parts, "auto", batch)? } else { Stimulus::new() };
        let bound = has_stimulus.then(|| model.0.bind(&stimulus)).transpose();
        let bound = bound.map_err(Raise::error)?;
        let graph = document.map(|document| &document.0);
        let shown = Shown { graph, stimulus: bound.as_ref(), sample };
        as_dict(py, recording_panels(&recording, shown).map_err(Raise::error)?)
    })
}
