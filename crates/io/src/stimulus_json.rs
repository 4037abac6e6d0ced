//! Stimuli in JSON: spikes at their own times, and currents that are constant between breakpoints.
//!
//! ```json
//! {"T": 0.1, "inputs": {
//!   "in":   {"shape": [2], "kind": "spikes", "spikes": [[0.01, 0], [0.03, 1]]},
//!   "bias": {"shape": [1], "kind": "current", "breakpoints": [0, 0.05], "values": [[1.5], [0]]}
//! }}
//! ```
//!
//! Times are in seconds. A channel is the number of an element of the shape in C order. A value
//! holds from its breakpoint to the next, the last one to the end; before the first it is zero.

use std::fmt;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Unexpected, Visitor};
use serde_json::error::Category;

use crate::bytes;
use crate::data::Event;
use crate::error::{ReadError, ReadFault};
use crate::limits::Limits;
use crate::text::{BOM, is_text};

/// A stimulus for the Inputs of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    /// Time at which the stimulus ends, in seconds.
    pub duration: f64,
    /// What each Input receives, by its name.
    pub inputs: IndexMap<String, Signal>,
}

/// What one Input receives.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// Lengths of the axes of the signal.
    pub shape: Vec<usize>,
    /// Its course over time.
    pub course: Course,
}

/// The course of a signal over time.
#[derive(Clone, Debug, PartialEq)]
pub enum Course {
    /// Spikes, in the order of the file.
    Spikes(Vec<Event>),
    /// Currents that are constant between breakpoints.
    Current {
        /// Times from which the values hold, in seconds, ascending.
        breakpoints: Vec<f64>,
        /// For each breakpoint, the value of each channel.
        values: Vec<Vec<f64>>,
    },
}

/// The file as it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `T` and `inputs`")]
struct File {
    #[serde(rename = "T")]
    duration: Number,
    #[serde(deserialize_with = "each_once")]
    inputs: IndexMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    deny_unknown_fields,
    expecting = "an object with `kind` and `shape`"
)]
enum Entry {
    Spikes { shape: Vec<Whole>, spikes: Vec<Spike> },
    Current { shape: Vec<Whole>, breakpoints: Vec<Number>, values: Vec<Nested> },
}

/// A time and a channel.
#[derive(Deserialize)]
#[serde(expecting = "a spike: [time, channel]")]
struct Spike(Number, Whole);

/// A number; messages call it so.
struct Number(f64);

/// A whole number from 0 on; messages call it so.
struct Whole(usize);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                Ok(Number(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }
        }

        deserializer.deserialize_f64(Any)
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 0 on")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Whole, E> {
                let wrong = || E::invalid_value(Unexpected::Unsigned(number), &self);
                usize::try_from(number).map(Whole).map_err(|_| wrong())
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Whole, E> {
                let wrong = || E::invalid_value(Unexpected::Signed(number), &self);
                usize::try_from(number).map(Whole).map_err(|_| wrong())
            }
        }

        deserializer.deserialize_u64(Any)
    }
}

/// The Inputs with what each receives; of one that stands twice, only one part would be taken.
fn each_once<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<IndexMap<String, Entry>, D::Error> {
    struct Inputs;

    impl<'de> Visitor<'de> for Inputs {
        type Value = IndexMap<String, Entry>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with a signal for each Input")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut inputs = IndexMap::new();
            while let Some(name) = access.next_key::<String>()? {
                if inputs.contains_key(&name) {
                    return Err(A::Error::custom(format!("the Input {name:?} stands twice")));
                }
                inputs.insert(name, access.next_value()?);
            }
            Ok(inputs)
        }
    }

    deserializer.deserialize_map(Inputs)
}

/// Numbers nested as deep as the shape.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a value of a current is no number for each channel, as a list or in lists nested like the shape"
)]
enum Nested {
    Number(Number),
    List(Vec<Nested>),
}

/// Reads a stimulus.
pub fn read_stimulus_json(path: impl AsRef<Path>, limits: &Limits) -> Result<Stimulus, ReadError> {
    let path = path.as_ref();
    let no_text = || ReadFault::OtherFormat { expected: "a text in UTF-8" };
    let begins = |head: &[u8]| is_text(head).then_some(()).ok_or_else(no_text);
    let bytes = bytes::read_known(path, limits, begins);
    let bytes = bytes.map_err(|fault| fault.at("").of_file(path))?;
    read_stimulus_json_bytes(&bytes).map_err(|error| error.of_file(path))
}

/// Reads a stimulus from the bytes of a file.
pub fn read_stimulus_json_bytes(bytes: &[u8]) -> Result<Stimulus, ReadError> {
    // Some editors put a mark of the order of bytes before a text.
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    if std::str::from_utf8(bytes).is_err() {
        return Err(ReadFault::OtherFormat { expected: "a text in UTF-8" }.at(""));
    }
    let syntax = |error: serde_json::Error| match error.classify() {
        Category::Eof if bytes.trim_ascii().is_empty() => "the file is empty".to_owned(),
        Category::Eof => {
            format!(
                "the file ends within its JSON, at line {} column {}",
                error.line(),
                error.column()
            )
        }
        _ => error.to_string(),
    };
    let file: File =
        serde_json::from_slice(bytes).map_err(|error| ReadFault::Syntax(syntax(error)).at(""))?;
    let Number(duration) = file.duration;
    if !(duration.is_finite() && duration >= 0.0) {
        return Err(not_a_time(duration).at("/T"));
    }
    let inputs = file.inputs.into_iter().map(|(name, entry)| {
        let signal = signal(entry, &format!("/inputs/{name}"))?;
        Ok((name, signal))
    });
    Ok(Stimulus { duration, inputs: inputs.collect::<Result<_, ReadError>>()? })
}

fn signal(entry: Entry, place: &str) -> Result<Signal, ReadError> {
    match entry {
        Entry::Spikes { shape, spikes } => {
            let shape = axes(shape);
            let spikes = spikes_of(spikes, channels(&shape, place)?, place)?;
            Ok(Signal { shape, course: Course::Spikes(spikes) })
        }
        Entry::Current { shape, breakpoints, values } => {
            let shape = axes(shape);
            let breakpoints: Vec<f64> = breakpoints.into_iter().map(|Number(time)| time).collect();
            let channels = channels(&shape, place)?;
            let values = values_of(values, breakpoints.len(), channels, place)?;
            check_breakpoints(&breakpoints, place)?;
            Ok(Signal { shape, course: Course::Current { breakpoints, values } })
        }
    }
}

fn axes(shape: Vec<Whole>) -> Vec<usize> {
    shape.into_iter().map(|Whole(axis)| axis).collect()
}

fn channels(shape: &[usize], place: &str) -> Result<usize, ReadError> {
    let channels = shape.iter().try_fold(1_usize, |channels, &axis| channels.checked_mul(axis));
    channels.ok_or_else(|| {
        unexpected("a shape of fewer than 2^64 channels", format!("{shape:?}"))
            .at(format!("{place}/shape"))
    })
}

fn spikes_of(spikes: Vec<Spike>, channels: usize, place: &str) -> Result<Vec<Event>, ReadError> {
    let event = |(index, Spike(Number(time), Whole(neuron))): (usize, Spike)| {
        let at = || format!("{place}/spikes[{index}]");
        if !(time.is_finite() && time >= 0.0) {
            return Err(not_a_time(time).at(at()));
        }
        if neuron >= channels {
            let found = format!("channel {neuron} of {channels}");
            return Err(unexpected("a channel of the shape, counted from 0", found).at(at()));
        }
        Ok(Event { time, neuron })
    };
    spikes.into_iter().enumerate().map(event).collect()
}

fn values_of(
    values: Vec<Nested>,
    breakpoints: usize,
    channels: usize,
    place: &str,
) -> Result<Vec<Vec<f64>>, ReadError> {
    if values.len() != breakpoints {
        let found = format!("{} for {breakpoints} breakpoints", values.len());
        let fault = unexpected("as many values as breakpoints", found);
        return Err(fault.at(format!("{place}/values")));
    }
    let row = |(index, nested): (usize, Nested)| {
        let mut row = Vec::new();
        flatten(nested, &mut row);
        if row.len() != channels || row.iter().any(|value| !value.is_finite()) {
            let found = format!("{} numbers for {channels} channels", row.len());
            let fault = unexpected("a finite number for each channel", found);
            return Err(fault.at(format!("{place}/values[{index}]")));
        }
        Ok(row)
    };
    values.into_iter().enumerate().map(row).collect()
}

fn flatten(nested: Nested, out: &mut Vec<f64>) {
    match nested {
        Nested::Number(Number(number)) => out.push(number),
        Nested::List(list) => list.into_iter().for_each(|nested| flatten(nested, out)),
    }
}

fn check_breakpoints(breakpoints: &[f64], place: &str) -> Result<(), ReadError> {
    let mut before = f64::NEG_INFINITY;
    for (index, &time) in breakpoints.iter().enumerate() {
        let at = || format!("{place}/breakpoints[{index}]");
        if !(time.is_finite() && time >= 0.0) {
            return Err(not_a_time(time).at(at()));
        }
        if time <= before {
            let found = format!("{time} after {before}");
            return Err(unexpected("a later time than the one before", found).at(at()));
        }
        before = time;
    }
    Ok(())
}

fn not_a_time(time: f64) -> ReadFault {
    unexpected("a time in seconds, not before 0", time.to_string())
}

fn unexpected(expected: &'static str, found: String) -> ReadFault {
    ReadFault::Unexpected { expected, found }
}

#[cfg(test)]
mod tests;
