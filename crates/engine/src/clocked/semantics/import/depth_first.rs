//! Depth first along the list of edges, as `nirtorch.load` and its `GraphExecutor` do (nirtorch 2.6,
//! `from_nir.py`, `graph.py`, `graph_executor.py`).
//!
//! A level begins at a node to which no edge leads. With several of them, the hash of an object
//! decides, which differs from process to process. A node sees what its sources last put out, in the
//! order in which the list of edges first names them.

use std::collections::BTreeSet;

use super::super::super::option::Feedback;
use super::super::values::{Blocks, Later};
use super::Context;
use super::cell::{self, Layer};
use super::ending::Ending;
use super::level::{Item, Level, Unit};
use super::plan::{Plan, Planned, Source};
use super::reserved;

/// Calls of the walk, one for each node of a path, that fit below Python's limit of 1,000: a script that
/// imports a graph takes some of them, and a notebook some more.
const DEEPEST: usize = 985;

/// What the importer makes of a node.
enum Module {
    Unit(Unit),
    Cell(String, Layer),
    Nested(String, Box<Plan>),
}

impl Module {
    fn exit(&self) -> Option<Unit> {
        match self {
            Self::Unit(unit) => Some(*unit),
            Self::Cell(_, layer) => Some(layer.neuron),
            Self::Nested(_, plan) => plan.exits.first().copied(),
        }
    }
}

/// Plans a level; `data` is what the caller hands to the first node.
pub(super) fn plan(
    context: &Context<'_>,
    level: Level<'_>,
    prefix: &str,
    data: Option<Unit>,
) -> Result<Plan, Ending> {
    let level = level.renamed(|name| name.replace('.', "_"));
    let (names, mut modules) = modules(context, &level)?;
    let network = Network::new(&level, &names, prefix)?;
    let is_added = |&(at, _): &(usize, &String)| modules[at].is_some();
    let added = level.nodes.keys().enumerate().filter(is_added);
    let added: Vec<&str> = added.map(|(_, name)| name.as_str()).collect();
    let taken = |name: &&&str| reserved::MODULE.contains(name) || reserved::EXECUTOR.contains(name);
    if let Some(name) = added.iter().find(taken) {
        return Err(reserved::ending(prefix, name));
    }
    // The network is made of the edges, of which an Input by itself has none.
    if level.edges.is_empty() && level.nodes.values().all(Item::is_input) {
        let says = "ValueError: Cannot find the input of an empty graph";
        return Err(Ending::import(prefix.trim_end_matches('.'), says));
    }
    let roots = network.roots(prefix)?;
    let mut late = reserved::EXECUTOR_LATE.iter();
    if let Some((name, kind)) = late.find(|(name, _)| added.contains(name)) {
        return Err(reserved::assigned(prefix, name, kind));
    }
    // By default the walk begins at an Input.
    let is_input = |&&root: &&usize| level.nodes[root].is_input();
    let mut candidates: Vec<usize> = roots.iter().filter(is_input).copied().collect();
    candidates.extend(roots.iter().filter(|root| !is_input(root)));
    let (order, depth) = network.order(candidates[context.execution.chance % candidates.len()]);
    if depth > DEEPEST {
        let says = "RecursionError: maximum recursion depth exceeded…";
        return Err(Ending::import(prefix.trim_end_matches('.'), says));
    }
    let mut plan = Plan::new();
    plan.ways = candidates.len();
    let exits: Vec<Option<Unit>> =
        modules.iter().map(|module| module.as_ref().and_then(Module::exit)).collect();
    plan.exits = order.last().and_then(|&last| exits[last]).into_iter().collect();
    for (turn, &node) in order.iter().enumerate() {
        let is_first = turn == 0;
        // An Input holds a stimulus of its own.
        let is_input = exits[node].is_some_and(|unit| context.inputs.contains(&unit));
        let enters = data.filter(|_| is_first && !is_input);
        let enters = enters.map(Source::placed);
        let from =
            network.sources[node].iter().filter_map(|&source| exits[source]).map(Source::placed);
        let sources: Vec<Source> = enters.into_iter().chain(from).collect();
        match modules[node].take() {
            Some(Module::Unit(unit)) => plan.push(Planned::new(unit, sources)),
            Some(Module::Cell(name, layer)) => {
                plan.push_cell(&name, layer, sources, Later::Before(Feedback::Absent));
            }
            Some(Module::Nested(name, inner)) => plan.push_nested(&name, *inner, sources),
            None => {}
        }
    }
    Ok(plan)
}

/// The module of each node, `None` for those that the importer drops, and which names it still
/// knows: all dropped nodes share one key, so that only the name of the last one stays.
fn modules(
    context: &Context<'_>,
    level: &Level<'_>,
) -> Result<(Vec<Name>, Vec<Option<Module>>), Ending> {
    let mut modules = Vec::with_capacity(level.nodes.len());
    for item in level.nodes.values() {
        modules.push(module(context, item)?);
    }
    let last = modules.iter().rposition(Option::is_none);
    let known = modules.iter().enumerate().map(|(at, module)| match module {
        Some(_) => Name::Module,
        None if Some(at) == last => Name::Dropped,
        None => Name::Forgotten,
    });
    Ok((known.collect(), modules))
}

fn module(context: &Context<'_>, item: &Item<'_>) -> Result<Option<Module>, Ending> {
    match item {
        Item::Nested { level, full_name } => match &context.execution.blocks {
            Blocks::Walked => {
                let prefix = format!("{full_name}.");
                let inner = plan(context, level.clone(), &prefix, None)?;
                Ok(Some(Module::Nested(full_name.clone(), Box::new(inner))))
            }
            Blocks::Cell(cell) => match cell::parse(level, cell, context.facts) {
                Ok(layer) => Ok(Some(Module::Cell(full_name.clone(), layer))),
                Err(says) => Err(Ending::import(full_name, says)),
            },
        },
        Item::Port { unit, .. } => Ok(Some(Module::Unit(*unit))),
        Item::Leaf { unit, primitive } => {
            Ok((!context.unknown.misses(primitive)).then_some(Module::Unit(*unit)))
        }
    }
}

/// What is left of the name of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    /// It leads to a module.
    Module,
    /// It leads to nothing, and its edges are left out.
    Dropped,
    /// It is not there any more, and an edge that names it raises.
    Forgotten,
}

/// The nodes that edges name, in the order in which they do, with their targets.
struct Network {
    nodes: Vec<usize>,
    targets: Vec<Vec<usize>>,
    /// The sources of each node, in the order in which edges first name them.
    sources: Vec<Vec<usize>>,
}

impl Network {
    fn new(level: &Level<'_>, names: &[Name], prefix: &str) -> Result<Self, Ending> {
        let none = vec![Vec::new(); names.len()];
        let mut network = Self { nodes: Vec::new(), targets: none.clone(), sources: none };
        let mut seen = vec![false; names.len()];
        let find = |name: &str| match level.position(name).map(|at| (at, names[at])) {
            Some((at, kind)) if kind != Name::Forgotten => Ok((at, kind)),
            _ => Err(Ending::import(&format!("{prefix}{name}"), &format!("KeyError: '{name}'"))),
        };
        for (source, target) in &level.edges {
            let [(source, a), (target, b)] = [find(source)?, find(target)?];
            if a == Name::Dropped || b == Name::Dropped {
                continue;
            }
            for node in [source, target] {
                if !std::mem::replace(&mut seen[node], true) {
                    network.nodes.push(node);
                }
            }
            if !network.targets[source].contains(&target) {
                network.targets[source].push(target);
            }
        }
        for &source in &network.nodes {
            for &target in &network.targets[source] {
                network.sources[target].push(source);
            }
        }
        Ok(network)
    }

    /// The nodes to which no edge leads.
    fn roots(&self, prefix: &str) -> Result<Vec<usize>, Ending> {
        let place = prefix.trim_end_matches('.');
        if self.nodes.is_empty() {
            let says = "ValueError: Cannot find the input of an empty graph";
            return Err(Ending::import(place, says));
        }
        if let [only] = self.nodes.as_slice() {
            return Ok(vec![*only]);
        }
        let reached: BTreeSet<usize> = self.targets.iter().flatten().copied().collect();
        let roots: Vec<usize> =
            self.nodes.iter().copied().filter(|node| !reached.contains(node)).collect();
        if roots.is_empty() {
            let says = "AssertionError: No input nodes found, we require at least one.";
            return Err(Ending::import(place, says));
        }
        Ok(roots)
    }

    /// Nodes as a walk from `root` meets them, and how many calls deep it goes.
    fn order(&self, root: usize) -> (Vec<usize>, usize) {
        let mut seen = vec![false; self.targets.len()];
        let (mut order, mut open, mut deepest) = (Vec::new(), vec![(root, 1)], 0);
        while let Some((node, depth)) = open.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                deepest = deepest.max(depth);
                order.push(node);
                open.extend(self.targets[node].iter().rev().map(|&target| (target, depth + 1)));
            }
        }
        (order, deepest)
    }
}
