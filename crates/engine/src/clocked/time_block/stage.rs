//! Stages: the parts of a network that have to be stepped together.

use nirkit_ir::facts::order::strongly_connected;

/// Leaves that take each step together, or a single leaf that takes a block of steps at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Stage {
    /// The leaves in the order in which they run within a step.
    pub(in super::super) members: Vec<usize>,
    /// Whether steps have to be taken one by one.
    pub(in super::super) stepped: bool,
}

/// The stages of a network, sources before targets. `order` lists the leaves that run in the order
/// of a step, `sources[n]` the sources of leaf `n`, whether they are seen in the same step or late.
pub(in super::super) fn stages(order: &[usize], sources: &[Vec<usize>]) -> Vec<Stage> {
    let mut position = vec![usize::MAX; sources.len()];
    for (at, &leaf) in order.iter().enumerate() {
        position[leaf] = at;
    }
    let mut targets = vec![Vec::new(); sources.len()];
    for &leaf in order {
        for &source in &sources[leaf] {
            targets[source].push(leaf);
        }
    }
    let components = strongly_connected(&targets).into_iter();
    components
        .map(|mut members| {
            members.retain(|&leaf| position[leaf] != usize::MAX);
            members.sort_by_key(|&leaf| position[leaf]);
            let stepped = match members.as_slice() {
                [leaf] => sources[*leaf].contains(leaf),
                _ => true,
            };
            Stage { members, stepped }
        })
        .filter(|stage| !stage.members.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_leaves_of_a_cycle_are_stepped() {
        // 0 -> 1 -> 2 -> 1, 1 -> 3; 4 feeds itself; 5 never runs.
        let sources = [vec![], vec![0, 2], vec![1], vec![1], vec![4], vec![]];
        let found = stages(&[4, 0, 2, 1, 3], &sources);
        let stage = |members: &[usize], stepped| Stage { members: members.to_vec(), stepped };
        assert_eq!(found.len(), 4);
        for expected in
            [stage(&[0], false), stage(&[2, 1], true), stage(&[3], false), stage(&[4], true)]
        {
            assert!(found.contains(&expected), "{expected:?} {found:?}");
        }
        let at = |leaf| found.iter().position(|stage| stage.members.contains(&leaf));
        assert!(at(0) < at(1) && at(1) < at(3));
    }
}
