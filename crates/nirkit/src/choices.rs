//! What whoever runs a graph can choose, and what became of each choice.

use std::path::Path;

use nirkit_ir::Limits;
use nirkit_run::{Reset, SpikeReading};
use serde::Serialize;

use crate::error::{Error, ErrorKind};
use crate::recording::Recorded;
use crate::settle::Voice;
use crate::stimulus::Stimulus;
use crate::time_unit::TimeUnit;

/// A choice, its value, and where the value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Its name: `dt`, `reset`, `spike`, ...
    pub name: String,
    /// Its value, in the words in which it is given.
    pub value: String,
    /// Where the value comes from: `given`, `the stimulus`, `guessed: ...`, `default: ...`.
    pub source: String,
}

impl Choice {
    /// A choice, its value, and where the value comes from.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "most values are made for this call")]
    pub fn new(name: &str, value: impl ToString, source: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.to_string(), source: source.into() }
    }
}

/// What is given of what a file leaves open; the rest is settled by the file, the stimulus or the
/// platform.
///
/// ```
/// use nirkit::{Choices, Reset};
///
/// let choices = Choices::new().dt(1e-4).reset(Reset::Subtract).set("integrator", "exponential");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Choices {
    pub(crate) dt: Option<f64>,
    pub(crate) recorded_dt: Option<f64>,
    pub(crate) reset: Option<Reset>,
    pub(crate) spike: Option<SpikeReading>,
    pub(crate) time_unit: Option<TimeUnit>,
    /// Further choices by name, in words.
    pub(crate) others: Vec<(String, String)>,
    pub(crate) limits: Limits,
    pub(crate) voice: Voice,
}

/// Choices that only some ways to run have, with the way that has them.
const OF_ONE_MODE: [(&str, &str); 17] = [
    ("precision", "clocked"),
    ("integrator", "clocked"),
    ("input", "clocked"),
    ("synapse", "clocked"),
    ("reset_timing", "clocked"),
    ("comparison", "clocked"),
    ("start", "clocked"),
    ("feedback", "clocked"),
    ("threshold", "clocked"),
    ("spikes_per_step", "clocked"),
    ("spike_step", "clocked"),
    ("current", "clocked"),
    ("max_pending", "exact"),
    ("sums", "a simulator"),
    ("way", "a simulator"),
    ("quantize", "a chip"),
    ("weight_scale", "a chip"),
];

/// The way to run that has a choice, in words; `None` for a choice that there is not, and for those that several ways have.
pub(crate) fn mode_of(name: &str) -> Option<&'static str> {
    OF_ONE_MODE.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
}

/// Names of the choices that only some ways to run have.
pub(crate) fn named() -> Vec<&'static str> {
    OF_ONE_MODE.iter().map(|(name, _)| *name).collect()
}

impl Choices {
    /// Nothing is given.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the time step in seconds; in continuous time, the length of a frame of the stimulus.
    #[must_use]
    pub fn dt(mut self, dt: impl Into<Option<f64>>) -> Self {
        self.dt = dt.into();
        self
    }

    /// Gives what happens to a neuron that spikes.
    #[must_use]
    pub fn reset(mut self, reset: impl Into<Option<Reset>>) -> Self {
        self.reset = reset.into();
        self
    }

    /// Gives the unit of the times in the file; without it, the metadata of the graph say it, or they are in seconds.
    #[must_use]
    pub fn time_unit(mut self, unit: impl Into<Option<TimeUnit>>) -> Self {
        self.time_unit = unit.into();
        self
    }

    /// Gives what a spike is to the node that receives it.
    #[must_use]
    pub fn spike(mut self, spike: impl Into<Option<SpikeReading>>) -> Self {
        self.spike = spike.into();
        self
    }

    /// Gives a further choice by its name, in the words in which it is reported: of the clocked engine
    /// `precision`, `integrator`, `input`, `synapse`, `reset_timing`, `comparison`, `start`, `feedback`,
    /// `threshold`, `spike_step`, `current`; in continuous time `max_pending`; of a simulator `sums` and
    /// `way`; of a chip `quantize` and
    /// `weight_scale` (`file`, `own`, or NODE=SCALE). What the engine does not have is an error when the model is made.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "most values are made for this call")]
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.others.push((name.to_owned(), value.to_string()));
        self
    }

    /// Takes the time step that a stimulus was recorded with, unless one is given.
    #[must_use]
    pub fn of_stimulus(self, stimulus: &Stimulus) -> Self {
        self.recorded_dt(stimulus.dt())
    }

    /// Takes this time step that the stimulus was recorded with, unless one is given.
    #[must_use]
    pub fn recorded_dt(mut self, dt: Option<f64>) -> Self {
        self.recorded_dt = dt;
        self
    }

    /// Bounds what a graph and its runs may demand of this machine.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Says how options are called in messages.
    #[must_use]
    pub fn voice(mut self, voice: Voice) -> Self {
        self.voice = voice;
        self
    }

    /// The value of a further choice, if it is given; the last one counts.
    pub(crate) fn other(&self, name: &str) -> Option<&str> {
        self.others.iter().rfind(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// An error for everything that is given beside `dt`, `reset` and what is listed here.
    pub(crate) fn only(&self, engine: &str, takes: &[&str]) -> Result<(), Error> {
        let spike = self.spike.map(|_| "spike");
        let given = self.others.iter().map(|(name, _)| name.as_str()).chain(spike);
        let refused = given.filter(|name| !takes.contains(name));
        let errors: Vec<Error> = refused.map(|name| self.refusal(engine, takes, name)).collect();
        if errors.is_empty() {
            return Ok(());
        }
        Err(Error::several(errors).of_kind(ErrorKind::Choice))
    }

    /// Refuses choices that none of these meanings of a graph has: `ideal`, `exact`, `clocked`, or titles of platforms. Several
    /// share one set of choices, and each takes its own.
    ///
    /// # Errors
    ///
    /// A title is none of a platform, or a choice belongs to none of them.
    pub fn check_for(&self, titles: &[&str]) -> Result<(), Error> {
        let is_ideal =
            |title: &&str| crate::model::is_own(title) || Recorded::is_one(Path::new(title));
        let mut takes: Vec<&str> = Vec::new();
        for title in titles.iter().filter(|title| !is_ideal(title)) {
            if let nirkit_platforms::Platform::Chip(_) = crate::model::platform(title)? {
                takes.extend(crate::model::CHIP_CHOICES);
            }
        }
        let has_ideal = titles.iter().any(|title| crate::model::is_own(title));
        let spike = self.spike.filter(|_| !has_ideal).map(|_| "spike");
        let given = self.others.iter().map(|(name, _)| name.as_str());
        let of_chips = given.filter(|name| crate::model::CHIP_CHOICES.contains(name));
        let of_platforms = [("dt", self.dt.is_some()), ("reset", self.reset.is_some())];
        let of_platforms = of_platforms.into_iter().filter(|(_, is_given)| *is_given);
        let of_platforms = of_platforms.map(|(name, _)| name).filter(|_| titles.is_empty());
        let refused =
            of_chips.chain(spike).chain(of_platforms).filter(|name| !takes.contains(name));
        let engine = match titles {
            [] => "a check without a platform".to_owned(),
            titles => listed(titles),
        };
        let refusal = |name: &str| match titles {
            [_, ..] => {
                let have = if titles.len() == 1 { "has" } else { "have" };
                let what = format!("{engine} {have} no choice {}", self.voice.option(name));
                // Meanings are given by their names here.
                match name {
                    "spike" => Error::new(what).help("it is a choice of `ideal` and `clocked`"),
                    _ => self.helped(Error::new(what), &takes, name),
                }
            }
            [] if matches!(name, "dt" | "reset") => {
                let what = format!("{engine} has no choice {}", self.voice.option(name));
                let platform = self.voice.option("platform");
                Error::new(what).help(format!("name a platform that it is for: {platform}"))
            }
            [] => self.refusal(&engine, &takes, name),
        };
        let errors: Vec<Error> = refused.map(refusal).collect();
        if errors.is_empty() {
            return Ok(());
        }
        Err(Error::several(errors).of_kind(ErrorKind::Choice))
    }

    fn refusal(&self, engine: &str, takes: &[&str], name: &str) -> Error {
        let error = Error::new(format!("{engine} has no choice {}", self.voice.option(name)));
        self.helped(error, takes, name)
    }

    /// The same with what to do: the way to run that has the choice, or the choices that there are.
    fn helped(&self, error: Error, takes: &[&str], name: &str) -> Error {
        let mode = mode_of(name).or((name == "spike").then_some("exact and clocked"));
        if let Some(mode) = mode {
            let chips = format!(": {}", crate::lower::chip_names());
            let names = if mode == "a chip" { chips } else { String::new() };
            return error.help(format!("it is a choice of {}{names}", self.voice.mode(mode)));
        }
        let known = ["dt", "reset"].into_iter().chain(takes.iter().copied());
        let known: Vec<String> = known.map(|name| self.voice.option(name)).collect();
        error.help(format!("the choices are {}", known.join(", ")))
    }
}

/// Names in a row: `norse, sinabs and ideal`.
fn listed(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}
