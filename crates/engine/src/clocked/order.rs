//! The order in which leaves run within a step, and which edges carry the step before.
//!
//! Strongly connected components run in topological order. Inside a component the order is that of a
//! depth-first search from its entry, the first member with a source outside, such that a source comes before its targets wherever the
//! edge does not lead back to where the search came from; an edge that leads back closes a cycle and
//! carries the step before. The order depends on the names of the nodes only, not on how a file
//! lists them.

use nirkit_ir::facts::order::strongly_connected;

/// What an edge asks of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// The source is to run first, if no cycle forbids it.
    Follows,
    /// The edge carries the step before by choice.
    Before,
    /// The target has no feedthrough and takes what the source puts out at the end of the step.
    Ahead,
}

/// Who runs when, and which edges carry the step before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    /// Leaves in the order in which they run.
    pub(super) order: Vec<usize>,
    /// For each leaf, whether the edge from each of its sources carries the step before.
    pub(super) before: Vec<Vec<bool>>,
}

/// Puts leaves in order. `sources[n]` lists the sources of leaf `n`, one entry an edge; `link` says
/// what the edge from a source to a target asks for.
pub(super) fn schedule(sources: &[Vec<usize>], link: impl Fn(usize, usize) -> Link) -> Schedule {
    let targets = following(sources, &link);
    let mut order = Vec::with_capacity(sources.len());
    for component in strongly_connected(&targets) {
        match component.as_slice() {
            [leaf] => order.push(*leaf),
            members => order.extend(within(members, &targets, sources)),
        }
    }
    let mut position = vec![0; sources.len()];
    for (at, &leaf) in order.iter().enumerate() {
        position[leaf] = at;
    }
    let is_before = |source: usize, target: usize| match link(source, target) {
        Link::Follows => position[source] >= position[target],
        Link::Before => true,
        Link::Ahead => false,
    };
    let before = sources
        .iter()
        .enumerate()
        .map(|(target, sources)| sources.iter().map(|&source| is_before(source, target)).collect())
        .collect();
    Schedule { order, before }
}

/// The targets of each leaf along edges that ask for an order, ascending.
fn following(sources: &[Vec<usize>], link: impl Fn(usize, usize) -> Link) -> Vec<Vec<usize>> {
    let mut targets = vec![Vec::new(); sources.len()];
    for (target, sources) in sources.iter().enumerate() {
        for &source in sources {
            if link(source, target) == Link::Follows {
                targets[source].push(target);
            }
        }
    }
    targets
}

/// The order inside a component, whose members ascend: a depth-first search in reverse order of
/// leaving, from the first member with a source outside. All other members are reached from it.
fn within(members: &[usize], targets: &[Vec<usize>], sources: &[Vec<usize>]) -> Vec<usize> {
    let position = |leaf: &usize| members.binary_search(leaf).ok();
    let is_entry = |leaf: &usize| sources[*leaf].iter().any(|source| position(source).is_none());
    let root = members.iter().copied().find(is_entry).or(members.first().copied());
    let mut seen = vec![false; members.len()];
    let mut is_new =
        |leaf: usize| position(&leaf).is_some_and(|at| !std::mem::replace(&mut seen[at], true));
    let mut left = Vec::with_capacity(members.len());
    let mut path: Vec<(usize, usize)> = Vec::new();
    // What is left last will stand first, so targets are taken from the back.
    path.extend(root.filter(|&root| is_new(root)).map(|root| (root, targets[root].len())));
    while let Some((leaf, open)) = path.pop() {
        let Some(next) = open.checked_sub(1) else {
            left.push(leaf);
            continue;
        };
        path.push((leaf, next));
        let target = targets[leaf][next];
        if is_new(target) {
            path.push((target, targets[target].len()));
        }
    }
    left.reverse();
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follows(_: usize, _: usize) -> Link {
        Link::Follows
    }

    #[test]
    fn a_recurrent_layer_runs_before_its_recurrent_weights() {
        // 0 input -> 2 lif -> 3 output, 2 -> 1 weights -> 2
        let schedule = schedule(&[vec![], vec![2], vec![0, 1], vec![2]], follows);
        assert_eq!(schedule.order, [0, 2, 1, 3]);
        assert_eq!(schedule.before, [vec![], vec![false], vec![false, true], vec![false]]);
    }

    #[test]
    fn a_node_is_run_after_all_its_sources_that_do_not_close_a_cycle() {
        // 0 -> 1 -> 2 -> 3 -> 1, and the short cut 1 -> 3: 3 waits for 2.
        let schedule = schedule(&[vec![], vec![0, 3], vec![1], vec![1, 2]], follows);
        assert_eq!(schedule.order, [0, 1, 2, 3]);
        assert_eq!(schedule.before[1], [false, true]);
        assert_eq!(schedule.before[3], [false, false]);
    }

    #[test]
    fn an_edge_to_itself_carries_the_step_before() {
        let schedule = schedule(&[vec![0]], follows);
        assert_eq!(schedule.before, [[true]]);
    }

    #[test]
    fn a_leaf_without_feedthrough_opens_its_cycle() {
        // 0 -> 1 -> 2 (no feedthrough) -> 1: nothing carries the step before.
        let link = |_, target| if target == 2 { Link::Ahead } else { Link::Follows };
        let schedule = schedule(&[vec![], vec![0, 2], vec![1]], link);
        assert_eq!(schedule.before, [vec![], vec![false, false], vec![false]]);
        let at = |leaf| schedule.order.iter().position(|&at| at == leaf);
        assert!(at(2) < at(1) && at(0) < at(1));
    }
}
