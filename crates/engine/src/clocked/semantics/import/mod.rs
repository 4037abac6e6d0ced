//! How a package turns a file into something that runs: which nodes and edges it keeps, in which
//! order nodes have their turns, and which step each of them sees.
//!
//! An importer is described by [`Execution`]: whether the reader completes the graph, whether cycles
//! of two nodes are wrapped, what becomes of nested graphs, and one of four walks. Packages that share
//! an executor share its description. The result is the same for all: turns with what they see, or an
//! [`Ending`].

mod cell;
mod chain;
mod complete;
mod deferred;
mod depth_first;
mod ending;
mod generated;
mod level;
mod plan;
mod reserved;
mod route;
mod sources_first;
mod wrap;

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::facts::LeafId;
use nirkit_ir::facts::order::{is_cycle, strongly_connected};
use nirkit_ir::{Edge, Facts, Graph};

use super::values::{Blocks, Execution, Later, Order, Semantics, Unknown};
use level::{Level, Unit};
use plan::{Plan, Source};

pub use ending::{Ending, When};
pub use route::{Connection, Route, route};

/// A leaf's turn in a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    /// Position of the leaf in the facts.
    pub(super) leaf: usize,
    /// Where its input comes from, in the order in which it is added.
    pub(super) input_refs: Vec<InputRef>,
    /// Whether it is part of a recurrent layer, as the importer sees it.
    pub(super) recurrent: bool,
    /// The leaf whose threshold it takes.
    pub(super) threshold: Option<usize>,
}

/// A source of a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct InputRef {
    /// Position of the source leaf in the facts.
    pub(super) source: usize,
    /// How a source is seen that has its turn later; `None` if it has had its turn.
    pub(super) later: Option<Later>,
    /// Whether source and target are part of the same cycle.
    pub(super) closes_cycle: bool,
}

/// The turns of a step, and what leaves the graph and those inside it.
#[derive(Clone, Debug)]
pub(super) struct Walked {
    pub(super) turns: Vec<Turn>,
    /// The leaf whose output leaves each nested graph, by its full name.
    pub(super) outcomes: BTreeMap<String, usize>,
    /// The leaves whose outputs the executor returns; several are a tuple.
    pub(super) results: Vec<usize>,
    /// The Inputs that the stimulus fills.
    pub(super) entries: Vec<usize>,
    /// In how many ways the graph can run, where chance decides.
    pub(super) ways: usize,
}

/// What an importer is given.
struct Context<'a> {
    facts: &'a Facts,
    /// The Inputs of the graph.
    inputs: &'a [usize],
    execution: &'a Execution,
    unknown: Unknown,
}

/// Walks a graph. Leaves without a turn never run.
pub(super) fn walk(graph: &Graph, facts: &Facts, semantics: &Semantics) -> Result<Walked, Ending> {
    let (execution, unknown) = (&semantics.execution, semantics.unknown);
    let mut entries: Vec<usize> = facts.inputs(graph).map(LeafId::index).collect();
    let inputs = entries.clone();
    let context = Context { facts, inputs: &inputs, execution, unknown };
    let first = entries.first().copied();
    if let (Some(says), Some(edge)) = (execution.doubled, doubled(graph)) {
        return Err(Ending::import(&edge.target, says));
    }
    let level = || read(graph, facts, execution);
    let (plan, data) = match execution.order {
        Order::SourcesFirst => {
            let plan = sources_first::plan(graph, facts, semantics);
            return Ok(Linker::new(facts, execution, &plan).link(&plan, entries));
        }
        Order::DepthFirst => (depth_first::plan(&context, level(), "", first)?, first),
        Order::Deferred => (deferred::plan(&context, level(), "", first)?, first),
        Order::Chain(end) => {
            let is_start = |&&entry: &&usize| facts.leaves()[entry].name == chain::START;
            let data = entries.iter().find(is_start).copied().or(first);
            (chain::plan(&context, &level(), end, data)?, data)
        }
    };
    // These executors take a single signal: that of the Input at which they begin, or else of the
    // first one, or of the one that begins a chain.
    let begin = plan.entry.and_then(|entry| plan.turns.get(entry)).map(|turn| turn.unit);
    let taken = begin.filter(|unit| entries.contains(unit)).or(data);
    entries.retain(|&entry| Some(entry) == taken);
    Ok(Linker::new(facts, execution, &plan).link(&plan, entries))
}

/// The first edge that stands twice.
fn doubled(graph: &Graph) -> Option<&Edge> {
    let mut seen = BTreeSet::new();
    graph.edges.iter().find(|edge| !seen.insert((&edge.source, &edge.target)))
}

/// The Inputs that a reader adds to a graph that has none, each with the node that it is for.
#[must_use]
pub fn supplied_inputs(graph: &Graph, facts: &Facts) -> Vec<(String, String)> {
    let level = Level::of(graph, facts, "");
    let has_input = level.nodes.values().any(level::Item::is_input);
    if has_input || !complete::passes_type_check(&level, facts) {
        return Vec::new();
    }
    complete::missing(&level, true)
}

/// The graph as its reader hands it to the walk.
fn read<'a>(graph: &'a Graph, facts: &Facts, execution: &Execution) -> Level<'a> {
    let mut next = facts.leaves().len();
    let mut level = Level::of(graph, facts, "");
    if execution.completes && complete::passes_type_check(&level, facts) {
        complete::complete(&mut level, &mut next);
    }
    if execution.wraps_cycles {
        wrap::wrap_cycles(&mut level, "", &mut next);
    }
    level
}

/// Makes turns of leaves out of a plan: ports that the importer added carry what arrives.
struct Linker<'a> {
    facts: &'a Facts,
    execution: &'a Execution,
    /// What each port carries.
    carried: BTreeMap<Unit, &'a [Source]>,
}

impl<'a> Linker<'a> {
    fn new(facts: &'a Facts, execution: &'a Execution, plan: &'a Plan) -> Self {
        let ports = plan.turns.iter().filter(|turn| turn.unit >= facts.leaves().len());
        let carried = ports.map(|turn| (turn.unit, turn.sources.as_slice())).collect();
        Self { facts, execution, carried }
    }

    fn link(&self, plan: &Plan, entries: Vec<usize>) -> Walked {
        let leaves = self.facts.leaves().len();
        let mut position = vec![None; leaves];
        let mut order: Vec<usize> = plan.turns.iter().map(|turn| turn.unit).collect();
        // A stimulus has to stand somewhere, even where its Input is no module.
        let planned: BTreeSet<usize> = order.iter().copied().collect();
        let absent = entries.iter().filter(|entry| !planned.contains(entry)).copied();
        let absent: Vec<usize> = absent.collect();
        order.splice(0..0, absent.iter().copied());
        for (at, &unit) in order.iter().enumerate().filter(|(_, unit)| **unit < leaves) {
            position[unit] = Some(at);
        }
        let mut turns: Vec<Turn> = absent.iter().map(|&leaf| bare(leaf)).collect();
        for planned in plan.turns.iter().filter(|turn| turn.unit < leaves) {
            let mut turn = bare(planned.unit);
            turn.recurrent = planned.in_cell;
            turn.threshold = planned.threshold;
            for source in self.resolved(&planned.sources) {
                let (Some(source_at), Some(target_at)) =
                    (position[source.unit], position[planned.unit])
                else {
                    continue;
                };
                let by_order = (source_at >= target_at).then_some(self.execution.later);
                let later = source.later.or(by_order);
                turn.input_refs.push(InputRef { source: source.unit, later, closes_cycle: false });
            }
            turns.push(turn);
        }
        self.close_cycles(&mut turns);
        let leaf = |unit: Unit| match self.resolved(&[Source::placed(unit)]).as_slice() {
            [only] => Some(only.unit),
            _ => None,
        };
        let nested: BTreeSet<&str> =
            self.facts.nested().iter().map(|nested| nested.name.as_str()).collect();
        let outcomes = plan.outcomes.iter().filter(|(name, _)| nested.contains(name.as_str()));
        Walked {
            outcomes: outcomes
                .filter_map(|(name, &unit)| Some((name.clone(), leaf(unit)?)))
                .collect(),
            results: plan.exits.iter().filter_map(|&unit| leaf(unit)).collect(),
            turns,
            entries,
            ways: plan.ways.max(1),
        }
    }

    /// Sources with ports replaced by what they carry.
    fn resolved(&self, sources: &[Source]) -> Vec<Source> {
        let (mut resolved, mut seen) = (Vec::new(), BTreeSet::new());
        let mut open: Vec<Source> = sources.iter().rev().copied().collect();
        while let Some(source) = open.pop() {
            match self.carried.get(&source.unit) {
                Some(carried) if seen.insert(source.unit) => {
                    let inner = carried.iter().rev();
                    open.extend(inner.map(|inner| Source {
                        unit: inner.unit,
                        later: source.later.or(inner.later),
                    }));
                }
                None if source.unit < self.facts.leaves().len() => resolved.push(source),
                _ => {}
            }
        }
        resolved
    }

    /// Marks the connections inside cycles, and the leaves of recurrent layers.
    fn close_cycles(&self, turns: &mut [Turn]) {
        let leaves = self.facts.leaves().len();
        let mut targets = vec![Vec::new(); leaves];
        for turn in &*turns {
            for input_ref in &turn.input_refs {
                targets[input_ref.source].push(turn.leaf);
            }
        }
        let mut cycle = vec![None; leaves];
        for (number, members) in strongly_connected(&targets).into_iter().enumerate() {
            if is_cycle(&members, &targets) {
                for leaf in members {
                    cycle[leaf] = Some(number);
                }
            }
        }
        let has_cells = matches!(self.execution.blocks, Blocks::Cell(_));
        for turn in turns {
            for input_ref in &mut turn.input_refs {
                input_ref.closes_cycle = cycle[input_ref.source].is_some()
                    && cycle[input_ref.source] == cycle[turn.leaf];
            }
            if !has_cells {
                turn.recurrent = cycle[turn.leaf].is_some();
            }
        }
    }
}

/// A turn that sees nothing.
fn bare(leaf: usize) -> Turn {
    Turn { leaf, input_refs: Vec::new(), recurrent: false, threshold: None }
}
