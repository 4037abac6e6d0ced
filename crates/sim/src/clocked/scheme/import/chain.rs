//! A chain from the node `input` to the node `output` along the first edge out of each node
//! (`_order_edge_list` in the code of importers, and what is built from it).

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
    for (name, target) in links(level, end)? {
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

/// The edges of the chain in their order.
fn links<'a>(level: &'a Level<'_>, end: OpenEnd) -> Result<Vec<(&'a str, &'a str)>, Ending> {
    let mut first = BTreeMap::new();
    for (source, target) in &level.edges {
        first.entry(source.as_str()).or_insert((source.as_str(), target.as_str()));
    }
    let (mut links, mut seen, mut at) = (Vec::new(), BTreeSet::new(), START);
    while at != END {
        let Some(&(source, target)) = first.get(at) else {
            return match end {
                OpenEnd::Ends => Ok(links),
                OpenEnd::Raises(says) => Err(Ending::import(at, says)),
            };
        };
        if !seen.insert(at) {
            let says = "the chain comes back to this node and follows the same edges for ever";
            return Err(Ending::never(at, says));
        }
        links.push((source, target));
        at = target;
    }
    Ok(links)
}
