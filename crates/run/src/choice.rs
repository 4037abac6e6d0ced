//! What a file leaves open and both engines have to be told.

use std::fmt;
use std::str::FromStr;

use nirkit_numerics::Shortest;
use serde::{Deserialize, Serialize};

/// What happens to the voltage of a neuron that spikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// `v := v_reset`, as NIR's equations say.
    #[default]
    VReset,
    /// `v := 0`.
    Zero,
    /// `v := v - v_threshold`.
    Subtract,
}

/// What a spike is to the node that receives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SpikeReading {
    /// An impulse of this area, in seconds times one: it acts at one instant.
    Impulse {
        /// Area under the impulse. 1 is NIR's text; the time step is what most trained networks
        /// mean.
        area: f64,
    },
    /// A current of height 1 for this long.
    Pulse {
        /// Duration in seconds.
        width: f64,
    },
}

impl Default for SpikeReading {
    fn default() -> Self {
        Self::Impulse { area: 1.0 }
    }
}

/// A choice that is not written as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {what}; write {expected}")]
pub struct ChoiceError {
    what: &'static str,
    given: String,
    expected: &'static str,
}

impl ChoiceError {
    /// An error that says what was given and what is expected.
    #[must_use]
    pub fn new(what: &'static str, given: &str, expected: &'static str) -> Self {
        Self { what, given: given.to_owned(), expected }
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VReset => "v_reset",
            Self::Zero => "zero",
            Self::Subtract => "subtract",
        })
    }
}

impl FromStr for Reset {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::VReset, Self::Zero, Self::Subtract]
            .into_iter()
            .find(|reset| reset.to_string() == text)
            .ok_or_else(|| ChoiceError::new("reset", text, "`v_reset`, `zero` or `subtract`"))
    }
}

impl fmt::Display for SpikeReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Impulse { area } => write!(f, "impulse:{}", Shortest(*area)),
            Self::Pulse { width } => write!(f, "pulse:{}", Shortest(*width)),
        }
    }
}

/// Reads a time in seconds: a number, or a number with one of the units s, ms, us, µs, ns.
///
/// ```
/// assert_eq!(nirkit_run::seconds("0.1ms"), Ok(1e-4));
/// ```
pub fn seconds(text: &str) -> Result<f64, String> {
    const UNITS: [(&str, f64); 5] =
        [("ms", 1e3), ("us", 1e6), ("µs", 1e6), ("ns", 1e9), ("s", 1.0)];
    let found = UNITS
        .iter()
        .find_map(|(unit, of_a_second)| Some((text.strip_suffix(unit)?.trim_end(), *of_a_second)));
    let (number, of_a_second) = found.unwrap_or((text, 1.0));
    // A division by a whole number gives the double that the decimal stands for; a product would not.
    let number: Result<f64, _> = number.parse();
    number
        .map(|number| number / of_a_second)
        .map_err(|_| "give seconds, or a number with s, ms, us or ns behind it".to_owned())
}

impl FromStr for SpikeReading {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let positive =
            |number: &str| number.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0);
        let reading = match text.split_once(':') {
            Some(("impulse", area)) => positive(area).map(|area| Self::Impulse { area }),
            Some(("pulse", width)) => seconds(width)
                .ok()
                .filter(|width| width.is_finite() && *width > 0.0)
                .map(|width| Self::Pulse { width }),
            _ => None,
        };
        reading.ok_or_else(|| {
            ChoiceError::new(
                "reading of a spike",
                text,
                "`impulse:AREA` or `pulse:SECONDS`, above 0",
            )
        })
    }
}
