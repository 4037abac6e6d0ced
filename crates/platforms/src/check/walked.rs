//! What the walk of a platform makes of each leaf.

use std::collections::BTreeSet;

use nirkit_engine::clocked::semantics::rule::Fold;
use nirkit_engine::clocked::semantics::{Blocks, Ending, Route, Semantics, is_weighted};
use nirkit_ir::facts::LeafId;
use nirkit_ir::facts::order::{is_cycle, strongly_connected};
use nirkit_ir::{Facts, Graph};

/// What the walk of a platform makes of a leaf.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Walked {
    /// Whether it has a turn.
    pub(super) runs: bool,
    /// Whether it became part of the node before it.
    pub(super) fused: bool,
    /// Whether it takes the Threshold behind it in.
    pub(super) takes_threshold: bool,
    /// Whether it is part of a recurrent layer, as the platform sees it.
    pub(super) recurrent: bool,
    /// Whether it is part of a cycle in which nothing waits for the next step.
    pub(super) instant_cycle: bool,
    /// Whether it is part of a cycle that goes through no matrix.
    pub(super) cycle_without_matrix: bool,
}

/// What the walk makes of every leaf; without a walk, what the graph says.
pub(super) fn walked(
    graph: &Graph,
    facts: &Facts,
    semantics: &Semantics,
    route: &Result<Route, Ending>,
) -> Vec<Walked> {
    let mut walked = vec![Walked::default(); facts.leaves().len()];
    let Ok(route) = route else {
        for component in facts.components().iter().filter(|component| component.recurrent) {
            for member in &component.members {
                walked[member.index()].recurrent = true;
            }
        }
        return walked;
    };
    let ids = |names: &[String]| -> Vec<usize> {
        names.iter().filter_map(|name| facts.find(name)).map(LeafId::index).collect()
    };
    for at in ids(&route.order) {
        walked[at].runs = true;
    }
    for at in ids(&route.recurrent) {
        walked[at].recurrent = true;
    }
    // The importer makes a layer of each nested graph, also of one whose name another node takes.
    if matches!(semantics.execution.blocks, Blocks::Cell(_)) {
        let nested: BTreeSet<&str> =
            facts.nested().iter().map(|nested| nested.name.as_str()).collect();
        let is_inside =
            |name: &str| name.match_indices('.').any(|(at, _)| nested.contains(&name[..at]));
        for (at, leaf) in facts.leaves().iter().enumerate() {
            walked[at].recurrent |= !walked[at].runs && is_inside(&leaf.name);
        }
    }
    for at in ids(&route.fused) {
        walked[at].fused = true;
        for source in &facts.leaves()[at].sources {
            walked[source.index()].takes_threshold = true;
        }
    }
    let rule = |at: usize| {
        let (id, leaf) = (LeafId::new(at), &facts.leaves()[at]);
        let recurrent = walked[at].recurrent;
        semantics.neurons.rule(facts.primitive(graph, id)?, recurrent, leaf.inputs())
    };
    let instant =
        cycles_without(facts, route, |at| rule(at).is_some_and(|rule| !rule.has_feedthrough()));
    let without_matrix = cycles_without(facts, route, |at| {
        let is_relayed = rule(at).is_some_and(|rule| matches!(rule.fold, Fold::Relay(_)));
        is_relayed || facts.primitive(graph, LeafId::new(at)).is_some_and(is_weighted)
    });
    for at in instant {
        walked[at].instant_cycle = true;
    }
    for at in without_matrix {
        walked[at].cycle_without_matrix = true;
    }
    walked
}

/// The leaves of the cycles that remain where those of which `breaks` holds take nothing.
fn cycles_without(facts: &Facts, route: &Route, breaks: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut targets = vec![Vec::new(); facts.leaves().len()];
    for connection in &route.connections {
        let ends = facts.find(&connection.source).zip(facts.find(&connection.target));
        let ends = ends.map(|(source, target)| (source.index(), target.index()));
        if let Some((source, target)) = ends.filter(|(_, target)| !breaks(*target)) {
            targets[source].push(target);
        }
    }
    let components = strongly_connected(&targets).into_iter();
    components.filter(|members| is_cycle(members, &targets)).flatten().collect()
}
