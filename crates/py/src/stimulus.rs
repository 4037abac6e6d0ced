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
//! | `events` | for each sample, arrays of times, columns, rows and polarities, the last two or none; the window, the most that counts in one |
//! | `file` | the path of a file, its samples, the window, the most that counts in one, the unit of times |

use std::num::NonZeroU32;
use std::path::PathBuf;

use nirkit::bounds;
use nirkit::io::Limits;
use nirkit::io::events::Events;
use nirkit::stimulus::{EventUnit, Spike, Window};
use nirkit::{Frames, Signal, Stimulus};
use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::data;
use crate::error::Raise;

/// A part of the stimulus.
pub(crate) type Part<'py> = (Option<String>, String, Bound<'py, PyAny>);

/// Puts a stimulus together.
pub(crate) fn collect(parts: Vec<Part<'_>>, frames: &str, batch: bool) -> PyResult<Stimulus> {
    let empty = like(&parts, frames, batch)?;
    parts.into_iter().try_fold(empty, |stimulus, (node, kind, content)| {
        let node = node.as_deref();
        Ok(match kind.as_str() {
            "frames" => {
                if let Ok(array) = content.cast::<PyUntypedArray>() {
                    bounds::frames(array.shape(), batch, &Limits::default())
                        .map_err(Raise::error)?;
                }
                stimulus.array(node, data::array(&content)?)
            }
            "data" => stimulus.data(node, data::from_python(content.cast::<PyDict>()?)?),
            "spikes" => stimulus.spikes(node, spikes(&content)?),
            "current" => stimulus.signals(node, vec![current(&content)?]),
            "events" => {
                let (samples, ..): EventParts<'_> = content.extract()?;
                let samples = samples.iter().map(events).collect::<PyResult<_>>()?;
                stimulus.events(node, samples)
            }
            "file" => {
                let file: FileParts = content.extract()?;
                stimulus.file(node, file.0, &Limits::default()).map_err(Raise::error)?
            }
            other => return Err(Raise::Internal.one(format!("no stimulus is of kind {other}"))),
        })
    })
}

/// A file: its path, its samples, seconds of a window, the most that a channel counts in one, the unit of its times.
pub(crate) type FileParts =
    (PathBuf, Option<(usize, usize)>, Option<f64>, Option<u32>, Option<String>);

/// Samples of events: times, columns, rows, polarities; seconds of a window, the most that a channel counts in one.
type EventParts<'py> = (Vec<EventColumns<'py>>, Option<f64>, Option<u32>);
type EventColumns<'py> =
    (Bound<'py, PyAny>, Bound<'py, PyAny>, Option<Bound<'py, PyAny>>, Option<Bound<'py, PyAny>>);

/// How a part is read: its samples, seconds of a window, the most that a channel counts in one, the unit of its times.
type ReadAs = (Option<(usize, usize)>, Option<f64>, Option<u32>, Option<String>);

/// How a part is read, if that is a choice.
fn read_as((_, kind, content): &Part<'_>) -> Option<PyResult<ReadAs>> {
    match kind.as_str() {
        "file" => Some(
            content
                .extract()
                .map(|(_, samples, seconds, most, unit): FileParts| (samples, seconds, most, unit)),
        ),
        "events" => Some(
            content.extract().map(|(_, seconds, most): EventParts<'_>| (None, seconds, most, None)),
        ),
        _ => None,
    }
}

/// A stimulus of nothing that is read as these parts are.
pub(crate) fn like(parts: &[Part<'_>], frames: &str, batch: bool) -> PyResult<Stimulus> {
    let read = parts.iter().filter_map(read_as).collect::<PyResult<Vec<_>>>()?;
    let mut empty = Stimulus::new().numbers(self::frames(frames)?).batched(batch);
    let Some(first) = read.first() else { return Ok(empty) };
    if read.iter().any(|other| other != first) {
        let help =
            "give the same `samples`, `window`, `window_most` and `event_times` to all of them";
        return Err(Raise::Stimulus
            .help("the files and events of the Inputs are read in different ways", help));
    }
    let (samples, seconds, most, unit) = first;
    if seconds.is_none() && most.is_some() {
        return Err(Raise::Choice.one("`window_most` has no effect without `window`"));
    }
    let most = most.map(|most| {
        NonZeroU32::new(most).ok_or_else(|| Raise::Choice.one("`window_most` is a number above 0"))
    });
    let most = most.transpose()?;
    if let Some((from, to)) = samples.filter(|(from, to)| from >= to) {
        return Err(
            Raise::Choice.one(format!("`samples` has none: from {from} on and before {to}"))
        );
    }
    empty = empty.samples(samples.map(|(from, to)| from..to));
    empty = empty.window(seconds.map(|seconds| Window { seconds, most }));
    let unit = unit.as_deref().map(|unit| match unit {
        "s" => Ok(EventUnit::Seconds),
        "ms" => Ok(EventUnit::Milliseconds),
        "us" => Ok(EventUnit::Microseconds),
        "ns" => Ok(EventUnit::Nanoseconds),
        other => Err(Raise::Choice
            .help(format!("`event_times` is not {other:?}"), "give `s`, `ms`, `us` or `ns`")),
    });
    Ok(empty.event_times(unit.transpose()?))
}

/// Events of a sensor, from an array for each column.
fn events((t, x, y, p): &EventColumns<'_>) -> PyResult<Events> {
    let column = |array: &Bound<'_, PyAny>| {
        let array = data::array(array)?;
        let is_real = array.dtype().is_float();
        let numbers = array.to_decimals().map(std::borrow::Cow::into_owned);
        let numbers = numbers.ok_or_else(|| Raise::Stimulus.one("events have complex numbers"))?;
        Ok::<_, PyErr>((numbers, is_real))
    };
    let places = |array: &Bound<'_, PyAny>, name: &str| {
        let (numbers, _) = column(array)?;
        let is_place =
            |number: &f64| number.fract() == 0.0 && (0.0..4_294_967_296.0).contains(number);
        if let Some(at) = numbers.iter().position(|number| !is_place(number)) {
            let what = format!("event {at} has {name} = {}", numbers[at]);
            return Err(Raise::Stimulus.help(what, "places are whole numbers, counted from 0"));
        }
        Ok(numbers.iter().map(|&number| number as usize).collect())
    };
    let (times, times_are_real) = column(t)?;
    if let Some(at) = times.iter().position(|time| !(time.is_finite() && *time >= 0.0)) {
        let what = format!("event {at} has the time {}", times[at]);
        return Err(Raise::Stimulus.help(what, "times are finite, and 0 or more"));
    }
    Ok(Events {
        times,
        times_are_real,
        x: places(x, "x")?,
        y: y.as_ref().map(|y| places(y, "y")).transpose()?,
        on: p
            .as_ref()
            .map(|p| Ok::<_, PyErr>(column(p)?.0.iter().map(|&p| p > 0.0).collect()))
            .transpose()?,
        ..Events::default()
    })
}

/// Spikes by their times, one list a sample.
fn spikes(content: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<Spike>>> {
    let samples: Vec<(Vec<f64>, Vec<usize>, Vec<f64>)> = content.extract().map_err(|_| {
        Raise::Stimulus.one("spikes have times in seconds, channels from 0, values")
    })?;
    let spike = |((time, channel), value)| Spike { time, channel, value };
    let sample = |(times, channels, values): (Vec<f64>, Vec<usize>, Vec<f64>)| {
        times.into_iter().zip(channels).zip(values).map(spike).collect()
    };
    Ok(samples.into_iter().map(sample).collect())
}

/// A current that is constant between breakpoints.
fn current(content: &Bound<'_, PyAny>) -> PyResult<Signal> {
    let (breakpoints, values): (Vec<f64>, Bound<'_, PyAny>) = content.extract()?;
    let values = data::array(&values)?;
    let channels = values.shape().iter().skip(1).product();
    let numbers = values.to_f64().map(std::borrow::Cow::into_owned);
    let Some(values) = numbers else {
        return Err(Raise::Stimulus.one("the current holds complex numbers"));
    };
    Ok(Signal::Current { channels, breakpoints, values })
}

/// What the numbers of frames are, by name.
fn frames(name: &str) -> PyResult<Frames> {
    match name {
        "auto" => Ok(Frames::Auto),
        "spikes" => Ok(Frames::Spikes),
        "current" => Ok(Frames::Current),
        other => Err(Raise::Choice
            .help(format!("frames are not `{other}`"), "give `auto`, `spikes` or `current`")),
    }
}
