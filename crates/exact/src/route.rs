//! Ways that signals take without time going by.

use std::collections::BTreeMap;

use super::map::{Amount, Scratch};
use super::program::{Node, Role};

/// Carries a signal from a node's output through everything that passes it on at once. `visit` sees
/// each node that the signal ends at, or that records it, with what arrives there.
///
/// Where several ways meet in a node without a state, what arrives is added and goes on once. So the time grows with the edges,
/// not with the ways. The order of visits depends on the names of nodes and nothing else.
pub(super) fn carry(
    nodes: &[Node],
    scratch: &mut Scratch,
    from: usize,
    amounts: &[Amount],
    mut visit: impl FnMut(usize, &[Amount]),
) {
    let mut first = scratch.list();
    first.extend_from_slice(amounts);
    let mut open = Some((from, first));
    // Nearly every way is a line; what branches off waits here, and what meets others.
    let mut waiting = Vec::new();
    let mut joining: BTreeMap<usize, (usize, Vec<Amount>)> = BTreeMap::new();
    loop {
        if let Some((at, amounts)) = open.take().or_else(|| waiting.pop()) {
            for &target in &nodes[at].targets {
                if let Some(place) = nodes[target].joins {
                    let (_, joined) = joining.entry(place).or_insert((target, scratch.list()));
                    joined.extend_from_slice(&amounts);
                    continue;
                }
                let mut passed = scratch.list();
                pass(&nodes[target], &amounts, scratch, &mut passed, |ends| visit(target, ends));
                if passed.is_empty() {
                    scratch.give_back(passed);
                } else if let Some(other) = open.replace((target, passed)) {
                    waiting.push(other);
                }
            }
            scratch.give_back(amounts);
        } else if let Some((_, (at, mut joined))) = joining.pop_first() {
            add_up(&mut joined);
            let mut passed = scratch.list();
            pass(&nodes[at], &joined, scratch, &mut passed, |ends| visit(at, ends));
            scratch.give_back(joined);
            if passed.is_empty() {
                scratch.give_back(passed);
            } else {
                open = Some((at, passed));
            }
        } else {
            return;
        }
    }
}

/// Adds what arrived at the same channel, in the order in which it arrived; channels ascend.
fn add_up(amounts: &mut Vec<Amount>) {
    amounts.sort_by_key(|&(channel, _)| channel);
    amounts.dedup_by(|later, first| {
        let is_same = later.0 == first.0;
        if is_same {
            first.1 += later.1;
        }
        is_same
    });
}

/// What of a signal leaves a node at once, and what `ends` at it.
fn pass(
    node: &Node,
    amounts: &[Amount],
    scratch: &mut Scratch,
    passed: &mut Vec<Amount>,
    mut ends: impl FnMut(&[Amount]),
) {
    match &node.role {
        Role::Map(map) => map.apply(amounts, node.outputs, scratch, passed),
        Role::Output => {
            ends(amounts);
            if !node.targets.is_empty() {
                passed.extend_from_slice(amounts);
            }
        }
        Role::Delay(delays) => {
            let at_once = |&&(channel, _): &&Amount| *delays.at(channel as usize) == 0.0;
            passed.extend(amounts.iter().filter(at_once));
            if passed.is_empty() {
                ends(amounts);
            } else {
                let later: Vec<Amount> =
                    amounts.iter().filter(|amount| !at_once(amount)).copied().collect();
                ends(&later);
            }
        }
        Role::Cells(_) | Role::Neurons(_) | Role::Threshold(_) => ends(amounts),
    }
}
