//! Which continuous signals can reach which nodes.

use std::collections::BTreeSet;

use nirkit_ir::facts::order::strongly_connected;

use super::cell::Cell;
use super::expoly::{Chains, LONGEST, Rates};
use super::prepare::is_cycle;
use super::program::{Node, Role};

/// Chains that may leave a node before closed forms are given up: each costs an exponential or two
/// whenever something happens to a neuron that it reaches.
const MOST: usize = 256;

/// What [`survey`] finds.
pub(super) struct Survey {
    /// All chains that can occur.
    pub(super) chains: Chains,
    /// Nodes whose output has no closed form, or none that would be useful.
    pub(super) stepped: BTreeSet<usize>,
    /// The fastest rate of the chains that arrive at each node, in 1/s.
    pub(super) fastest: Vec<f64>,
}

/// Follows continuous signals through the graph, sources before targets.
pub(super) fn survey(nodes: &[Node]) -> Survey {
    let targets: Vec<Vec<usize>> = nodes.iter().map(carried).collect();
    let is_cell = |&node: &usize| matches!(nodes[node].role, Role::Cells(_));
    let mut arriving: Vec<BTreeSet<Rates>> = vec![BTreeSet::new(); nodes.len()];
    let (mut all, mut stepped) = (BTreeSet::new(), BTreeSet::new());
    for members in strongly_connected(&targets) {
        if is_cycle(&members, &targets) {
            // In a cycle a chain would grow with every turn, or come back as it is without a cell.
            stepped.extend(members.iter().copied().filter(is_cell));
            let outside: BTreeSet<Rates> =
                members.iter().flat_map(|&node| arriving[node].iter().cloned()).collect();
            for &node in &members {
                arriving[node].clone_from(&outside);
            }
        }
        for &node in &members {
            let by_step = stepped.contains(&node) || is_behind(nodes, &targets, &stepped, node);
            let leaving = if by_step { None } else { leaving(&nodes[node], &arriving[node]) };
            let Some(leaving) = leaving else {
                stepped.insert(node);
                continue;
            };
            for &target in &targets[node] {
                arriving[target].extend(leaving.iter().cloned());
            }
            all.extend(leaving);
        }
    }
    stepped.retain(|node| is_cell(node));
    let rates = |chains: &BTreeSet<Rates>| {
        chains.iter().flatten().map(|&bits| f64::from_bits(bits)).fold(0.0, f64::max)
    };
    let fastest = arriving.iter().map(rates).collect();
    Survey { chains: Chains::new(&all), stepped, fastest }
}

/// Whether a cell is reached by a stepped node; then it has to be stepped as well.
fn is_behind(
    nodes: &[Node],
    targets: &[Vec<usize>],
    stepped: &BTreeSet<usize>,
    node: usize,
) -> bool {
    matches!(nodes[node].role, Role::Cells(_)) && reached(targets, nodes, stepped).contains(&node)
}

/// The nodes that the output of stepped nodes reaches, through everything without a state.
pub(super) fn fed(nodes: &[Node], stepped: &BTreeSet<usize>) -> BTreeSet<usize> {
    let targets: Vec<Vec<usize>> = nodes.iter().map(carried).collect();
    reached(&targets, nodes, stepped)
}

fn reached(targets: &[Vec<usize>], nodes: &[Node], from: &BTreeSet<usize>) -> BTreeSet<usize> {
    let is_cell = |node: usize| matches!(nodes[node].role, Role::Cells(_));
    let mut reached = BTreeSet::new();
    let mut open: Vec<usize> = from.iter().copied().filter(|&node| is_cell(node)).collect();
    while let Some(node) = open.pop() {
        for &target in &targets[node] {
            if reached.insert(target) && !nodes[target].role.has_state() {
                open.push(target);
            }
        }
    }
    reached
}

/// Where the continuous output of a node goes. What spikes has none.
fn carried(node: &Node) -> Vec<usize> {
    if node.role.spikes() { Vec::new() } else { node.targets.clone() }
}

/// The chains that leave a node on which these arrive; `None` if they are too many or too long.
fn leaving(node: &Node, arriving: &BTreeSet<Rates>) -> Option<BTreeSet<Rates>> {
    let Role::Cells(cells) = &node.role else { return Some(arriving.clone()) };
    let own: BTreeSet<Rates> = cells.stored().iter().map(own_rates).collect();
    // Two rates are kept free for the neuron that receives a chain.
    let longest = arriving.iter().map(Vec::len).max().unwrap_or(1);
    let added = own.iter().map(Vec::len).max().unwrap_or(0);
    if own.len() * (arriving.len() + 2) > MOST || longest + added > LONGEST - 2 {
        return None;
    }
    let constant = vec![0.0_f64.to_bits()];
    let driven = || arriving.iter().chain([&constant]);
    let passed = own.iter().flat_map(|own| driven().map(|chain| [chain.as_slice(), own].concat()));
    Some(passed.chain(own.iter().cloned()).collect())
}

fn own_rates(cell: &Cell) -> Rates {
    cell.rates().into_iter().map(f64::to_bits).collect()
}
