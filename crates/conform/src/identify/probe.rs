//! A question that tells candidates apart.

use std::collections::BTreeMap;

use nirkit::Signal;
use nirkit::ir::valid::validate_document;
use nirkit::ir::{Document, Facts, Graph};
use nirkit::numerics::Tensor;
use nirkit_run::Stimulus;

use crate::driver::{Driver, DriverError, Question, Reply, source};

/// What was put out: the numbers of all steps and channels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Put(pub(super) Vec<f64>);

/// What became of a probe.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// The graph was refused.
    Refused,
    /// The graph ran.
    Put(Put),
}

impl Outcome {
    /// How far two outcomes are apart: 0 if they are equal, 1 if they have nothing in common.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Refused, Self::Refused) => 0.0,
            (Self::Put(a), Self::Put(b)) if a.0.len() == b.0.len() => {
                let (mut apart, mut size) = (0.0, 0.0);
                for (&a, &b) in a.0.iter().zip(&b.0) {
                    if a.to_bits() == b.to_bits() || a == b || (a.is_nan() && b.is_nan()) {
                        size += finite(a);
                        continue;
                    }
                    // What is no number is far from everything else.
                    apart += if (a - b).is_finite() { (a - b).abs() } else { 1.0 };
                    size += finite(a) + finite(b);
                }
                if apart == 0.0 { 0.0 } else { (apart / size.max(1e-30)).clamp(1e-12, 1.0) }
            }
            _ => 2.0,
        }
    }

    /// Whether anything but 0 was put out.
    pub(super) fn is_lively(&self) -> bool {
        matches!(self, Self::Put(put) if put.0.iter().any(|&x| x != 0.0))
    }
}

fn finite(x: f64) -> f64 {
    if x.is_finite() { x.abs() } else { 1.0 }
}

/// A graph with a stimulus, and what the black box did with it.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    document: Document,
    pub(super) facts: Facts,
    inputs: BTreeMap<String, Tensor>,
    pub(super) stimulus: Stimulus,
    pub(super) dt: f64,
    pub(super) steps: usize,
    /// The node that leads to the Output.
    pub(super) watched: String,
    /// What it is about, for the reader.
    pub(super) about: String,
    /// What the black box did.
    pub(super) found: Outcome,
}

impl Probe {
    /// Makes a probe of a graph with one Input called `input` and one Output called `output`; `None` for a graph that is not
    /// sound.
    pub(super) fn new(graph: Graph, frames: Tensor, dt: f64, about: String) -> Option<Self> {
        let document = Document::of_graph(graph);
        let facts = validate_document(&document).facts?;
        let watched = source(&document, "output").ok()?;
        let steps = frames.shape().first().copied()?;
        let channels = frames.shape().iter().skip(1).product();
        let values = frames.to_f64()?.into_owned();
        let signal = Signal::Frames { channels, values, counts: false };
        let stimulus = Stimulus { signals: BTreeMap::from([("input".to_owned(), signal)]) };
        let inputs = BTreeMap::from([("input".to_owned(), frames)]);
        let found = Outcome::Refused;
        Some(Self { document, facts, inputs, stimulus, dt, steps, watched, about, found })
    }

    pub(super) fn graph(&self) -> &Graph {
        // It was made of one.
        static NONE: std::sync::OnceLock<Graph> = std::sync::OnceLock::new();
        self.document.graph().unwrap_or_else(|| NONE.get_or_init(Graph::default))
    }

    /// The same probe with another graph of the same shape.
    pub(super) fn with_graph(&self, change: impl FnOnce(&mut Graph)) -> Option<Self> {
        let mut probe = self.clone();
        change(probe.document.graph_mut()?);
        probe.facts = validate_document(&probe.document).facts?;
        Some(probe)
    }

    /// Asks the black box. Returns its words if it refuses.
    pub(super) fn ask(&mut self, driver: &mut dyn Driver) -> Result<Option<String>, DriverError> {
        let question = Question {
            graph: &self.document,
            inputs: &self.inputs,
            dt: self.dt,
            steps: self.steps,
        };
        let reply = driver.ask(&question)?;
        let (found, words) = match reply {
            Reply::Refused(reason) => (Outcome::Refused, Some(reason)),
            Reply::Answered(answer) => {
                let array = answer.outputs.into_values().next();
                (array.map_or(Outcome::Refused, |array| Outcome::Put(Put(array.values))), None)
            }
        };
        self.found = found;
        Ok(words)
    }
}
