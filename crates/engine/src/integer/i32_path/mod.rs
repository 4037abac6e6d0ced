//! Networks in 32 bits, which run in blocks of steps.

mod cells;
mod decay;
mod fire;
mod hold;

use super::network::{Arrival, Network, Source};
use super::projection::{Link as Wide, Way};
use super::time_block::{BOUND, Bring, Chain, Dense, Layout, Link, Part, Plan};
use super::time_block::{Shifted, by_pixel, gain, padded};
use crate::executor::kernel::Ends;

use super::map::Map;
pub(crate) use cells::Neurons;
pub(crate) use hold::OverflowRule;

/// Matrices whose weights would take more bytes are not planned.
const MOST_WEIGHTS: usize = 1 << 28;

/// The plan of a network; `None` where 32 bits might not hold its states, whatever arrives.
pub(super) fn plan(network: &Network, links: &[Vec<Wide>]) -> Option<Plan<Neurons>> {
    let layouts = layouts(network, links);
    let inputs: Vec<usize> = network.inputs.iter().map(|input| input.channels).collect();
    let parts =
        network.populations.iter().zip(links).enumerate().map(|(at, (population, links))| {
            let (cells, headroom) = Neurons::new(population, layouts[at])?;
            let of = |link: &Wide| narrow(network, &layouts, at, link);
            let links = links.iter().map(of).collect::<Option<_>>()?;
            let (layout, neurons) = (layouts[at], population.neurons());
            let takes_sums =
                population.synapses.iter().any(|synapse| synapse.arrival != Arrival::EachSpike);
            Some(Part { cells, layout, neurons, links, headroom, takes_sums })
        });
    Some(Plan::new(&inputs, parts.collect::<Option<_>>()?))
}

/// A link into population `at`.
fn narrow(network: &Network, layouts: &[Layout], at: usize, link: &Wide) -> Option<Link> {
    let (signal, from) = match link.source {
        Source::Input(input) => (input, Layout::Plain),
        Source::Population(source) => (network.inputs.len() + source, layouts[source]),
    };
    let limit = i32::try_from(link.limit.unwrap_or(i64::MAX).min(i64::from(i32::MAX))).ok()?;
    let (gain, bring) = match &link.way {
        Way::EachSpike(matrix) => {
            let weights = Map::Matrix(matrix.clone());
            let largest = weights.weights().map(i64::abs).max().unwrap_or(0);
            let numbers = matrix.sources().checked_mul(padded(matrix.targets()))?;
            if largest > BOUND || numbers > MOST_WEIGHTS {
                return None;
            }
            let shape = [matrix.sources(), matrix.targets()];
            let ends = Ends { from, to: layouts[at] };
            let dense = Dense::new(&Shifted { matrix, shift: 0 }, shape, ends);
            (largest, Bring::EachSpike(dense))
        }
        Way::Sum { maps, shift, register } => {
            let hold = register.map_or(Some(OverflowRule::Free), OverflowRule::new)?;
            let chain = Chain::new(maps, *shift, hold, from, layouts[at])?;
            (gain(maps)?, Bring::Sum(chain))
        }
    };
    let Wide { synapse, delay, .. } = *link;
    (limit >= 0).then_some(Link { signal, synapse, delay, limit, gain, bring })
}

/// How the neurons of each population lie: as what leads there would best have it, unless the order
/// of sources matters to somebody.
fn layouts(network: &Network, links: &[Vec<Wide>]) -> Vec<Layout> {
    let mut is_each = vec![false; network.populations.len()];
    for link in links.iter().flatten() {
        if let (Source::Population(at), Way::EachSpike(_)) = (link.source, &link.way) {
            is_each[at] = true;
        }
    }
    let is_ordered = |at: usize| !network.populations[at].aliases.is_empty() || is_each[at];
    let wish = |link: &Wide| match &link.way {
        Way::EachSpike(_) => None,
        Way::Sum { maps, .. } => maps.last().and_then(by_pixel),
    };
    let layout = |(at, links): (usize, &Vec<Wide>)| match links.split_first() {
        Some((first, others)) if !is_ordered(at) => {
            let wished = wish(first).filter(|&w| others.iter().all(|link| wish(link) == Some(w)));
            wished.unwrap_or(Layout::Plain)
        }
        _ => Layout::Plain,
    };
    links.iter().enumerate().map(layout).collect()
}
