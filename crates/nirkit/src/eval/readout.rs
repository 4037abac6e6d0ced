//! How the class of a sample is read from what leaves a network.

use std::fmt;
use std::str::FromStr;

use nirkit_run::Observable;
use serde::Serialize;

use crate::error::{Error, ErrorKind};
use crate::model::{Model, Outcome};
use crate::suggest::did_you_mean;

/// How the class of a sample is read from what leaves the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Readout {
    /// The output with most spikes.
    Count,
    /// The output that spikes first.
    First,
    /// The output with the largest voltage, or number that a map puts out, of all steps.
    Max,
    /// The output with the largest voltage on average.
    Mean,
    /// The output with the largest voltage after the last step.
    Last,
}

impl Readout {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Count, Self::First, Self::Max, Self::Mean, Self::Last];

    /// What can be recorded for it, the best first.
    fn observables(self) -> &'static [Observable] {
        match self {
            Self::Count | Self::First => &[Observable::Spikes],
            Self::Max | Self::Mean | Self::Last => &[Observable::V, Observable::Output],
        }
    }

    /// What a model records of a node for it; `None` if there is nothing.
    pub(super) fn observable(self, model: &Model, node: &str) -> Option<Observable> {
        let has = |observable: &Observable| {
            model.recordable().iter().any(|r| r.node == node && r.observable == *observable)
        };
        self.observables().iter().copied().find(has)
    }

    /// What a score is.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Count => "spikes",
            Self::First => "steps",
            Self::Max | Self::Mean | Self::Last => "voltage",
        }
    }
}

impl fmt::Display for Readout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "count",
            Self::First => "first",
            Self::Max => "max",
            Self::Mean => "mean",
            Self::Last => "last",
        })
    }
}

impl FromStr for Readout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|readout| readout.to_string() == text).ok_or_else(|| {
            let names = Self::ALL.map(|readout| readout.to_string());
            let meant = did_you_mean(text, names.iter().map(String::as_str));
            let known = format!("the readouts are {}", names.join(", "));
            let help = meant.map_or(known.clone(), |meant| format!("{meant} {known}"));
            Error::new(format!("`{text}` is no readout")).of_kind(ErrorKind::Choice).help(help)
        })
    }
}

/// The readout: given, or by whether the output spikes.
pub(super) fn settle_readout(
    model: &Model,
    node: &str,
    given: Option<Readout>,
) -> Result<(Readout, String), Error> {
    let has = |readout: Readout| readout.observable(model, node).is_some();
    match given {
        Some(readout) if has(readout) => Ok((readout, "given".to_owned())),
        Some(readout) => {
            let wanted = readout.observables().first().copied().unwrap_or(Observable::Spikes);
            let message = format!("`{node}` has no {wanted} to read");
            let others = Readout::ALL.into_iter().filter(|&other| has(other));
            let others: Vec<String> = others.map(|other| format!("`{other}`")).collect();
            let error = Error::new(message).of_kind(ErrorKind::Choice);
            Err(match others.as_slice() {
                [] => error,
                others => error.help(format!("readouts of it: {}", others.join(", "))),
            })
        }
        None if has(Readout::Count) && !model.engine().puts_out_voltage(node) => {
            Ok((Readout::Count, "default: spikes are counted".to_owned()))
        }
        None => Ok((Readout::Max, format!("default: `{node}` does not spike"))),
    }
}

/// Appends what is read for each sample and class.
pub(super) fn read(
    readout: Readout,
    outcome: &Outcome,
    samples: usize,
    classes: usize,
    readings: &mut Vec<f64>,
) -> Result<(), Error> {
    if let Some((_, trains)) = outcome.events.first() {
        for train in trains {
            let first = readings.len();
            let empty = if readout == Readout::First { f64::INFINITY } else { 0.0 };
            readings.resize(first + classes, empty);
            for (&time, &channel) in train.times.iter().zip(&train.channels) {
                let Some(reading) = readings.get_mut(first + channel as usize) else { continue };
                *reading =
                    if readout == Readout::First { reading.min(time) } else { *reading + 1.0 };
            }
        }
        return Ok(());
    }
    let values = outcome.arrays.first().and_then(|(_, tensor)| tensor.to_f64());
    let values = values.ok_or_else(|| Error::new("nothing was recorded"))?;
    let row = samples * classes;
    let steps = values.len().checked_div(row).unwrap_or(0);
    for place in 0..row {
        let course = (0..steps).map(|step| values[step * row + place]);
        readings.push(match readout {
            Readout::Count => course.sum::<f64>() + 0.0,
            Readout::First => {
                let mut course = course;
                course.position(|spikes| spikes > 0.0).map_or(f64::INFINITY, |step| step as f64)
            }
            Readout::Max => course.fold(f64::NEG_INFINITY, f64::max),
            Readout::Mean => course.sum::<f64>() / steps.max(1) as f64,
            Readout::Last => {
                let mut course = course;
                course.next_back().unwrap_or(0.0)
            }
        });
    }
    Ok(())
}
