//! Which chains of rates can reach which nodes.

use std::collections::BTreeSet;

use nirkit_ir::facts::order::strongly_connected;

use super::expoly::{Chains, Rates};
use super::program::{Node, Role};

/// All chains that can occur, as far as they are needed at run time.
pub(super) fn chains(nodes: &[Node]) -> Chains {
    let targets: Vec<Vec<usize>> = nodes.iter().map(carried).collect();
    let mut arriving: Vec<BTreeSet<Rates>> = vec![BTreeSet::new(); nodes.len()];
    let mut all = BTreeSet::new();
    for members in strongly_connected(&targets) {
        for &node in &members {
            let leaving = leaving(&nodes[node], &arriving[node]);
            for &target in &targets[node] {
                arriving[target].extend(leaving.iter().cloned());
            }
            all.extend(leaving);
        }
    }
    Chains::new(&all)
}

/// Where the continuous output of a node goes. What spikes has none.
fn carried(node: &Node) -> Vec<usize> {
    if node.role.spikes() { Vec::new() } else { node.targets.clone() }
}

/// The chains that leave a node on which these arrive.
fn leaving(node: &Node, arriving: &BTreeSet<Rates>) -> BTreeSet<Rates> {
    let Role::Cells(cells) = &node.role else { return arriving.clone() };
    let constant = vec![0.0_f64.to_bits()];
    let mut leaving = BTreeSet::new();
    for own in cells.stored().iter().map(super::cell::Cell::rates) {
        let own: Rates = own.into_iter().map(f64::to_bits).collect();
        let driven = arriving.iter().chain([&constant]);
        leaving.extend(driven.map(|chain| [chain.as_slice(), &own].concat()));
        leaving.insert(own);
    }
    leaving
}
