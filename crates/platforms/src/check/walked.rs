//! What the walk of a platform makes of each leaf.

use nirkit_ir::facts::LeafId;
use nirkit_ir::facts::order::{is_cycle, strongly_connected};
use nirkit_ir::{Facts, Graph};
use nirkit_sim::clocked::scheme::rule::Rule;
use nirkit_sim::clocked::scheme::{Ending, Route, Scheme};

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
}

/// What the walk makes of every leaf; without a walk, what the graph says.
pub(super) fn walked(
    graph: &Graph,
    facts: &Facts,
    scheme: &Scheme,
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
    for at in ids(&route.fused) {
        walked[at].fused = true;
        for source in &facts.leaves()[at].sources {
            walked[source.index()].takes_threshold = true;
        }
    }
    for at in instant_cycles(graph, facts, scheme, route, &walked) {
        walked[at].instant_cycle = true;
    }
    walked
}

/// The leaves of cycles in which nothing waits for the next step.
fn instant_cycles(
    graph: &Graph,
    facts: &Facts,
    scheme: &Scheme,
    route: &Route,
    walked: &[Walked],
) -> Vec<usize> {
    let waits = |at: usize| {
        let (id, leaf) = (LeafId::new(at), &facts.leaves()[at]);
        let primitive = facts.primitive(graph, id);
        let rule =
            primitive.and_then(|p| scheme.neurons.rule(p, walked[at].recurrent, leaf.inputs()));
        rule.is_some_and(Rule::runs_ahead)
    };
    let mut targets = vec![Vec::new(); walked.len()];
    for connection in &route.connections {
        let ends = facts.find(&connection.source).zip(facts.find(&connection.target));
        let ends = ends.map(|(source, target)| (source.index(), target.index()));
        if let Some((source, target)) = ends.filter(|(_, target)| !waits(*target)) {
            targets[source].push(target);
        }
    }
    let components = strongly_connected(&targets).into_iter();
    components.filter(|members| is_cycle(members, &targets)).flatten().collect()
}
