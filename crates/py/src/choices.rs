//! Choices, from Python and to Python.

use nirkit::time_unit::TimeUnit;
use nirkit::{Choice, Choices};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::check::reset;
use crate::error::Raise;

/// A choice on its way to Python: its name, its value, where it comes from.
pub(crate) type Row = (String, String, String);

/// What is given of what a file leaves open. `options` may hold `dt`, `dt_of_stimulus`, `time_unit`, `reset`, `spike` and, by name
/// and in words, what else an engine lets one choose; `None` stands for what is not given.
pub(crate) fn choices(options: &Bound<'_, PyDict>) -> PyResult<Choices> {
    let mut choices = Choices::new();
    for (name, value) in options.iter() {
        if value.is_none() {
            continue;
        }
        choices = match name.extract::<String>()?.as_str() {
            "dt" => choices.dt(in_seconds("dt", &value)?),
            "time_unit" => match value.extract::<String>()?.as_str() {
                "s" => choices.time_unit(TimeUnit::Second),
                "ms" => choices.time_unit(TimeUnit::Millisecond),
                other => {
                    return Err(Raise::Choice
                        .one(format!("`time_unit` is {other:?}: give \"s\" or \"ms\"")));
                }
            },
            "dt_of_stimulus" => choices.recorded_dt(Some(value.extract()?)),
            "reset" => choices.reset(reset(&value.extract::<String>()?)?),
            "spike" => {
                let spike: nirkit::SpikeReading =
                    value.extract::<String>()?.parse().map_err(|error| Raise::Choice.one(error))?;
                choices.spike(spike)
            }
            other => choices.set(other, value.str()?),
        };
    }
    Ok(choices)
}

/// Seconds: a number, or a text with a unit as the program takes it (`1ms`).
fn in_seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    if let Ok(number) = value.extract::<f64>() {
        return Ok(number);
    }
    let text: String = value.extract().map_err(|_| {
        let kind =
            value.get_type().name().map_or_else(|_| "that".to_owned(), |name| name.to_string());
        Raise::Choice.one(format!("`{name}` is seconds, as a number or as \"1ms\", no {kind}"))
    })?;
    nirkit::seconds(&text).map_err(|error| Raise::Choice.one(format!("`{name}`: {error}")))
}

/// Choices as rows.
pub(crate) fn rows(choices: &[Choice]) -> Vec<Row> {
    let row = |choice: &Choice| (choice.name.clone(), choice.value.clone(), choice.source.clone());
    choices.iter().map(row).collect()
}
