//! Findings of the validator by the boxes that they are about.

use std::borrow::Cow;
use std::collections::BTreeMap;

use nirkit_ir::{Diagnostic, Graph, Severity};

use crate::block::Mark;
use crate::scope::owner;

/// Errors and warnings by the names of the nodes from the root to the node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    at: BTreeMap<Vec<String>, Vec<Mark>>,
}

impl Findings {
    /// Sorts findings by node. One about an edge belongs to the node from which the edge comes, or else to the one to which it leads.
    pub(crate) fn of(
        found: &[Diagnostic],
        root: Option<&Graph>,
        shown: fn(&str) -> Cow<'_, str>,
    ) -> Self {
        let mut at: BTreeMap<Vec<String>, Vec<Mark>> = BTreeMap::new();
        for finding in found.iter().filter(|finding| finding.severity != Severity::Note) {
            let mark = Mark {
                code: finding.code.to_string(),
                error: finding.severity == Severity::Error,
                message: shown(&finding.message).into_owned(),
            };
            at.entry(node_of(finding, root)).or_default().push(mark);
        }
        for marks in at.values_mut() {
            marks.sort_by(|a, b| {
                b.error
                    .cmp(&a.error)
                    .then_with(|| a.code.cmp(&b.code))
                    .then_with(|| a.message.cmp(&b.message))
            });
        }
        Self { at }
    }

    /// Takes the findings about a node.
    pub(crate) fn take(&mut self, path: &[String]) -> Vec<Mark> {
        self.at.remove(path).unwrap_or_default()
    }

    /// Takes the findings about a node and everything in it.
    pub(crate) fn take_below(&mut self, path: &[String]) -> Vec<Mark> {
        let below = self.at.range(path.to_vec()..).map(|(other, _)| other);
        let below: Vec<Vec<String>> =
            below.take_while(|other| other.starts_with(path)).cloned().collect();
        below.iter().flat_map(|path| self.take(path)).collect()
    }

    /// Takes all that is left: findings about the whole graph.
    pub(crate) fn rest(&mut self) -> Vec<Mark> {
        std::mem::take(&mut self.at).into_values().flatten().collect()
    }
}

/// The names of the nodes down to the one that a finding is about.
pub(crate) fn node_of(finding: &Diagnostic, root: Option<&Graph>) -> Vec<String> {
    let place = &finding.place;
    let mut nodes = place.nodes.clone();
    let is_edge = place.field.as_deref() == Some("edges");
    let graph = nodes
        .iter()
        .try_fold(root, |graph, name| Some(graph?.nodes.get(name)?.primitive.as_graph()));
    let edge = graph.flatten().filter(|_| is_edge).zip(place.index.first());
    let ends = edge.and_then(|(graph, &at)| {
        let edge = graph.edges.get(at)?;
        owner(graph, &edge.source, true).or_else(|| owner(graph, &edge.target, false))
    });
    nodes.extend(ends.map(str::to_owned));
    nodes
}
