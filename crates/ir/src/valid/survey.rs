//! What is known of a graph that need not be sound.

use super::examine;
use crate::diag::{Diagnostic, Place};
use crate::facts::Shape;
use crate::facts::shape::Placed;
use crate::facts::unfold::Unfolded;
use crate::graph::Graph;
use crate::limits::Limits;
use crate::primitive::Primitive;

/// The findings about a graph, and its leaves as far as they are known.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// All findings, stage by stage.
    pub findings: Vec<Diagnostic>,
    /// The leaves in ascending order of their full names.
    pub leaves: Vec<Known>,
    /// What the graph was held against.
    pub limits: Limits,
    /// Their shapes.
    pub(super) placed: Vec<Option<Placed>>,
}

/// A leaf of a graph that need not be sound.
#[derive(Clone, Debug)]
pub struct Known {
    /// Full name.
    pub name: String,
    /// Where the node stands.
    pub place: Place,
    /// Shape of the signal that enters, if it is known.
    pub input: Option<Shape>,
    /// Shape of the signal that leaves, if it is known.
    pub output: Option<Shape>,
    /// Positions of the leaves whose outputs enter.
    pub sources: Vec<usize>,
    /// Positions of the leaves that receive the output.
    pub targets: Vec<usize>,
    /// Whether it is an Input or an Output.
    pub is_port: bool,
}

impl Known {
    /// Whether the leaf stands in the root graph itself and not in a nested one.
    #[must_use]
    pub fn is_top_level(&self) -> bool {
        self.place.nodes.len() == 1
    }

    /// Whether an Input can stand before it: nothing leads to it, and what it takes is known.
    #[must_use]
    pub fn wants_input(&self) -> bool {
        self.is_top_level() && !self.is_port && self.sources.is_empty() && self.input.is_some()
    }

    /// Whether an Output can stand behind it: it leads nowhere, and what it puts out is known.
    #[must_use]
    pub fn wants_output(&self) -> bool {
        self.is_top_level() && !self.is_port && self.targets.is_empty() && self.output.is_some()
    }
}

impl Survey {
    /// The position of the leaf under these names.
    #[must_use]
    pub fn find(&self, nodes: &[String]) -> Option<usize> {
        let name = nodes.join(".");
        let first = self.leaves.partition_point(|leaf| leaf.name < name);
        // Two leaves can have one full name, where a name has a point in it.
        let mut same = (first..self.leaves.len()).take_while(|&at| self.leaves[at].name == name);
        same.find(|&at| self.leaves[at].place.nodes == nodes)
    }

    /// The leaf under these names.
    #[must_use]
    pub fn leaf(&self, nodes: &[String]) -> Option<&Known> {
        self.leaves.get(self.find(nodes)?)
    }

    /// The shape that arrives at a leaf from the first of its sources that has one.
    #[must_use]
    pub fn arriving(&self, leaf: &Known) -> Option<&Shape> {
        leaf.sources.iter().find_map(|&source| self.leaves.get(source)?.output.as_ref())
    }

    /// For each leaf whether none of the `open` places, of errors, is at a leaf that leads to it. An edge can be anywhere
    /// before it.
    #[must_use]
    pub fn settled(&self, open: &[Place]) -> Vec<bool> {
        let places: Option<Vec<usize>> = open.iter().map(|place| self.find(&place.nodes)).collect();
        let Some(mut ahead) = places else { return vec![false; self.leaves.len()] };
        let mut settled = vec![true; self.leaves.len()];
        while let Some(at) = ahead.pop() {
            if std::mem::replace(&mut settled[at], false) {
                ahead.extend(&self.leaves[at].targets);
            }
        }
        settled
    }
}

/// What is known of a graph, each finding by itself, without looking for causes behind them.
pub(super) fn survey_plain(graph: &Graph, limits: &Limits) -> Survey {
    let (findings, unfolded, placed) = examine(graph, limits);
    of(findings, &unfolded, placed, limits)
}

/// Puts a survey together.
pub(super) fn of(
    findings: Vec<Diagnostic>,
    unfolded: &Unfolded<'_>,
    placed: Vec<Option<Placed>>,
    limits: &Limits,
) -> Survey {
    let known = unfolded.leaves.iter().zip(&placed).map(|(leaf, placed)| Known {
        name: leaf.name.clone(),
        place: leaf.place.clone(),
        input: placed.as_ref().map(|placed| placed.input.clone()),
        output: placed.as_ref().map(|placed| placed.output.clone()),
        sources: Vec::new(),
        targets: Vec::new(),
        is_port: matches!(leaf.primitive, Primitive::Input(_) | Primitive::Output(_)),
    });
    let mut leaves: Vec<Known> = known.collect();
    for connection in &unfolded.connections {
        leaves[connection.source].targets.push(connection.target);
        leaves[connection.target].sources.push(connection.source);
    }
    Survey { findings, leaves, limits: *limits, placed }
}
