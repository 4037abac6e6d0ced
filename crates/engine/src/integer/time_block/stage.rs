//! Stages: the populations that have to be stepped together.

use nirkit_ir::facts::order::strongly_connected;

/// Populations that take each step together, or a single one that takes a block of steps at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    /// The populations in the order of their turns.
    pub(super) members: Vec<usize>,
    /// Whether steps have to be taken one by one.
    pub(super) stepped: bool,
}

/// The stages of a network, sources before targets; `sources[n]` lists the populations that lead to
/// population `n`, whatever the delay.
pub(super) fn stages(sources: &[Vec<usize>]) -> Vec<Stage> {
    let mut targets = vec![Vec::new(); sources.len()];
    for (target, sources) in sources.iter().enumerate() {
        for &source in sources {
            targets[source].push(target);
        }
    }
    let stage = |members: Vec<usize>| {
        let stepped = members.len() > 1 || sources[members[0]].contains(&members[0]);
        Stage { members, stepped }
    };
    strongly_connected(&targets).into_iter().map(stage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_populations_of_a_cycle_are_stepped() {
        // 0 -> 1 <-> 2 -> 3, and 4 leads to itself.
        let found = stages(&[vec![], vec![0, 2], vec![1], vec![2], vec![4]]);
        let stage = |members: &[usize], stepped| Stage { members: members.to_vec(), stepped };
        let at = |stage: &Stage| found.iter().position(|other| other == stage);
        let [first, cycle, last] =
            [stage(&[0], false), stage(&[1, 2], true), stage(&[3], false)].map(|s| at(&s));
        assert!(first < cycle && cycle < last && first.is_some(), "{found:?}");
        assert!(at(&stage(&[4], true)).is_some());
    }
}
