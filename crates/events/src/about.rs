//! What a recording says about itself, and how that was read.

use serde::Serialize;

use crate::Format;

/// What is known of a recording before its first event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct About {
    /// The format.
    pub format: Format,
    /// The version that the file states.
    pub version: Option<String>,
    /// How the format was told.
    pub decided_by: String,
    /// The camera or program that the file names.
    pub source: Option<String>,
    /// The size of the sensor that the file or the user states.
    pub size: Option<Size>,
    /// Where row 0 is.
    pub y_origin: YOrigin,
    /// How polarities are written in the file.
    pub polarity: &'static str,
    /// The unit of the times in the file; events have microseconds.
    pub time_unit: TimeUnit,
    /// What the unit of the times follows from.
    pub time_unit_from: &'static str,
    /// Bits of the counter of time, which wraps around; `None` where it does not.
    pub time_bits: Option<u32>,
    /// Choices that were made in reading, each with its reason.
    pub choices: Vec<String>,
}

impl About {
    /// Begins a description; most formats count microseconds and rows from the top.
    pub(crate) fn new(format: Format, decided_by: &str) -> Self {
        Self {
            format,
            version: None,
            decided_by: decided_by.to_owned(),
            source: None,
            size: None,
            y_origin: YOrigin::Top,
            polarity: "1 is brighter (ON), 0 darker (OFF)",
            time_unit: TimeUnit::Microseconds,
            time_unit_from: "the format",
            time_bits: None,
            choices: Vec::new(),
        }
    }
}

/// Columns and rows of a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// Where row 0 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum YOrigin {
    /// At the top.
    Top,
    /// At the bottom.
    Bottom,
    /// The format does not say it.
    Unstated,
    /// There are channels, no rows.
    NoRows,
}

impl YOrigin {
    /// Returns it in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Top => "row 0 at the top",
            Self::Bottom => "row 0 at the bottom",
            Self::Unstated => "the format does not say where row 0 is",
            Self::NoRows => "channels, no rows",
        }
    }
}

/// The unit of the times in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl TimeUnit {
    /// Returns how many microseconds it has.
    #[must_use]
    pub fn microseconds(self) -> f64 {
        match self {
            Self::Seconds => 1e6,
            Self::Milliseconds => 1e3,
            Self::Microseconds => 1.0,
            Self::Nanoseconds => 1e-3,
        }
    }

    /// Returns its symbol.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
        }
    }
}
