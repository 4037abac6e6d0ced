//! One task: what a worker needs to know, in paths, ranges and words.

use std::collections::BTreeMap;
use std::path::PathBuf;

use nirkit_ir::Limits;
use nirkit_platforms::Platform;
use nirkit_platforms::profile::Dt;
use serde::{Deserialize, Serialize};

use super::plan::Metric;
use super::plan::refuse;
use crate::choices::Choices;
use crate::error::Error;
use crate::eval::Readout;

/// A graph, samples, a platform and choices. It holds no arrays: the files are read where the task runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The file of the graph.
    pub graph: PathBuf,
    /// What the graph is called: its path, as far as it takes to tell it from the other graphs of the plan.
    pub name: String,
    /// What the set is called.
    pub set: String,
    /// What enters.
    pub input: PathBuf,
    /// The class of each sample.
    pub labels: Option<PathBuf>,
    /// The samples that are taken, from the first to before the second; all if it is not given.
    pub samples: Option<(usize, usize)>,
    /// What the numbers of a frame are; settled by the numbers if it is not given.
    pub frames: Option<String>,
    /// `ideal`, `clocked`, a platform, or a file that describes one.
    pub platform: String,
    /// Choices by name, in the words in which they are given.
    pub choices: BTreeMap<String, String>,
    /// How the class of a sample is read; settled by what leaves the network if it is not given.
    pub readout: Option<String>,
    /// What the answers are held against.
    pub reference: Option<String>,
    /// What is computed beside the answers.
    pub metrics: Vec<Metric>,
}

impl Task {
    /// Reads a task that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// What is no task.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json).map_err(|error| refuse(format!("this is no task: {error}")))
    }

    /// Writes the task in one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Paths that are not UTF-8 are refused when tasks are made.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The choices of the platform, or of what it is held against, of those that the task gives.
    pub(super) fn choices_for(&self, title: &str, limits: &Limits) -> Result<Choices, Error> {
        let mut choices = Choices::new().limits(*limits);
        for (name, value) in &self.choices {
            if takes(title, name)? {
                choices = set(choices, name, value)?;
            }
        }
        Ok(choices)
    }

    pub(super) fn readout(&self) -> Result<Option<Readout>, Error> {
        self.readout.as_deref().map(str::parse).transpose()
    }
}

/// Adds a choice, in the words in which it is given.
pub(super) fn set(choices: Choices, name: &str, value: &str) -> Result<Choices, Error> {
    let about = |error: String| refuse(format!("`{value}` is no {name}: {error}"));
    Ok(match name {
        "dt" => choices.dt(nirkit_run::seconds(value).map_err(about)?),
        "reset" => choices.reset(value.parse::<crate::Reset>().map_err(|e| about(e.to_string()))?),
        "spike" => {
            choices.spike(value.parse::<crate::SpikeReading>().map_err(|e| about(e.to_string()))?)
        }
        name => choices.set(name, value),
    })
}

/// Whether a meaning of a graph has a choice.
pub(super) fn takes(title: &str, name: &str) -> Result<bool, Error> {
    let mode = match name {
        "dt" => return has_step(title),
        "reset" => return has_reset(title),
        "spike" => return Ok(crate::model::is_own(title)),
        name => crate::choices::mode_of(name),
    };
    let Some(mode) = mode else { return Ok(false) };
    Ok(match title {
        "clocked" => mode == "clocked",
        own if crate::model::is_ideal(own) => mode == "exact",
        title => match crate::model::platform(title)? {
            Platform::Simulator(_) => mode == "a simulator",
            Platform::Chip(_) => mode == "a chip",
        },
    })
}

/// Whether a meaning of a graph has a choice of resets.
fn has_reset(title: &str) -> Result<bool, Error> {
    if crate::model::is_own(title) {
        return Ok(true);
    }
    Ok(match crate::model::platform(title)? {
        Platform::Simulator(profile) => !profile.free_reset.is_empty(),
        Platform::Chip(chip) => chip.resets.len() > 1,
    })
}

/// Whether a meaning of a graph has a choice of time steps: some packages have one written into their code.
fn has_step(title: &str) -> Result<bool, Error> {
    Ok(match title {
        own if crate::model::is_own(own) => true,
        title => match crate::model::platform(title)? {
            Platform::Simulator(profile) => !matches!(profile.dt, Dt::Fixed(_)),
            Platform::Chip(_) => true,
        },
    })
}
