//! Folds repeated blocks: nodes of the same kinds and shapes that stand several times in a row in a chain.

use std::collections::BTreeMap;

use nirkit_ir::Node;

use crate::family::Family;
use crate::layered::feedback;
use crate::open::Which;
use crate::parameter::shape;
use crate::scope::{Body, Item, Link, Scope};

/// Repetitions that are folded.
const LEAST_TIMES: usize = 3;
/// Nodes of a block.
const MOST_PERIOD: usize = 12;

/// Folds the level under these names and the levels in it, but for the blocks that are open.
pub(crate) fn fold<'a>(scope: Scope<'a>, open: &Which, path: &mut Vec<String>) -> Scope<'a> {
    let Scope { graph, items, links, loose } = scope;
    let mut items: Vec<Item<'_>> = items
        .into_iter()
        .map(|item| match item.body {
            Body::Nested(inner) => {
                path.push((*item.names.first().unwrap_or(&"")).to_owned());
                let body = Body::Nested(fold(inner, open, path));
                path.pop();
                Item { body, ..item }
            }
            _ => item,
        })
        .collect();
    let is_open = |block: &Block| {
        let first = block.members.first().and_then(|&first| items[first].names.first());
        open.has_in(path, first.copied().unwrap_or_default())
    };
    let mut blocks = blocks(&items, &links);
    blocks.retain(|block| !is_open(block));
    // Which item each becomes part of.
    let mut part: Vec<usize> = (0..items.len()).collect();
    for block in &blocks {
        let first = block.members[0];
        let last = block.members[block.members.len() - 1];
        for &member in &block.members {
            part[member] = first;
        }
        let names = block.members.iter().flat_map(|&at| items[at].names.clone()).collect();
        let kinds = block.members.iter().take(block.period).map(|&at| kind(&items[at])).collect();
        let times = block.members.len() / block.period;
        let (input, output) = (items[first].input.clone(), items[last].output.clone());
        items[first] = Item { names, body: Body::Folded { times, kinds }, input, output };
    }
    let mut moved = vec![0; items.len()];
    let mut kept = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        if part[at] == at {
            moved[at] = kept.len();
            kept.push(item);
        }
    }
    let renumber = |link: Link| {
        let (source, target) = (part[link.source], part[link.target]);
        (source != target || link.source == link.target).then(|| Link {
            source: moved[source],
            target: moved[target],
            ..link
        })
    };
    let mut links: Vec<Link> = links.into_iter().filter_map(renumber).collect();
    links.sort_by_key(|link| (link.source, link.target));
    Scope { graph, items: kept, links, loose }
}

fn kind<'a>(item: &Item<'a>) -> &'a str {
    match &item.body {
        Body::Node(node) => node.primitive.kind(),
        _ => nirkit_ir::primitive::GRAPH_KIND,
    }
}

/// Repetitions of a block in a chain.
pub(crate) struct Block {
    /// All nodes, in the order of the flow.
    pub(crate) members: Vec<usize>,
    /// Nodes that repeat.
    pub(crate) period: usize,
}

/// Finds the blocks of all chains of a level.
pub(crate) fn blocks(items: &[Item<'_>], links: &[Link]) -> Vec<Block> {
    let edges: Vec<(usize, usize)> = links.iter().map(|link| (link.source, link.target)).collect();
    let is_feedback = feedback::find(items.len(), &edges);
    let (mut leaving, mut entering) = (vec![0_usize; items.len()], vec![0_usize; items.len()]);
    for &(source, target) in &edges {
        leaving[source] += 1;
        entering[target] += 1;
    }
    let mut next = vec![None; items.len()];
    let mut is_first = vec![true; items.len()];
    for (&(source, target), back) in edges.iter().zip(is_feedback) {
        if !back && leaving[source] == 1 && entering[target] == 1 {
            next[source] = Some(target);
            is_first[target] = false;
        }
    }
    let mut numbers = BTreeMap::new();
    let signatures: Vec<usize> = items
        .iter()
        .map(|item| {
            let signature = signature(item);
            let new = numbers.len();
            *numbers.entry(signature).or_insert(new)
        })
        .collect();
    let mut found = Vec::new();
    for first in (0..items.len()).filter(|&at| is_first[at]) {
        let chain: Vec<usize> = std::iter::successors(Some(first), |&at| next[at]).collect();
        let signs: Vec<usize> = chain.iter().map(|&at| signatures[at]).collect();
        let opens = |at: usize| opens_block(&items[chain[at]]);
        for (start, period, times) in repetitions(&signs, opens) {
            let members = chain[start..start + period * times].to_vec();
            found.push(Block { members, period });
        }
    }
    found
}

/// Whether blocks are best read from this node on: weights and convolutions come before neurons.
fn opens_block(item: &Item<'_>) -> bool {
    match &item.body {
        Body::Node(node) => {
            let is_pool = node.primitive.kind().contains("Pool");
            matches!(Family::of(&node.primitive), Family::Map | Family::Window) && !is_pool
        }
        _ => true,
    }
}

/// Stretches of a sequence in which a block repeats: where each starts, the length of the block, and how often it stands there.
fn repetitions(signs: &[usize], opens: impl Fn(usize) -> bool) -> Vec<(usize, usize, usize)> {
    let times = |start: usize, period: usize| {
        let same = (start + period..signs.len()).take_while(|&at| signs[at] == signs[at - period]);
        1 + same.count() / period
    };
    let (mut found, mut at) = (Vec::new(), 0);
    while at < signs.len() {
        let periods = 1..=MOST_PERIOD.min((signs.len() - at) / LEAST_TIMES);
        let counted = periods.map(|period| (period, times(at, period)));
        let folds = counted.filter(|&(_, times)| times >= LEAST_TIMES);
        // The longest stretch, and of equal ones the shortest block.
        let best = folds.max_by_key(|&(period, times)| (period * times, usize::MAX - period));
        let Some((period, count)) = best else {
            at += 1;
            continue;
        };
        let later = |shift: &usize| {
            opens(at + shift) && times(at + shift, period) >= (count - 1).max(LEAST_TIMES)
        };
        let shift = if opens(at) { 0 } else { (1..period).find(later).unwrap_or(0) };
        let count = times(at + shift, period);
        found.push((at + shift, period, count));
        at += shift + period * count;
    }
    found
}

/// What has to be equal for nodes to be repetitions: kinds, shapes of signals and parameters; of nested graphs, of all nodes
/// and edges in them.
fn signature(item: &Item<'_>) -> String {
    let body = match &item.body {
        Body::Node(node) => of_node(node),
        Body::Nested(inner) => {
            let nodes = inner.items.iter().map(|item| {
                let names: String = item.names.iter().map(|name| counted(name)).collect();
                names + &counted(&signature(item))
            });
            let nodes: String = nodes.collect();
            let links: Vec<(usize, usize, usize)> =
                inner.links.iter().map(|link| (link.source, link.target, link.count)).collect();
            format!("graph {nodes} {links:?}")
        }
        Body::Collapsed(graph) => {
            let mut nodes: Vec<String> = graph
                .nodes
                .iter()
                .map(|(_, name, node)| counted(name) + &counted(&of_node(node)))
                .collect();
            nodes.sort_unstable();
            format!("graph {} {}", nodes.concat(), graph.edges.len())
        }
        Body::Folded { times, kinds } => format!("{times} {kinds:?}"),
    };
    format!("{body} {:?} {:?}", item.input, item.output)
}

/// A text behind its length, so that texts in a row cannot be taken for others.
fn counted(text: &str) -> String {
    format!("{}:{text}", text.len())
}

fn of_node(node: &Node) -> String {
    let tensors = node.primitive.tensors();
    let shapes = tensors.map(|(field, value)| format!("{} {}", field.name, shape(value.shape())));
    format!("{:?} {:?}", node.primitive.kind(), shapes.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_stretch_of_the_shortest_block_is_found() {
        let found = |signs: &[usize]| repetitions(signs, |_| true);
        assert_eq!(found(&[9, 1, 2, 1, 2, 1, 2, 3]), [(1, 2, 3)]);
        assert_eq!(found(&[1, 1, 1, 1]), [(0, 1, 4)]);
        assert_eq!(found(&[1, 2, 1, 2]), []);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn a_block_begins_with_its_weights() {
        // The first of four weights has another shape.
        let signs = [5, 1, 2, 1, 2, 1, 2, 1];
        assert_eq!(repetitions(&signs, |at| signs[at] == 2), [(2, 2, 3)]);
    }
}
