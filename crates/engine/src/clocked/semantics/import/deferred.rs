//! Node by node in the order of the dictionary, each put off until its sources are there, as
//! `nirtorch.nir_to_torch` does (nirtorch 2.6, `nir_interpreter.py`, `_construct_fx_graph`).
//!
//! The walk begins at the first Input. A node that is put off goes to the end of the line, so that the nodes that are left
//! keep their order around a circle: each round passes them, and takes those whose sources are there. What is not ready
//! is passed without a look, but for nested graphs, which are converted when their turn comes.
//!
//! A node of a cycle does not wait for a source behind it if it
//! has another one: it sees what the source put out in the step before. A nested graph that has to
//! wait is converted twice, which fails. The Output comes last, so that two Outputs wait for each
//! other for ever.

mod waiting;

use std::collections::{BTreeSet, VecDeque};

use nirkit_ir::primitive::Primitive;

use super::super::super::option::Feedback;
use super::super::values::Later;
use super::Context;
use super::ending::{Ending, When};
use super::generated;
use super::level::{Item, Level, Unit};
use super::plan::{Plan, Planned, Source};
use super::reserved;
use waiting::Waiting;

const BEFORE: Option<Later> = Some(Later::Before(Feedback::Absent));

/// Words of Python that the importer gives another name.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

fn sanitized(name: &str) -> String {
    let name = name.replace('.', "_");
    if KEYWORDS.contains(&name.as_str()) { format!("nir_node_{name}") } else { name }
}

/// Plans a level; `data` is what the caller hands to it.
pub(super) fn plan(
    context: &Context<'_>,
    level: Level<'_>,
    prefix: &str,
    data: Option<Unit>,
) -> Result<Plan, Ending> {
    let level = level.renamed(sanitized);
    let taken = |name: &&String| {
        reserved::MODULE.contains(&name.as_str()) || reserved::DICTIONARY.contains(&name.as_str())
    };
    if let Some(name) = level.nodes.keys().find(taken) {
        return Err(reserved::ending(prefix, name));
    }
    let place = prefix.trim_end_matches('.');
    let has_input = level.nodes.values().any(Item::is_input);
    let has_output = level.nodes.values().any(Item::is_output);
    let missing = match (has_input, has_output) {
        (true, true) => None,
        (false, false) => Some("neither input nor output was found"),
        (false, true) => Some("no input node was found"),
        (true, false) => Some("no output node was found"),
    };
    if let Some(missing) = missing {
        let says =
            format!("ValueError: NIR graphs must contain input and output nodes, but {missing}");
        return Err(Ending::import(place, &says));
    }
    Walk::new(context, &level, prefix, data).run()
}

struct Walk<'a, 'b> {
    context: &'a Context<'b>,
    level: &'a Level<'b>,
    prefix: &'a str,
    data: Option<Unit>,
    waiting: Waiting,
    /// The number of sources that each node still waits for.
    missing: Vec<usize>,
    /// Nodes that had their turn.
    is_taken: Vec<bool>,
    /// Nodes that are ready, without Outputs.
    ready: BTreeSet<usize>,
    /// Nested graphs that have not had their turn.
    nested: BTreeSet<usize>,
    /// What each node puts out, once it has its turn.
    exits: Vec<Option<Unit>>,
    /// Sources seen a step late before their turn is known: (turn, place in its list, node).
    awaited: Vec<(usize, usize, usize)>,
    /// Nested graphs that were converted while they had to wait.
    converted: BTreeSet<usize>,
    inputs: usize,
    /// How the first step ends, if the import gets that far.
    fails: Option<Ending>,
    /// Nodes that put out a single number in the first step.
    single: BTreeSet<usize>,
    /// The node that had its turn last.
    last: Option<usize>,
    plan: Plan,
}

impl<'a, 'b> Walk<'a, 'b> {
    fn new(
        context: &'a Context<'b>,
        level: &'a Level<'b>,
        prefix: &'a str,
        data: Option<Unit>,
    ) -> Self {
        let count = level.nodes.len();
        let mut walk = Self {
            context,
            level,
            prefix,
            data,
            waiting: Waiting::new(level),
            missing: vec![0; count],
            is_taken: vec![false; count],
            ready: BTreeSet::new(),
            nested: BTreeSet::new(),
            exits: vec![None; count],
            awaited: Vec::new(),
            converted: BTreeSet::new(),
            inputs: 0,
            fails: None,
            single: BTreeSet::new(),
            last: None,
            plan: Plan::new(),
        };
        for (node, item) in level.nodes.values().enumerate() {
            walk.missing[node] = walk.waiting.needed(node);
            if matches!(item, Item::Nested { .. }) {
                walk.nested.insert(node);
            }
            walk.note_if_ready(node);
        }
        walk
    }

    fn note_if_ready(&mut self, node: usize) {
        // An Input does not wait for what leads to it.
        if self.is_taken[node] {
            return;
        }
        let item = &self.level.nodes[node];
        let waits = self.missing[node] > 0 || self.waiting.endless.contains(&node);
        if item.is_input() || !(waits || item.is_output()) {
            self.ready.insert(node);
        }
    }

    /// Notes what a node puts out, and which nodes are ready by it.
    fn leave(&mut self, node: usize, unit: Unit) {
        self.exits[node] = Some(unit);
        for target in self.waiting.targets[node].clone() {
            if self.waiting.is_needed(target, node) {
                self.missing[target] -= 1;
                self.note_if_ready(target);
            }
        }
    }

    /// The next node in the round that has to be looked at.
    fn next(&self, at: usize) -> Option<usize> {
        let next = |nodes: &BTreeSet<usize>, from: usize| nodes.range(from..).next().copied();
        let nearest = |from| {
            let both = [next(&self.ready, from), next(&self.nested, from)];
            both.into_iter().flatten().min()
        };
        nearest(at).or_else(|| nearest(0))
    }

    fn run(mut self) -> Result<Plan, Ending> {
        let count = self.level.nodes.len();
        let mut at = self.level.nodes.values().position(Item::is_input).unwrap_or(0);
        while !self.ready.is_empty() {
            let Some(node) = self.next(at) else { break };
            self.is_taken[node] = true;
            if self.take(node, false)? {
                self.ready.remove(&node);
                self.nested.remove(&node);
            } else {
                self.is_taken[node] = false;
            }
            at = node + 1;
        }
        // Nothing is ready: what is left is an Output, or waits for ever.
        let mut queue: VecDeque<usize> =
            (at..count).chain(0..at).filter(|&node| !self.is_taken[node]).collect();
        let mut waiting = 0;
        while let Some(node) = queue.pop_front() {
            if waiting > queue.len() + 1 {
                return Err(self.stuck(node));
            }
            if self.take(node, queue.is_empty())? {
                waiting = 0;
            } else {
                waiting += 1;
                queue.push_back(node);
            }
        }
        if self.inputs > 1 {
            let place = self.prefix.trim_end_matches('.');
            return Err(Ending::import(place, "RuntimeError: Node redefined name is_none!"));
        }
        for (at, (name, item)) in self.level.nodes.iter().enumerate() {
            let is_called = !item.is_input() && !item.is_output();
            let is_last = self.last == Some(at);
            match generated::ending(self.prefix, name, is_last).filter(|_| is_called) {
                Some(ending) if ending.when == When::FirstStep => {
                    self.fails.get_or_insert(ending);
                }
                Some(ending) => return Err(ending),
                None => {}
            }
        }
        if let Some(ending) = self.fails {
            return Err(ending);
        }
        for &(turn, place, node) in &self.awaited {
            if let Some(unit) = self.exits[node] {
                self.plan.turns[turn].sources[place].unit = unit;
            }
        }
        Ok(self.plan)
    }

    /// Where the walk goes round in circles.
    fn stuck(&self, node: usize) -> Ending {
        let outputs = self.level.nodes.values().filter(|item| item.is_output()).count();
        let says = if !self.waiting.endless.is_empty() {
            "a node waits for a name that no node has; a port of a nested graph is no node either"
        } else if outputs > 1 {
            "each of several Outputs waits until the others have had their turn"
        } else {
            "it waits for a source that never has its turn"
        };
        let name = self.level.nodes.get_index(node).map_or("", |(name, _)| name.as_str());
        Ending::never(&format!("{}{name}", self.prefix), says)
    }

    /// Gives a node its turn, or says that it has to wait.
    fn take(&mut self, node: usize, is_last: bool) -> Result<bool, Ending> {
        let Some((name, item)) = self.level.nodes.get_index(node) else { return Ok(true) };
        let full_name = format!("{}{name}", self.prefix);
        if self.inputs == 0 && !item.is_input() {
            return Ok(false);
        }
        if item.is_input() {
            self.inputs += 1;
            let Some(unit) = item.unit() else { return Ok(true) };
            // The Input that holds the stimulus does not see itself.
            let data = self.data.filter(|&data| data != unit);
            let sources = data.map(Source::placed).into_iter().collect();
            self.plan.push(Planned::new(unit, sources));
            self.leave(node, unit);
            return Ok(true);
        }
        if item.is_output() {
            return Ok(is_last && self.put_out(node, item));
        }
        let mut nested = None;
        if let Item::Nested { level, full_name } = item {
            if !self.converted.insert(node) {
                let says = "AttributeError: 'GraphModule' object has no attribute 'items'";
                return Err(Ending::import(full_name, says));
            }
            let inner = plan(self.context, level.clone(), &format!("{full_name}."), None);
            nested = Some(match inner {
                // The import goes on, and what leaves the nested graph does not matter any more.
                Err(ending) if ending.when == When::FirstStep => {
                    self.fails.get_or_insert(ending);
                    Plan { exits: vec![usize::MAX], ..Plan::new() }
                }
                inner => inner?,
            });
        }
        let Some(sources) = self.gather(node) else { return Ok(false) };
        if sources.is_empty() {
            let says = "TypeError: …forward() missing 1 required positional argument: …";
            self.fails.get_or_insert(Ending::first_step(&full_name, says));
        }
        self.check_first_step(node, item, &full_name);
        self.await_sources(node);
        self.last = Some(node);
        let turn = self.plan.turns.len();
        match (nested, item.unit()) {
            (Some(inner), _) => {
                let exit = inner.exits.clone();
                let entry = inner.entry.unwrap_or(0);
                for awaited in self.awaited.iter_mut().filter(|(at, ..)| *at == turn) {
                    awaited.0 = turn + entry;
                }
                if exit.len() > 1 {
                    let says = "the state of a nested graph with two ways out is one of them: …";
                    self.fails.get_or_insert(Ending::first_step(&full_name, says));
                }
                self.plan.push_nested(&full_name, inner, sources);
                if let Some(&exit) = exit.first() {
                    self.leave(node, exit);
                }
            }
            (None, Some(unit)) => {
                self.plan.push(Planned::new(unit, sources));
                self.leave(node, unit);
            }
            (None, None) => {}
        }
        Ok(true)
    }

    /// Gives an Output its turn, or says that it has to wait.
    fn put_out(&mut self, node: usize, item: &Item<'_>) -> bool {
        let Some(sources) = self.gather_plainly(node) else { return false };
        let Some(unit) = item.unit() else { return true };
        self.leave(node, unit);
        if sources.len() == 1 {
            self.plan.exits = vec![unit];
            self.plan.push(Planned::new(unit, sources));
        } else {
            // They leave as a tuple, and nobody adds them.
            self.plan.exits = sources.iter().map(|source| source.unit).collect();
        }
        true
    }

    /// What an Output takes: its sources as they are.
    fn gather_plainly(&self, node: usize) -> Option<Vec<Source>> {
        let source = |&source: &usize| self.exits[source].map(Source::placed);
        if self.waiting.endless.contains(&node) {
            return None;
        }
        self.waiting.sources[node].iter().map(source).collect()
    }

    /// What a node sees, or `None` if it has to wait.
    fn gather(&self, node: usize) -> Option<Vec<Source>> {
        if self.waiting.endless.contains(&node) {
            return None;
        }
        let sources = &self.waiting.sources[node];
        let seen = |&source: &usize| match self.exits[source] {
            Some(unit) => Some(Source::placed(unit)),
            // The unit is filled in when the source has had its turn. Nothing keeps what an Output put out.
            None if !self.waiting.is_needed(node, source) => {
                let is_output = self.level.nodes[source].is_output();
                let later = if is_output { Some(Later::Never) } else { BEFORE };
                Some(Source { unit: usize::MAX, later })
            }
            None => None,
        };
        sources.iter().map(seen).collect()
    }

    /// In the first step a source that is not there yet counts as a single 0. A sum of nothing else has
    /// one channel, and a module with weights raises.
    fn check_first_step(&mut self, node: usize, item: &Item<'_>, full_name: &str) {
        let is_single =
            |source: &usize| self.exits[*source].is_none() || self.single.contains(source);
        if self.waiting.sources[node].is_empty()
            || !self.waiting.sources[node].iter().all(is_single)
        {
            return;
        }
        let weight = match item.primitive() {
            Some(Primitive::Affine(p)) => p.weight.shape(),
            Some(Primitive::Linear(p)) => p.weight.shape(),
            Some(other) if self.context.execution.shaped_by_input.contains(&other.kind()) => {
                self.single.insert(node);
                return;
            }
            _ => return,
        };
        if let &[rows, columns] = weight
            && columns != 1
        {
            let says = format!(
                "RuntimeError: …mat1 and mat2 shapes cannot be multiplied (1x1 and {columns}x{rows})"
            );
            self.fails.get_or_insert(Ending::first_step(full_name, &says));
        }
    }

    /// Notes the sources of the next turn that are seen a step late.
    fn await_sources(&mut self, node: usize) {
        let turn = self.plan.turns.len();
        let late = self.waiting.sources[node].iter().enumerate();
        let late = late.filter(|(_, source)| self.exits[**source].is_none());
        self.awaited.extend(late.map(|(place, &source)| (turn, place, source)));
    }
}
