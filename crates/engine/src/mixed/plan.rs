//! The plan by which a network runs in blocks of steps.

use super::cells::Neurons;
use super::network::{Network, Projection};
use crate::integer::Source;
use crate::integer::i32_path::OverflowRule;
use crate::integer::time_block::{BOUND, Bring, Chain, Layout, Link, Part, Plan, by_pixel, gain};

/// The plan of a network; `None` where weights are too large.
pub(super) fn plan(network: &Network) -> Option<Plan<Neurons>> {
    let into = |at: usize| network.projections.iter().filter(move |p| p.target == at);
    let layout = |at: usize| {
        let mut wishes = into(at).map(|projection| projection.maps.last().and_then(by_pixel));
        let first = wishes.next().flatten();
        first.filter(|&layout| wishes.all(|wish| wish == Some(layout))).unwrap_or(Layout::Plain)
    };
    let layouts: Vec<Layout> = (0..network.populations.len()).map(layout).collect();
    let inputs: Vec<usize> = network.inputs.iter().map(|input| input.channels).collect();
    let parts = network.populations.iter().enumerate().map(|(at, population)| {
        let links = into(at).map(|projection| link(network, &layouts, projection));
        Some(Part {
            cells: Neurons::new(population, layouts[at]),
            layout: layouts[at],
            neurons: population.neurons(),
            links: links.collect::<Option<_>>()?,
            headroom: vec![BOUND],
            takes_sums: true,
        })
    });
    Some(Plan::new(&inputs, parts.collect::<Option<_>>()?))
}

fn link(network: &Network, layouts: &[Layout], projection: &Projection) -> Option<Link> {
    let (signal, from) = match projection.source {
        Source::Input(input) => (input, Layout::Plain),
        Source::Population(source) => (network.inputs.len() + source, layouts[source]),
    };
    let Projection { maps, delay, target, .. } = projection;
    let chain = Chain::new(maps, 0, OverflowRule::Free, from, layouts[*target])?;
    let (gain, bring) = (gain(maps)?, Bring::Sum(chain));
    Some(Link { signal, synapse: 0, delay: *delay, limit: i32::MAX, gain, bring })
}
