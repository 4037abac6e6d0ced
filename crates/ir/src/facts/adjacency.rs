//! Lists of neighbours in one piece: compressed sparse rows.

/// A list of numbers for each node of a graph.
#[derive(Clone, Debug)]
pub(crate) struct Adjacency {
    /// Where the list of each node begins, and where the last one ends.
    starts: Vec<usize>,
    lists: Vec<usize>,
}

impl Adjacency {
    /// Collects pairs of a node and a number; each list keeps the order of the pairs.
    pub(crate) fn collect(
        nodes: usize,
        pairs: impl Iterator<Item = (usize, usize)> + Clone,
    ) -> Self {
        let mut starts = vec![0; nodes + 1];
        for (node, _) in pairs.clone() {
            starts[node + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let (mut next, mut lists) = (starts.clone(), vec![0; starts[nodes]]);
        for (node, number) in pairs {
            lists[next[node]] = number;
            next[node] += 1;
        }
        Self { starts, lists }
    }

    /// Number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The list of a node.
    pub(crate) fn of(&self, node: usize) -> &[usize] {
        &self.lists[self.starts[node]..self.starts[node + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_node_has_its_numbers_in_order() {
        let pairs = [(2, 5), (0, 7), (2, 3)];
        let lists = Adjacency::collect(3, pairs.into_iter());
        let found: Vec<&[usize]> = (0..lists.len()).map(|node| lists.of(node)).collect();
        assert_eq!(found, [&[7][..], &[], &[5, 3]]);
    }
}
