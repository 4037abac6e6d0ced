//! Ways that signals take without time going by.

use super::map::{Amount, Scratch};
use super::program::{Node, Role};

/// Carries a signal from a node's output through everything that passes it on at once. `visit` sees
/// each node that the signal ends at, or that records it, with what arrives there.
///
/// The order of visits depends on the names of nodes and nothing else.
pub(super) fn carry(
    nodes: &[Node],
    scratch: &mut Scratch,
    from: usize,
    amounts: Vec<Amount>,
    mut visit: impl FnMut(usize, &[Amount]),
) {
    let mut open = vec![(from, amounts)];
    while let Some((at, amounts)) = open.pop() {
        for &target in &nodes[at].targets {
            let node = &nodes[target];
            let passed = match &node.role {
                Role::Map(map) => {
                    let mut out = Vec::new();
                    map.apply(&amounts, node.outputs, scratch, &mut out);
                    out
                }
                Role::Output => {
                    visit(target, &amounts);
                    if node.targets.is_empty() { Vec::new() } else { amounts.clone() }
                }
                Role::Delay(delays) => {
                    let at_once = |&&(channel, _): &&Amount| *delays.at(channel as usize) == 0.0;
                    let (now, later): (Vec<Amount>, Vec<Amount>) =
                        amounts.iter().partition(|amount| at_once(amount));
                    visit(target, &later);
                    now
                }
                Role::Cells(_) | Role::Neurons(_) | Role::Threshold(_) => {
                    visit(target, &amounts);
                    Vec::new()
                }
            };
            if !passed.is_empty() {
                open.push((target, passed));
            }
        }
    }
}
