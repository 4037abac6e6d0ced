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

/// Finds the unit that times without a stated one most likely have. Every reader of tables and arrays follows this rule, and
/// looks at all times of a file.
///
/// Times whose values are all whole are microseconds, as cameras and tonic write them; others are seconds. Values that are no
/// finite numbers do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LikelyUnit {
    has_fractions: bool,
    is_doubtful: bool,
}

impl LikelyUnit {
    /// Counts a time. `is_real` says that its column or its text has room for a fraction: `1.0`, not `1`.
    pub fn add(&mut self, time: f64, is_real: bool) {
        if time.is_finite() {
            self.has_fractions |= time.fract() != 0.0;
            self.is_doubtful |= is_real && time != 0.0;
        }
    }

    /// Whether a fraction was found, so that further times change nothing.
    #[must_use]
    pub fn is_settled(self) -> bool {
        self.has_fractions
    }

    /// Returns the unit.
    #[must_use]
    pub fn unit(self) -> TimeUnit {
        if self.has_fractions { TimeUnit::Seconds } else { TimeUnit::Microseconds }
    }

    /// Whether the times are whole by value only: they may as well be whole seconds.
    #[must_use]
    pub fn is_doubtful(self) -> bool {
        self.is_doubtful && !self.has_fractions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_times_are_microseconds_and_doubtful_where_fractions_have_room() {
        let of = |times: &[(f64, bool)]| {
            let mut likely = LikelyUnit::default();
            for &(time, is_real) in times {
                likely.add(time, is_real);
            }
            (likely.unit(), likely.is_doubtful())
        };
        assert_eq!(of(&[]), (TimeUnit::Microseconds, false));
        assert_eq!(of(&[(6.0, false), (70.0, false)]), (TimeUnit::Microseconds, false));
        assert_eq!(of(&[(0.0, true), (f64::NAN, true)]), (TimeUnit::Microseconds, false));
        assert_eq!(of(&[(0.0, true), (2.0, true)]), (TimeUnit::Microseconds, true));
        assert_eq!(of(&[(0.0, true), (2.0, true), (2.5, true)]), (TimeUnit::Seconds, false));
    }
}
