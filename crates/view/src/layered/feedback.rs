//! Which edges lead back: without them the graph has no cycle.

use super::Edge;

/// Marks the edges that close a cycle in a search from the nodes without sources, then from all others, each time in the
/// order of the nodes. Takes time linear in nodes and edges and does not recurse.
pub(crate) fn find(nodes: usize, edges: &[Edge]) -> Vec<bool> {
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut has_source = vec![false; nodes];
    for (at, &(source, target)) in edges.iter().enumerate() {
        leaving[source].push(at);
        has_source[target] |= source != target;
    }
    let mut back = vec![false; edges.len()];
    let mut state = vec![State::New; nodes];
    let starts = (0..nodes).filter(|&node| !has_source[node]).chain(0..nodes);
    for start in starts {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.pop() {
            let Some(&edge) = leaving[node].get(next) else {
                state[node] = State::Done;
                continue;
            };
            path.push((node, next + 1));
            let target = edges[edge].1;
            match state[target] {
                State::New => {
                    state[target] = State::Open;
                    path.push((target, 0));
                }
                State::Open => back[edge] = true,
                State::Done => {}
            }
        }
    }
    back
}

/// How far the search is with a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not found yet.
    New,
    /// On the path from the start.
    Open,
    /// Left for good.
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_that_closes_a_cycle_leads_back() {
        // 0 -> 1 -> 2 -> 1, 2 -> 3, 3 -> 3
        let edges = [(0, 1), (1, 2), (2, 1), (2, 3), (3, 3)];
        assert_eq!(find(4, &edges), [false, false, true, false, true]);
    }

    #[test]
    fn a_cycle_without_a_beginning_begins_with_its_first_node() {
        assert_eq!(find(3, &[(0, 1), (1, 2), (2, 0)]), [false, false, true]);
    }
}
