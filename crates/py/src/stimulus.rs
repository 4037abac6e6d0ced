//! What enters a graph, from arrays in memory.
//!
//! Python hands over a list of parts `(node, kind, content)`; `node` is the name of an Input, or
//! `None` for the only one:
//!
//! | kind | content |
//! |---|---|
//! | `frames` | an array of shape (T, *shape), or (B, T, *shape) with a batch |
//! | `spikes` | for each sample, times in seconds, channels and values of spikes |
//! | `current` | breakpoints in seconds, and values of shape (breakpoints, channels) |
//! | `data` | NIRData as nested dictionaries |

use nirkit::sim::Signal;
use nirkit::sim::stimulus::Spike;
use nirkit::stimulus::{Collector, Frames, Loaded};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::data;
use crate::error::Raise;

/// A part of the stimulus.
pub(crate) type Part<'py> = (Option<String>, String, Bound<'py, PyAny>);

/// Puts a stimulus together for Inputs of these names and shapes.
pub(crate) fn collect(
    parts: Vec<Part<'_>>,
    inputs: &[(String, Vec<usize>)],
    frames: Frames,
    batch: bool,
) -> PyResult<Loaded> {
    let mut collector = Collector::new(inputs.to_vec(), frames, batch);
    for (node, kind, content) in &parts {
        let node = node.as_deref();
        match kind.as_str() {
            "frames" => collector.add_array(node, &data::array(content)?),
            "data" => collector.add_data(node, &data::from_python(content.cast::<PyDict>()?)?),
            "spikes" => add_spikes(&mut collector, node, content, inputs)?,
            "current" => add_current(&mut collector, node, content)?,
            other => return Err(Raise::Internal.one(format!("no stimulus is of kind {other}"))),
        }
        .map_err(|error| Raise::Stimulus.error(error))?;
    }
    Ok(collector.finish())
}

/// Spikes by their times, one list a sample.
fn add_spikes(
    collector: &mut Collector,
    node: Option<&str>,
    content: &Bound<'_, PyAny>,
    inputs: &[(String, Vec<usize>)],
) -> PyResult<Result<(), nirkit::Error>> {
    let samples: Vec<(Vec<f64>, Vec<usize>, Vec<f64>)> = content.extract().map_err(|_| {
        Raise::Stimulus.one("spikes have times in seconds, channels from 0, values")
    })?;
    let shape = match node {
        Some(node) => inputs.iter().find(|(name, _)| name == node),
        None => inputs.first(),
    };
    let channels = shape.map_or(0, |(_, shape)| shape.iter().product());
    for (sample, (times, numbers, values)) in samples.into_iter().enumerate() {
        let spikes = times.into_iter().zip(numbers).zip(values);
        let mut spikes: Vec<Spike> =
            spikes.map(|((time, channel), value)| Spike { time, channel, value }).collect();
        spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.channel.cmp(&b.channel)));
        let signal = Signal::Spikes { channels, spikes };
        if let Err(error) = collector.add_signal(sample, node, signal) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// A current that is constant between breakpoints.
fn add_current(
    collector: &mut Collector,
    node: Option<&str>,
    content: &Bound<'_, PyAny>,
) -> PyResult<Result<(), nirkit::Error>> {
    let (breakpoints, values): (Vec<f64>, Bound<'_, PyAny>) = content.extract()?;
    let values = data::array(&values)?;
    let channels = values.shape().iter().skip(1).product();
    let numbers = values.to_f64().map(std::borrow::Cow::into_owned);
    let Some(values) = numbers else {
        return Err(Raise::Stimulus.one("the current holds complex numbers"));
    };
    Ok(collector.add_signal(0, node, Signal::Current { channels, breakpoints, values }))
}
