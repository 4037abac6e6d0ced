//! What is kept of the signals while a program plays: the plan of its buffer pool.

use super::super::real::Real;
use super::super::time_block::{Numbers, Plan};
use super::layer::Layer;
use super::program::{Kind, Net, PlannedNode, Subject};
use nirkit_run::recording::Observable;

/// What is kept of what leaves each leaf.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    /// A table for each leaf.
    pub(super) plans: Vec<Plan>,
    /// The leaf in whose table the output of a leaf stands: another one's if nothing changes on the
    /// way.
    pub(super) alias_of: Vec<usize>,
    /// Whether anybody asks for the numbers of a leaf and not for its events.
    pub(super) asked_for: Vec<bool>,
    /// For each planned node the one whose sums it takes tile by tile; both are positions.
    pub(super) fused_source: Vec<Option<usize>>,
}

impl Signals {
    /// The plan for a network of which these subjects are recorded.
    pub(super) fn new<T: Real>(net: &Net<T>, subjects: &[&Subject]) -> Self {
        let alias_of = alias_of(net);
        let asked_for = asked_for(net, &alias_of, subjects);
        let uses = Uses::of(net, &alias_of, subjects);
        let plan = |rest: &Vec<T>| Plan::numbers(rest.len());
        let mut plans: Vec<Plan> = net.rest.iter().map(plan).collect();
        for planned_node in &net.planned_nodes {
            let plan = &mut plans[planned_node.leaf];
            match &planned_node.kind {
                Kind::Entry(_) => plan.bitmask = true,
                Kind::Layer(layer) if layer.firing.is_some() => {
                    plan.bitmask = true;
                    if layer.uniform_height().is_some() && !asked_for[planned_node.leaf] {
                        plan.numbers = Numbers::Nothing;
                    }
                }
                Kind::Map(map) => {
                    plan.bitmask = map.makes_bitmask() && uses.by_events[planned_node.leaf];
                }
                _ => {}
            }
        }
        for (leaf, &other) in alias_of.iter().enumerate().filter(|(leaf, other)| leaf != *other) {
            plans[leaf] = Plan::nothing(plans[other].width);
        }
        let mut signals =
            Self { plans, alias_of, asked_for, fused_source: vec![None; net.planned_nodes.len()] };
        for (at, planned_node) in net.planned_nodes.iter().enumerate() {
            if let Some(source) = signals.private_source(net, planned_node, &uses) {
                signals.lay_side_by_side(planned_node, &net.planned_nodes[source], &uses);
                signals.take_in_tiles(net, at, source, &uses);
            }
        }
        signals
    }

    /// The map that leads to a layer, if only this layer sees what leaves it: the position of its
    /// planned node.
    fn private_source<T: Real>(
        &self,
        net: &Net<T>,
        planned_node: &PlannedNode<T>,
        uses: &Uses,
    ) -> Option<usize> {
        let (Kind::Layer(_), [input_ref]) =
            (&planned_node.kind, planned_node.input_refs.as_slice())
        else {
            return None;
        };
        let source = self.alias_of[input_ref.source];
        let at = uses.place[source]?;
        let is_private = uses.seen[source] == 1
            && uses.aliases[source] == 1
            && input_ref.later.is_none()
            && !uses.is_recorded[source];
        (is_private && matches!(net.planned_nodes[at].kind, Kind::Map(_))).then_some(at)
    }

    /// Leaves the sums of a convolution as they are made, the channels of a pixel side by side, where
    /// only a layer sees them whose neurons are all alike and of which only spikes are seen.
    fn lay_side_by_side<T: Real>(
        &mut self,
        planned_node: &PlannedNode<T>,
        source: &PlannedNode<T>,
        uses: &Uses,
    ) {
        let (Kind::Layer(layer), Kind::Map(map)) = (&planned_node.kind, &source.kind) else {
            return;
        };
        let Some(channels) = map.channels_last() else { return };
        let by_events = !uses.by_numbers[planned_node.leaf];
        let is_looked_at = uses.is_looked_at[planned_node.leaf];
        if layer.is_uniform() && layer.firing.is_some() && by_events && !is_looked_at {
            self.plans[source.leaf].channels_last = channels;
            self.plans[planned_node.leaf].channels_last = channels;
        }
    }

    /// Lets a layer take the sums of a matrix tile by tile, as they are made, where neither is stepped.
    fn take_in_tiles<T: Real>(&mut self, net: &Net<T>, at: usize, source: usize, uses: &Uses) {
        let Kind::Map(map) = &net.planned_nodes[source].kind else { return };
        // What spreads to a whole layer is no matter of a tile.
        if matches!(&net.planned_nodes[at].kind, Kind::Layer(layer) if layer.spreads()) {
            return;
        }
        if map.tiles() > 1 && !uses.is_stepped[at] && !uses.is_stepped[source] {
            self.plans[net.planned_nodes[source].leaf].numbers = Numbers::Tile;
            self.fused_source[at] = Some(source);
        }
    }
}

/// Who uses what leaves each leaf: by the leaf in whose table it stands, unless it is said otherwise.
struct Uses {
    /// The planned node of each leaf.
    place: Vec<Option<usize>>,
    /// How often it is an input of a planned node.
    seen: Vec<usize>,
    /// Leaves whose output stands in its table, itself among them.
    aliases: Vec<usize>,
    is_recorded: Vec<bool>,
    /// Whether a planned node that is no alias needs its numbers.
    by_numbers: Vec<bool>,
    /// Whether one sees it by its events alone.
    by_events: Vec<bool>,
    /// Whether something of it is recorded that its marks do not say.
    is_looked_at: Vec<bool>,
    /// Whether a planned node, by its position, is stepped.
    is_stepped: Vec<bool>,
}

impl Uses {
    fn of<T: Real>(net: &Net<T>, alias_of: &[usize], subjects: &[&Subject]) -> Self {
        let (leaves, nodes) = (alias_of.len(), net.planned_nodes.len());
        let mut uses = Self {
            place: vec![None; leaves],
            seen: vec![0; leaves],
            aliases: vec![0; leaves],
            is_recorded: vec![false; leaves],
            by_numbers: vec![false; leaves],
            by_events: vec![false; leaves],
            is_looked_at: vec![false; leaves],
            is_stepped: vec![false; nodes],
        };
        for &leaf in alias_of {
            uses.aliases[leaf] += 1;
        }
        for (at, planned_node) in net.planned_nodes.iter().enumerate() {
            uses.place[planned_node.leaf].get_or_insert(at);
            let is_alias = alias_of[planned_node.leaf] != planned_node.leaf;
            let wants = wants_numbers(planned_node);
            for input_ref in &planned_node.input_refs {
                let source = alias_of[input_ref.source];
                uses.seen[source] += 1;
                uses.by_numbers[source] |= wants && !is_alias;
                uses.by_events[source] |= !wants && !is_alias;
            }
        }
        for subject in subjects {
            uses.is_recorded[alias_of[subject.leaf]] = true;
            let of_marks = uses.place[alias_of[subject.leaf]]
                .is_some_and(|at| is_read_from_marks(&net.planned_nodes[at], subject));
            uses.is_looked_at[alias_of[subject.leaf]] |= !of_marks;
        }
        for stage in net.stages.iter().filter(|stage| stage.stepped) {
            for &at in &stage.members {
                uses.is_stepped[at] = true;
            }
        }
        uses
    }
}

/// For each leaf whether a planned node or a subject needs its numbers.
fn asked_for<T: Real>(net: &Net<T>, alias_of: &[usize], subjects: &[&Subject]) -> Vec<bool> {
    let mut asked_for = vec![false; alias_of.len()];
    let passes_on =
        |planned_node: &PlannedNode<T>| alias_of[planned_node.leaf] != planned_node.leaf;
    let wanting =
        |planned_node: &&PlannedNode<T>| wants_numbers(planned_node) && !passes_on(planned_node);
    for input_ref in
        net.planned_nodes.iter().filter(wanting).flat_map(|planned_node| &planned_node.input_refs)
    {
        asked_for[alias_of[input_ref.source]] = true;
    }
    let mut of_leaf: Vec<Vec<&PlannedNode<T>>> = vec![Vec::new(); alias_of.len()];
    for planned_node in &net.planned_nodes {
        of_leaf[planned_node.leaf].push(planned_node);
    }
    for subject in subjects {
        if !of_leaf[subject.leaf]
            .iter()
            .any(|planned_node| is_read_from_marks(planned_node, subject))
        {
            asked_for[alias_of[subject.leaf]] = true;
        }
    }
    asked_for
}

/// Whether the spikes that a subject asks for are what a planned node puts out.
pub(super) fn is_read_from_output<T: Real>(
    planned_node: &PlannedNode<T>,
    subject: &Subject,
) -> bool {
    let Kind::Layer(layer) = &planned_node.kind else { return false };
    planned_node.leaf == subject.leaf
        && subject.request.observable == Observable::Spikes
        && layer.firing.is_some()
        && layer.height == T::ONE
}

/// Whether they are the marks of its table.
fn is_read_from_marks<T: Real>(planned_node: &PlannedNode<T>, subject: &Subject) -> bool {
    let Kind::Layer(layer) = &planned_node.kind else { return false };
    is_read_from_output(planned_node, subject) && layer.uniform_height().is_some()
}

/// Whether a planned node needs the numbers of its sources.
fn wants_numbers<T: Real>(planned_node: &PlannedNode<T>) -> bool {
    match &planned_node.kind {
        Kind::Map(map) => planned_node.input_refs.len() != 1 || !map.takes_events(),
        _ => true,
    }
}

/// For each leaf the one in whose table its output stands.
fn alias_of<T: Real>(net: &Net<T>) -> Vec<usize> {
    let mut alias_of: Vec<usize> = (0..net.rest.len()).collect();
    for planned_node in &net.planned_nodes {
        if let (Kind::Map(map), [input_ref]) = (&planned_node.kind, planned_node.input_refs.as_slice())
            && map.changes_nothing()
            && input_ref.later.is_none()
            // Rows of the step before the first are read as well.
            && net.rest[input_ref.source] == net.rest[planned_node.leaf]
        {
            alias_of[planned_node.leaf] = alias_of[input_ref.source];
        }
    }
    alias_of
}

impl<T: Real> Layer<T> {
    /// The number that every spike of the layer has where it leaves, if there is one.
    pub(super) fn uniform_height(&self) -> Option<T> {
        let firing = self.firing.as_ref()?;
        firing.is_single().then_some(self.height)
    }
}
