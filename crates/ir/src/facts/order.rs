//! Order of evaluation: strongly connected components.

use super::{Leaf, LeafId};

/// Leaves that reach each other, or a single leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// The members, in ascending order.
    pub members: Vec<LeafId>,
    /// Whether the members form a cycle; false for a single leaf without an edge to itself.
    pub recurrent: bool,
}

/// Components of the leaves, sources before targets.
pub(crate) fn components(leaves: &[Leaf]) -> Vec<Component> {
    let targets: Vec<Vec<usize>> = leaves
        .iter()
        .map(|leaf| leaf.targets.iter().map(|target| target.index()).collect())
        .collect();
    strongly_connected(&targets)
        .into_iter()
        .map(|members| Component {
            recurrent: is_cycle(&members, &targets),
            members: members.into_iter().map(LeafId::new).collect(),
        })
        .collect()
}

/// Strongly connected components of a directed graph, sources before targets.
///
/// `targets[n]` lists the successors of node `n`. Members of a component ascend. The result depends
/// on the numbering only. Takes time and memory linear in nodes and edges and does not recurse, so
/// that a chain of a million nodes does not overflow the stack.
#[must_use]
pub fn strongly_connected(targets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search::new(targets);
    for root in 0..targets.len() {
        if search.number[root] == UNSEEN {
            search.visit(root);
        }
    }
    // Tarjan finishes a component after everything that it leads to.
    search.components.reverse();
    search.components
}

/// Whether the members of a strongly connected component form a cycle: not so for a single node
/// without an edge to itself.
#[must_use]
pub fn is_cycle(members: &[usize], targets: &[Vec<usize>]) -> bool {
    members.len() > 1 || members.iter().any(|&at| targets[at].contains(&at))
}

const UNSEEN: usize = usize::MAX;

/// Tarjan's algorithm with an explicit stack of (node, next successor to look at).
struct Search<'a> {
    targets: &'a [Vec<usize>],
    /// Order of discovery of each node, or `UNSEEN`.
    number: Vec<usize>,
    /// Smallest number that is reachable through the part of the tree that was seen so far.
    low: Vec<usize>,
    /// Nodes that were discovered and belong to no finished component.
    open: Vec<usize>,
    is_open: Vec<bool>,
    discovered: usize,
    components: Vec<Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(targets: &'a [Vec<usize>]) -> Self {
        let len = targets.len();
        Self {
            targets,
            number: vec![UNSEEN; len],
            low: vec![UNSEEN; len],
            open: Vec::new(),
            is_open: vec![false; len],
            discovered: 0,
            components: Vec::new(),
        }
    }

    fn discover(&mut self, node: usize) {
        self.number[node] = self.discovered;
        self.low[node] = self.discovered;
        self.discovered += 1;
        self.open.push(node);
        self.is_open[node] = true;
    }

    fn visit(&mut self, root: usize) {
        self.discover(root);
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.pop() {
            if let Some(&target) = self.targets[node].get(next) {
                path.push((node, next + 1));
                if self.number[target] == UNSEEN {
                    self.discover(target);
                    path.push((target, 0));
                } else if self.is_open[target] {
                    self.low[node] = self.low[node].min(self.number[target]);
                }
            } else {
                self.leave(node);
                if let Some(&(parent, _)) = path.last() {
                    self.low[parent] = self.low[parent].min(self.low[node]);
                }
            }
        }
    }

    /// Closes the component of which `node` is the first discovered member.
    fn leave(&mut self, node: usize) {
        if self.low[node] != self.number[node] {
            return;
        }
        let start = self.open.iter().rposition(|&open| open == node).unwrap_or(0);
        let mut component = self.open.split_off(start);
        for &member in &component {
            self.is_open[member] = false;
        }
        component.sort_unstable();
        self.components.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_between_two_chains_is_one_component_in_its_place() {
        // 0 -> 1 -> 2 -> 3, 2 -> 1
        let targets = [vec![1], vec![2], vec![3, 1], vec![]];
        assert_eq!(strongly_connected(&targets), [vec![0], vec![1, 2], vec![3]]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "a million nodes take an hour there")]
    fn a_long_chain_does_not_overflow_the_stack() {
        let len = 300_000;
        let targets: Vec<Vec<usize>> =
            (0..len).map(|n| if n + 1 < len { vec![n + 1] } else { vec![] }).collect();
        assert_eq!(strongly_connected(&targets).len(), len);
    }
}
