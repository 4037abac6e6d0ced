//! A case of the suite: a graph, a stimulus, and what is right.

use std::collections::BTreeMap;
use std::fmt;

use nirkit::SpikeReading;
use nirkit::ir::Document;
use nirkit::numerics::Tensor;
use serde::{Deserialize, Serialize};

use crate::array::Array;

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A file that has to be read, or that has to be refused.
    ReadOrRefuse,
    /// One primitive with its parameters.
    Primitives,
    /// Where simulators differ: thresholds that are met, simultaneous spikes, resets, time constants near the step.
    Corners,
    /// Several nodes: branches, cycles, nesting, ports, pictures.
    Graphs,
    /// Networks that were trained.
    Trained,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 5] =
        [Self::ReadOrRefuse, Self::Primitives, Self::Corners, Self::Graphs, Self::Trained];

    /// Its name, as in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadOrRefuse => "read_or_refuse",
            Self::Primitives => "primitives",
            Self::Corners => "corners",
            Self::Graphs => "graphs",
            Self::Trained => "trained",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, which is that of its folder.
    pub name: String,
    /// What it is about.
    pub level: Level,
    /// The kinds of the nodes, without Input and Output.
    pub primitives: Vec<String>,
    /// What it asks, in a sentence.
    pub asks: String,
    /// The graph.
    pub graph: Document,
    /// What enters each Input: (T, *shape).
    pub inputs: BTreeMap<String, Tensor>,
    /// Length of a step in seconds.
    pub dt: f64,
    /// Number of steps T.
    pub steps: usize,
    /// What a spike is to the node that receives it.
    pub spike: SpikeReading,
    /// What is right.
    pub expected: Expected,
}

impl Case {
    /// Whether every sound discretisation has to give the exact answer, but for a constant lag.
    #[must_use]
    pub fn is_robust(&self) -> bool {
        matches!(&self.expected, Expected::Answers(answers) if answers.is_robust())
    }
}

/// What is right.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// The graph has to be refused, for this reason.
    Refusal(String),
    /// The graph has to be run.
    Answers(Answers),
}

/// The right answers of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// What the ideal puts out.
    pub exact: Exact,
    /// What the clocked engine puts out under named choices.
    pub clocked: Vec<Clocked>,
    /// The largest relative change of all thresholds that leaves every spike of the ideal in its step; `None` where nothing
    /// spikes by a threshold.
    pub margin: Option<f64>,
    /// Names of the choices that change the answer by more than a constant lag.
    pub sensitive_to: Vec<String>,
}

impl Answers {
    /// Whether every sound discretisation gives the answer of the ideal, but for a constant lag.
    #[must_use]
    pub fn is_robust(&self) -> bool {
        let is_sound = |name: &&String| {
            self.clocked
                .iter()
                .any(|clocked| clocked.name == **name && clocked.follows == Follows::Nir)
        };
        !self.sensitive_to.iter().any(|name| is_sound(&name))
    }
}

/// What the ideal puts out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exact {
    /// For each Output, (T, *shape): spikes counted by steps, or voltages at the end of each step.
    pub outputs: BTreeMap<String, Array>,
    /// The Outputs that carry voltages, with the tolerance: what sound discretisations differ by.
    pub voltages: BTreeMap<String, f64>,
    /// Spikes of all nodes by steps, sources first.
    pub nodes: Vec<(String, Array)>,
    /// Every spike: node, time in seconds, channel.
    pub spikes: Vec<(String, f64, usize)>,
    /// Bound of the error of the times, in seconds.
    pub error: f64,
}

/// Whether a choice is one that NIR makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follows {
    /// It follows NIR's equations, as closely as a grid can.
    Nir,
    /// NIR says nothing about it.
    Open,
    /// It departs from NIR's equations.
    Departs,
}

/// What the clocked engine puts out under choices with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Clocked {
    /// Name of the choices.
    pub name: String,
    /// The choices, by the names of the clocked engine.
    pub choices: BTreeMap<String, String>,
    /// Whether NIR makes them.
    pub follows: Follows,
    /// What the Outputs put out; `None` if that is the answer of the ideal.
    pub outputs: Option<BTreeMap<String, Array>>,
}
