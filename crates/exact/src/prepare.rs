//! From a graph to a program.

use std::collections::BTreeSet;
use std::sync::Arc;

use nirkit_ir::facts::order::strongly_connected;
use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::{Facts, Graph, Primitive};

use super::error::{PrepareError, PrepareErrors};
use super::flow::Flow;
use super::map::Map;
use super::option::Options;
use super::program::{Group, Node, Plan, Program, Role};
use super::reach;
use super::{
    affine, avg_pool2d, conv1d, conv2d, cuba_li, cuba_lif, delay, i, r#if, li, lif, linear, scale,
    sum_pool2d, threshold,
};
use nirkit_ir::facts::WiringError;
use nirkit_run::ErrorList;
use nirkit_run::choice::SpikeReading;

/// Prepares a graph for a run in continuous time; everything that stands in its way at once.
pub fn prepare(graph: &Graph, facts: &Facts, options: &Options) -> Result<Program, PrepareErrors> {
    let mut errors = options.faults();
    let mut nodes = Vec::new();
    for (id, leaf) in facts.iter() {
        match node(graph, facts, id, leaf, options) {
            Ok(node) => nodes.push(node),
            Err(faults) => errors.extend(faults),
        }
    }
    errors.extend(facts.leaves().iter().flat_map(|leaf| misfits(facts, leaf)));
    if !errors.is_empty() {
        return Err(ErrorList(errors));
    }
    let channels = number_states(&mut nodes);
    mark_levels(&mut nodes);
    errors.extend(stateless_cycles(&nodes));
    mark_joins(&mut nodes);
    errors.extend(impulses_into_thresholds(&nodes, options));
    if !errors.is_empty() {
        return Err(ErrorList(errors));
    }
    let (groups, group_of) = groups(&nodes);
    let survey = reach::survey(&nodes);
    let flow = Flow::of(&nodes, &survey);
    let chains = survey.chains;
    let options = options.clone();
    let spiking =
        nodes.iter().filter(|node| node.role.spikes()).map(|node| node.inputs as u64).sum();
    let plan = Plan { options, nodes, groups, group_of, chains, flow, channels, spiking };
    Ok(Program(Arc::new(plan)))
}

fn node(
    graph: &Graph,
    facts: &Facts,
    id: LeafId,
    leaf: &Leaf,
    options: &Options,
) -> Result<Node, Vec<PrepareError>> {
    let foreign = || vec![WiringError::foreign(leaf).into()];
    let primitive = facts.primitive(graph, id).ok_or_else(foreign)?;
    let (role, bias) = role(leaf, primitive, options).map_err(|mut faults| {
        if faults.is_empty() {
            faults = foreign();
        }
        faults
    })?;
    Ok(Node {
        name: leaf.name.clone(),
        shape: leaf.output.clone(),
        role,
        targets: leaf.targets.iter().map(|target| target.index()).collect(),
        outputs: leaf.outputs(),
        inputs: leaf.inputs(),
        first: 0,
        bias,
        is_input: leaf.is_top_level() && matches!(primitive, Primitive::Input(_)),
        joins: None,
        needs_level: false,
    })
}

/// What a primitive does, and the currents that it adds. An empty list of faults means that the
/// leaf is no primitive that can run.
fn role(
    leaf: &Leaf,
    primitive: &Primitive,
    options: &Options,
) -> Result<(Role, Vec<f64>), Vec<PrepareError>> {
    let plain = |role| Ok((role, Vec::new()));
    let map = |map| plain(Role::Map(map));
    let biased = |(map, bias)| Ok((Role::Map(map), bias));
    match primitive {
        Primitive::Input(_) | Primitive::Flatten(_) => map(Map::Identity),
        Primitive::Output(_) => plain(Role::Output),
        Primitive::Linear(p) => map(linear::map(leaf, p)?),
        Primitive::Scale(p) => map(scale::map(leaf, p)?),
        Primitive::SumPool2d(_) => map(sum_pool2d::map(leaf)?),
        Primitive::AvgPool2d(_) => map(avg_pool2d::map(leaf)?),
        Primitive::Affine(p) => biased(affine::map(leaf, p)?),
        Primitive::Conv1d(p) => biased(conv1d::map(leaf, p)?),
        Primitive::Conv2d(p) => biased(conv2d::map(leaf, p)?),
        Primitive::Delay(p) => plain(Role::Delay(delay::delays(leaf, p)?)),
        Primitive::Threshold(p) => plain(Role::Threshold(threshold::levels(leaf, p)?)),
        Primitive::I(p) => plain(Role::Cells(i::cells(leaf, p)?)),
        Primitive::Li(p) => plain(Role::Cells(li::cells(leaf, p)?)),
        Primitive::CubaLi(p) => plain(Role::Cells(cuba_li::cells(leaf, p)?)),
        Primitive::If(p) => plain(Role::Neurons(r#if::neurons(leaf, p, options.reset)?)),
        Primitive::Lif(p) => plain(Role::Neurons(lif::neurons(leaf, p, options.reset)?)),
        Primitive::CubaLif(p) => plain(Role::Neurons(cuba_lif::neurons(leaf, p, options.reset)?)),
        Primitive::Graph(_) | Primitive::Unknown(_) => Err(Vec::new()),
    }
}

/// Edges whose ends have different numbers of channels.
fn misfits(facts: &Facts, leaf: &Leaf) -> Vec<PrepareError> {
    let targets = leaf.targets.iter().map(|&target| facts.leaf(target));
    targets
        .filter_map(|target| WiringError::channels(leaf, target))
        .map(PrepareError::from)
        .collect()
}

/// Gives every channel with a state its number; the result is how many there are.
fn number_states(nodes: &mut [Node]) -> usize {
    let mut channels = 0;
    for node in nodes {
        node.first = channels;
        if node.role.has_state() {
            channels += node.inputs;
        }
    }
    channels
}

/// Marks every node whose output reaches a Threshold with nothing in between that turns spikes into
/// something continuous.
fn mark_levels(nodes: &mut [Node]) {
    loop {
        let needs = |node: &Node| {
            node.targets.iter().any(|&target| match nodes[target].role {
                Role::Threshold(_) => true,
                Role::Map(_) | Role::Output | Role::Delay(_) => nodes[target].needs_level,
                Role::Cells(_) | Role::Neurons(_) => false,
            })
        };
        let bitmask: Vec<bool> = nodes.iter().map(needs).collect();
        let changed = nodes.iter().zip(&bitmask).any(|(node, &mark)| node.needs_level != mark);
        nodes.iter_mut().zip(bitmask).for_each(|(node, mark)| node.needs_level = mark);
        if !changed {
            return;
        }
    }
}

/// Nodes that spike into a Threshold, where spikes are impulses.
fn impulses_into_thresholds(nodes: &[Node], options: &Options) -> Vec<PrepareError> {
    if matches!(options.spike, SpikeReading::Pulse { .. }) {
        return Vec::new();
    }
    let sources = nodes.iter().filter(|node| node.role.spikes() && node.needs_level);
    let error = |source: &Node| {
        let found = nodes.iter().find(|node| matches!(node.role, Role::Threshold(_)));
        let node = found.map(|node| node.name.clone()).unwrap_or_default();
        WiringError::ImpulseIntoThreshold { node, source_node: source.name.clone() }.into()
    };
    sources.map(error).collect()
}

/// Cycles through which a signal would run without end at one instant.
fn stateless_cycles(nodes: &[Node]) -> Vec<PrepareError> {
    let targets = passing_targets(nodes);
    let cycles = strongly_connected(&targets).into_iter();
    let cycles = cycles.filter(|members| is_cycle(members, &targets));
    let names = |members: Vec<usize>| members.iter().map(|&n| nodes[n].name.clone()).collect();
    cycles.map(|members| PrepareError::StatelessCycle { nodes: names(members) }).collect()
}

/// Marks the nodes without a state that have several sources. What arrives there on several ways goes on once: on every way by
/// itself, it would double with each of them.
fn mark_joins(nodes: &mut [Node]) {
    let mut sources = vec![0_usize; nodes.len()];
    nodes.iter().flat_map(|node| &node.targets).for_each(|&target| sources[target] += 1);
    let order = strongly_connected(&passing_targets(nodes)).into_iter().flatten();
    for (place, at) in order.enumerate() {
        nodes[at].joins = (nodes[at].role.passes() && sources[at] > 1).then_some(place);
    }
}

/// The targets without a state of each node without one.
fn passing_targets(nodes: &[Node]) -> Vec<Vec<usize>> {
    let passing = |node: &Node| {
        let targets = node.targets.iter().copied();
        if node.role.passes() {
            targets.filter(|&target| nodes[target].role.passes()).collect()
        } else {
            Vec::new()
        }
    };
    nodes.iter().map(passing).collect()
}

/// Whether a strongly connected component is more than a node by itself.
pub(super) fn is_cycle(members: &[usize], targets: &[Vec<usize>]) -> bool {
    members.len() > 1 || members.iter().any(|&node| targets[node].contains(&node))
}

/// Who acts together at an instant, in which order; and the group of each node.
fn groups(nodes: &[Node]) -> (Vec<Group>, Vec<usize>) {
    // Through a Delay without a channel of delay 0, nothing passes at once.
    let at_once = |node: &Node| match &node.role {
        Role::Delay(_) if !node.role.passes() => Vec::new(),
        _ => node.targets.clone(),
    };
    let targets: Vec<Vec<usize>> = nodes.iter().map(at_once).collect();
    let mut group_of = vec![0; nodes.len()];
    let mut groups = Vec::new();
    for members in strongly_connected(&targets) {
        for &member in &members {
            group_of[member] = groups.len();
        }
        let acting = BTreeSet::from_iter(members).into_iter().filter(|&n| nodes[n].role.acts());
        groups.push(Group { members: acting.collect() });
    }
    (groups, group_of)
}
