//! What a task results in.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::inputs::Hashes;
use super::key::key_of;
use super::plan::Metric;

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It ran.
    Done,
    /// The platform refuses the graph.
    Refused,
    /// It failed for another reason.
    Failed,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        })
    }
}

/// What a task results in. Numbers that add up over parts of a set are whole.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Row {
    /// The hash of everything that the row follows from.
    pub key: String,
    /// The version of nirkit that computed it.
    pub version: String,
    /// What the graph is called.
    pub graph: String,
    /// What the set is called.
    pub set: String,
    /// The platform with its version.
    pub platform: String,
    /// Choices that the plan gives, by name.
    pub choices: BTreeMap<String, String>,
    /// The readout that the plan gives.
    pub readout: Option<String>,
    /// What the answers are held against, with its version.
    pub reference: Option<String>,
    /// The samples, from the first to before the second; all of the set if it is not given.
    pub samples: Option<(usize, usize)>,
    /// What the frames mean, if the plan says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<String>,
    /// What was computed beside the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Hashes of the files.
    pub hashes: Hashes,
    /// How the task ended.
    pub status: Status,
    /// Why it did not run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Everything that was settled, by name: `dt`, `reset`, `readout`, ...
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settled: BTreeMap<String, String>,
    /// What has to be said about the numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What was counted.
    #[serde(default)]
    pub counts: Option<Counts>,
    /// The first difference from the reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_difference: Option<FirstDifference>,
}

/// Where spikes differ first from those of the reference: the earliest step of all samples, in the first sample that differs
/// in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct FirstDifference {
    /// The step, counted from 0.
    pub step: usize,
    /// The sample of the set, counted from 0.
    pub sample: usize,
    /// The node: of several in this step, the one nearest to the Input.
    pub node: String,
    /// The neuron, in C order.
    pub neuron: usize,
}

/// What was counted, over the samples of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Counts {
    /// Samples.
    pub samples: u64,
    /// Samples that got the class of their label; not there without labels.
    pub correct: Option<u64>,
    /// Samples without an output spike.
    pub silent: u64,
    /// Samples in which several outputs are the best.
    pub ties: u64,
    /// Output spikes; not there where voltages are read.
    pub output_spikes: Option<u64>,
    /// Samples whose class is that of the reference.
    pub same_class: Option<u64>,
    /// Samples of which everything that is read is that of the reference, to the last bit.
    pub same_answer: Option<u64>,
    /// Spikes of all layers, those that enter not among them.
    pub spikes: Option<u64>,
    /// Spikes at weights that are not 0.
    pub synaptic_operations: Option<u64>,
    /// Multiplications of a processor that leaves nothing out.
    pub dense_operations: Option<u64>,
    /// Samples whose output spikes are those of the reference in each step.
    #[serde(default)]
    pub same_output: Option<u64>,
    /// Samples in which the spikes of all nodes are those of the reference in each step.
    #[serde(default)]
    pub same_spikes: Option<u64>,
    /// The energy at least, in femtojoules: of each sample a whole number.
    #[serde(default)]
    pub least_energy: Option<u64>,
    /// The energy at most.
    #[serde(default)]
    pub most_energy: Option<u64>,
}

impl Row {
    /// What contradicts itself in a row that was read.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        if self.key != key_of(self) {
            return Some("its key is not the hash of what it follows from");
        }
        let Some(counts) = &self.counts else {
            return (self.status == Status::Done).then_some("it is done, and nothing was counted");
        };
        if self.status != Status::Done {
            return Some("it did not run, and something was counted");
        }
        if self
            .samples
            .is_some_and(|(from, to)| to.checked_sub(from) != Some(counts.samples as usize))
        {
            return Some("it counts other samples than it has");
        }
        let Counts { samples, correct, silent, ties, same_class, same_answer, .. } = *counts;
        let parts = [correct, Some(silent), Some(ties), same_class, same_answer];
        let parts = parts.into_iter().chain([counts.same_output, counts.same_spikes]);
        let is_more = parts.flatten().any(|part| part > samples);
        is_more.then_some("it counts more samples than it has")
    }
}

impl Counts {
    /// The counts of two parts of a set together, if 64 bits hold them. What one of them lacks is not there.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        let both = |a: Option<u64>, b: Option<u64>| match a.zip(b) {
            Some((a, b)) => a.checked_add(b).map(Some),
            None => Some(None),
        };
        Some(Self {
            samples: self.samples.checked_add(other.samples)?,
            correct: both(self.correct, other.correct)?,
            silent: self.silent.checked_add(other.silent)?,
            ties: self.ties.checked_add(other.ties)?,
            output_spikes: both(self.output_spikes, other.output_spikes)?,
            same_class: both(self.same_class, other.same_class)?,
            same_answer: both(self.same_answer, other.same_answer)?,
            spikes: both(self.spikes, other.spikes)?,
            synaptic_operations: both(self.synaptic_operations, other.synaptic_operations)?,
            dense_operations: both(self.dense_operations, other.dense_operations)?,
            same_output: both(self.same_output, other.same_output)?,
            same_spikes: both(self.same_spikes, other.same_spikes)?,
            least_energy: both(self.least_energy, other.least_energy)?,
            most_energy: both(self.most_energy, other.most_energy)?,
        })
    }
}
