//! Brings factors of a signal to a node that can carry them in its numbers.

use std::collections::BTreeSet;

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use super::flat;
use super::numbers::{scale_gain, scale_input, scale_output, uniform};
use super::wires::Wires;

/// Nodes at which no factor goes further back, found on the ways of one round. Each such way is walked once,
/// so that a chain of pools costs as much as it is long.
#[derive(Default)]
pub(super) struct DeadEnds(BTreeSet<String>);

/// A node whose output is multiplied, or the node before it that can carry the factors, across pools and Flatten.
pub(super) fn before(
    graph: &Graph,
    wires: &mut Wires,
    facts: &Facts,
    dead_ends: &mut DeadEnds,
    at: String,
    factors: Vec<f64>,
) -> Option<(String, Primitive)> {
    // What refuses one number for all elements refuses any others too.
    let is_uniform = uniform(&factors).is_some();
    let mut way = Vec::new();
    let found = walk_back(graph, wires, facts, &dead_ends.0, &mut way, (at, factors));
    if found.is_none() && is_uniform {
        dead_ends.0.extend(way);
    }
    found
}

/// Walks from a node against the edges; `way` takes the nodes that were passed.
fn walk_back(
    graph: &Graph,
    wires: &mut Wires,
    facts: &Facts,
    dead_ends: &BTreeSet<String>,
    way: &mut Vec<String>,
    (mut at, mut factors): (String, Vec<f64>),
) -> Option<(String, Primitive)> {
    loop {
        if dead_ends.contains(&at) {
            return None;
        }
        way.push(at.clone());
        let primitive = flat::primitive(graph, &at)?;
        let leaf = facts.leaf(facts.find(&at)?);
        if let Some(scaled) = scale_output(primitive, &factors, &leaf.output) {
            return Some((at, scaled));
        }
        factors = across(primitive, factors, &leaf.output, &leaf.input)?;
        // What enters a pool is scaled as a whole only where one node leads into it.
        at = wires.lone_source(&at)?;
    }
}

/// A node whose input is multiplied, or the node behind it that can carry the factors, across pools and Flatten.
pub(super) fn behind(
    graph: &Graph,
    wires: &mut Wires,
    facts: &Facts,
    mut at: String,
    mut factors: Vec<f64>,
) -> Option<(String, Primitive)> {
    loop {
        let primitive = flat::primitive(graph, &at)?;
        let leaf = facts.leaf(facts.find(&at)?);
        let scaled = scale_input(primitive, &factors, &leaf.input)
            .or_else(|| scale_gain(primitive, &factors, &leaf.input));
        if let Some(scaled) = scaled {
            return Some((at, scaled));
        }
        factors = across(primitive, factors, &leaf.input, &leaf.output)?;
        at = wires.lone_target(&at)?;
    }
}

/// Factors on the other side of a map that they commute with: on one side the signal has the shape `from`, on the
/// other the shape `to`. `None` where they do not commute.
fn across(map: &Primitive, factors: Vec<f64>, from: &[usize], to: &[usize]) -> Option<Vec<f64>> {
    match map {
        Primitive::Flatten(_) => Some(factors),
        Primitive::SumPool2d(_) | Primitive::AvgPool2d(_) => {
            let plane = |shape: &[usize]| shape.iter().skip(1).product::<usize>();
            let each: Option<Vec<f64>> = factors.chunks(plane(from).max(1)).map(uniform).collect();
            Some(each?.iter().flat_map(|&factor| std::iter::repeat_n(factor, plane(to))).collect())
        }
        _ => None,
    }
}
