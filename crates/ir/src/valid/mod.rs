//! The validator.
use crate::diag::Diagnostic;
use crate::facts::Facts;
use crate::graph::Graph;

/// What the validator found.
#[derive(Clone, Debug)]
pub struct Validation {
    /// All findings, errors first within a place.
    pub findings: Vec<Diagnostic>,
    /// The facts; `None` when a finding is an error.
    pub facts: Option<Facts>,
}

/// Checks a graph in stages and works out its facts.
#[must_use]
pub fn validate(graph: &Graph) -> Validation {
    let _ = graph;
    Validation { findings: Vec::new(), facts: None }
}
