//! What the page asks for.

use std::collections::BTreeMap;

use nirkit::{Choices, Error, ErrorKind, seconds};
use serde::Deserialize;

/// A request of the page, as JSON with the key `do`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Opens a file, whose bytes follow: a graph takes the place of the one before, everything else is added to the stimulus.
    Open {
        /// The name of the file.
        name: String,
    },
    /// Forgets the stimulus.
    DropStimulus,
    /// Lists the platforms.
    Platforms,
    /// Draws the graph as a page, with the verdicts of platforms and, on request, with runs side by side.
    Page {
        /// What is settled for the platforms.
        #[serde(flatten)]
        settings: Settings,
        /// Whether the platforms run on the stimulus.
        run: bool,
    },
    /// Runs one platform, `ideal` or `clocked` on the stimulus; the answer has what a node put out as an array (`.npy`).
    Run {
        /// What is settled; the first platform runs.
        #[serde(flatten)]
        settings: Settings,
        /// The node and what is recorded of it: `lif1` or `lif1:v`.
        record: String,
    },
    /// Repairs the graph.
    Repair,
    /// Rewrites the graph so that the first platform computes what another one computes on it.
    Adapt {
        /// What is settled; the graph is made for the first platform.
        #[serde(flatten)]
        settings: Settings,
        /// The platform on the original, or `ideal`; the metadata of the graph say it if this is empty.
        like: String,
    },
    /// Goes back to the graph before the last repair or adaptation.
    Undo,
    /// Gives the graph, or a picture of it, as a file.
    Save {
        /// `nir`, `nirt` or `svg`.
        format: String,
    },
}

/// Platforms, and choices as they are typed. An empty text leaves a choice to the file, the stimulus or the platform.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Titles of platforms; `ideal` and `clocked` are the meanings of the graph without one.
    pub platforms: Vec<String>,
    /// The time step: `0.1ms`.
    pub dt: String,
    /// The reset: `zero`, `subtract` or `v_reset`.
    pub reset: String,
    /// The size of a spike: `impulse`, `pulse` or `pulse:1ms`.
    pub spike: String,
    /// How long the run is: `20ms`.
    pub duration: String,
    /// Further choices by name: `quantize`.
    pub choices: BTreeMap<String, String>,
}

impl Settings {
    /// The platforms as they are named in calls.
    pub(crate) fn titles(&self) -> Vec<&str> {
        self.platforms.iter().map(String::as_str).collect()
    }

    /// The first platform.
    pub(crate) fn first(&self) -> Result<&str, Error> {
        let none = || Error::new("no platform is chosen").of_kind(ErrorKind::Choice);
        self.platforms.first().map(String::as_str).ok_or_else(none)
    }

    /// The choices; everything that is none at once.
    pub(crate) fn choices(&self) -> Result<Choices, Error> {
        let (mut choices, mut errors) = (Choices::new(), Vec::new());
        let mut wrong = |name: &str, text: &str, help: String| {
            let message = format!("{name}: `{text}` is no value");
            errors.push(Error::new(message).of_kind(ErrorKind::Choice).help(help));
        };
        match typed(&self.dt).map(seconds).transpose() {
            Ok(dt) => choices = choices.dt(dt),
            Err(help) => wrong("time step", &self.dt, help),
        }
        match typed(&self.reset).map(str::parse).transpose() {
            Ok(reset) => choices = choices.reset(reset),
            Err(error) => wrong("reset", &self.reset, error.to_string()),
        }
        match typed(&self.spike).map(str::parse).transpose() {
            Ok(spike) => choices = choices.spike(spike),
            Err(error) => wrong("size of a spike", &self.spike, error.to_string()),
        }
        for (name, value) in &self.choices {
            choices = choices.set(name, value);
        }
        if errors.is_empty() { Ok(choices) } else { Err(Error::several(errors)) }
    }

    /// The duration in seconds, if one is typed.
    pub(crate) fn duration(&self) -> Result<Option<f64>, Error> {
        typed(&self.duration).map(seconds).transpose().map_err(|help| {
            let message = format!("duration: `{}` is no value", self.duration);
            Error::new(message).of_kind(ErrorKind::Choice).help(help)
        })
    }
}

/// What is typed; `None` for nothing.
fn typed(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}
