//! A chain from the node `input` to the node `output` along the first edge out of each node
//! (`_order_edge_list` in the code of importers, and what is built from it).
//!
//! Where an edge stands twice, the importer makes a set of the edges, and the hash of strings decides which edge is the
//! first, in each process anew.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::primitive::Primitive;

use super::super::super::option::Feedback;
use super::super::values::{Blocks, Later, OpenEnd};
use super::Context;
use super::cell;
use super::ending::Ending;
use super::level::{Item, Level, Unit};
use super::plan::{Plan, Planned, Source};

pub(super) const START: &str = "input";
const END: &str = "output";

/// Plans the chain; `data` is the stimulus.
pub(super) fn plan(
    context: &Context<'_>,
    level: &Level<'_>,
    end: OpenEnd,
    data: Option<Unit>,
) -> Result<Plan, Ending> {
    let mut plan = Plan::new();
    let mut carried = data;
    let mut consumed = BTreeSet::new();
    let mut chains = chains(level, end);
    plan.ways = chains.len();
    for (name, target) in chains.swap_remove(context.execution.chance % chains.len())? {
        if name == START || consumed.contains(name) {
            continue;
        }
        let Some(item) = level.find(name) else {
            return Err(Ending::import(name, &format!("KeyError: '{name}'")));
        };
        let sources: Vec<Source> = carried.map(Source::placed).into_iter().collect();
        match item {
            Item::Nested { level, full_name } => {
                let Blocks::Cell(cell) = &context.execution.blocks else { continue };
                let layer = cell::parse(level, cell, context.facts)
                    .map_err(|says| Ending::import(full_name, says))?;
                plan.push_cell(full_name, layer, sources, Later::Before(Feedback::Rest));
                carried = Some(layer.neuron);
            }
            Item::Port { .. }
            | Item::Leaf { primitive: Primitive::Input(_) | Primitive::Output(_), .. } => {}
            Item::Leaf { unit, primitive: Primitive::Li(_) } => {
                let threshold = level.find(target).filter(|next| is_threshold(next));
                // Without a Threshold there is no rule, and the demands of a platform say so.
                if threshold.is_some() {
                    consumed.insert(target);
                }
                let threshold = threshold.and_then(Item::unit);
                plan.push(Planned { threshold, ..Planned::new(*unit, sources) });
                carried = Some(*unit);
            }
            Item::Leaf { unit, primitive } => {
                if !context.unknown.misses(primitive) {
                    plan.push(Planned::new(*unit, sources));
                    carried = Some(*unit);
                }
            }
        }
    }
    plan.exits = carried.into_iter().collect();
    Ok(plan)
}

fn is_threshold(item: &Item<'_>) -> bool {
    matches!(item.primitive(), Some(Primitive::Threshold(_)))
}

/// The most chains that are told apart where chance decides.
const MOST_CHAINS: usize = 64;

/// The edges of a chain in their order, or how following them ends.
type Chain<'a> = Result<Vec<(&'a str, &'a str)>, Ending>;

/// A chain that is not at its end.
#[derive(Clone)]
struct Begun<'a> {
    at: &'a str,
    links: Vec<(&'a str, &'a str)>,
    seen: BTreeSet<&'a str>,
}

/// The chain, or every chain that can come of it where chance decides which edge is the first; those that end without a
/// run come last.
fn chains<'a>(level: &'a Level<'_>, end: OpenEnd) -> Vec<Chain<'a>> {
    let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (source, target) in &level.edges {
        let targets = targets.entry(source).or_default();
        if targets.is_empty() || level.is_shuffled {
            targets.push(target);
        }
    }
    let mut chains: Vec<Chain<'_>> = Vec::new();
    let mut open = vec![Begun { at: START, links: Vec::new(), seen: BTreeSet::new() }];
    while let Some(mut chain) = open.pop() {
        let ended = loop {
            if chain.at == END {
                break Ok(chain.links);
            }
            let Some((&first, others)) = targets.get(chain.at).and_then(|t| t.split_first()) else {
                break match end {
                    OpenEnd::Ends => Ok(chain.links),
                    OpenEnd::Raises(says) => Err(Ending::import(chain.at, says)),
                };
            };
            if !chain.seen.insert(chain.at) {
                let says = "the chain comes back to this node and follows the same edges for ever";
                break Err(Ending::never(chain.at, says));
            }
            for &target in others.iter().rev() {
                if chains.len() + open.len() + 1 < MOST_CHAINS {
                    let mut other = chain.clone();
                    other.links.push((other.at, target));
                    open.push(Begun { at: target, ..other });
                }
            }
            chain.links.push((chain.at, first));
            chain.at = first;
        };
        chains.push(ended);
    }
    chains.sort_by_key(Result::is_err);
    chains
}
