//! What the page shows beside the graph, as its caller knows it.

use std::collections::BTreeMap;

use nirkit_ir::{Diagnostic, Document};
use serde::Serialize;

use super::evaluation::Evaluation;
use super::run::Runs;
use crate::options::Options;

/// What a page is made from.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The graph.
    pub document: &'a Document,
    /// How it is drawn.
    pub options: Options,
    /// The title: the name of the file.
    pub title: &'a str,
    /// The program that makes the page, with its version.
    pub program: &'a str,
    /// Everything that is wrong with the graph.
    pub findings: &'a [Diagnostic],
    /// Sizes of nodes by full name.
    pub sizes: BTreeMap<String, Size>,
    /// What platforms make of the graph.
    pub platforms: Vec<Platform>,
    /// Runs of the graph.
    pub runs: Option<Runs>,
    /// What platforms make of a labelled set.
    pub evaluation: Option<Evaluation>,
}

/// How large a node is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Numbers that are learnt or set, without strides, shapes and the like.
    pub parameters: usize,
    /// Bytes that they take in the file.
    pub bytes: usize,
    /// Neurons: channels of a node with a state, or of one that spikes.
    #[serde(skip_serializing_if = "is_default")]
    pub neurons: usize,
    /// Connections with a weight other than 0; of convolutions, as many as between matrices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synapses: Option<u64>,
    /// Multiplications of a step when nothing is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiplications: Option<u64>,
}

/// Whether a value says nothing, so that it is left out.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What a platform makes of the graph.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Name and version.
    pub name: String,
    /// How it ends: `runs`, `raises at import`.
    pub outcome: String,
    /// Why there is no verdict.
    pub no_verdict: Option<String>,
    /// What may help.
    pub help: Option<String>,
    /// The choices under which this holds: name, value, where it comes from.
    pub choices: Vec<[String; 3]>,
    /// The verdict on each node that is no graph.
    pub verdicts: Vec<Verdict>,
    /// Reasons: a verdict, and what is said of it.
    pub reasons: Vec<(&'static str, Diagnostic)>,
}

/// What becomes of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Full name of the node.
    pub node: String,
    /// What the platform turns it into; empty if it does not know it.
    pub becomes: &'static str,
    /// A word: `fine`, `ignored`, `refused`.
    pub verdict: &'static str,
}
