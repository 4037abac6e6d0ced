//! Who waits for whom: the sources of each node, and the cycles that a node does not wait for.

use std::collections::BTreeSet;

use nirkit_ir::facts::order::strongly_connected;

use super::super::level::Level;

/// Sources and targets of the nodes of a level.
pub(super) struct Waiting {
    /// The sources of each node, each once, in the order of the list of edges.
    pub(super) sources: Vec<Vec<usize>>,
    /// The nodes behind each node.
    pub(super) targets: Vec<Vec<usize>>,
    /// Nodes that wait for a source that is no node: a name that nothing has, or a port of a nested graph.
    pub(super) endless: BTreeSet<usize>,
    /// The strongly connected component of each node.
    component: Vec<usize>,
}

impl Waiting {
    /// Reads the edges of a level.
    pub(super) fn new(level: &Level<'_>) -> Self {
        let count = level.nodes.len();
        let (mut sources, mut targets) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        let mut endless = BTreeSet::new();
        for (source, target) in &level.edges {
            let Some(target) = level.position(target) else { continue };
            match level.position(source) {
                Some(source) if !sources[target].contains(&source) => {
                    sources[target].push(source);
                    targets[source].push(target);
                }
                Some(_) => {}
                None => {
                    endless.insert(target);
                }
            }
        }
        let mut component = vec![0; count];
        for (number, members) in strongly_connected(&targets).into_iter().enumerate() {
            for member in members {
                component[member] = number;
            }
        }
        Self { sources, targets, endless, component }
    }

    /// The number of sources that a node waits for.
    pub(super) fn needed(&self, node: usize) -> usize {
        self.sources[node].iter().filter(|&&source| self.is_needed(node, source)).count()
    }

    /// Whether a node waits for a source: it is no part of a cycle that closes here.
    pub(super) fn is_needed(&self, node: usize, source: usize) -> bool {
        self.sources[node].len() < 2 || !self.is_recursive(node, source)
    }

    /// Whether a node leads to its source.
    fn is_recursive(&self, node: usize, source: usize) -> bool {
        self.component[node] == self.component[source]
    }
}
