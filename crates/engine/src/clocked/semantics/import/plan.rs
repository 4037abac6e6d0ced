//! What an importer makes of a level: turns in their order, with what each of them sees.

use std::collections::BTreeMap;

use super::super::values::Later;
use super::cell::Layer;
use super::level::Unit;

/// The turns of a level and of those inside it.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) turns: Vec<Planned>,
    /// The turn that gets what enters the level.
    pub(super) entry: Option<usize>,
    /// What leaves the level; several where the executor returns a tuple.
    pub(super) exits: Vec<Unit>,
    /// What leaves each nested graph, by its full name.
    pub(super) outcomes: BTreeMap<String, Unit>,
    /// In how many ways the level can run, where the hash of an object or a string decides.
    pub(super) ways: usize,
}

/// A turn.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) unit: Unit,
    pub(super) sources: Vec<Source>,
    /// Whether the unit is part of a module that holds a neuron and its recurrent weights.
    pub(super) in_cell: bool,
    /// The leaf whose threshold the unit takes.
    pub(super) threshold: Option<Unit>,
}

/// What a turn sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Source {
    pub(super) unit: Unit,
    /// Which step it is of; `None` lets the order of turns decide.
    pub(super) later: Option<Later>,
}

impl Source {
    /// A source whose step follows from the order of turns.
    pub(super) fn placed(unit: Unit) -> Self {
        Self { unit, later: None }
    }
}

impl Planned {
    pub(super) fn new(unit: Unit, sources: Vec<Source>) -> Self {
        Self { unit, sources, in_cell: false, threshold: None }
    }
}

impl Plan {
    pub(super) fn new() -> Self {
        Self { ways: 1, ..Self::default() }
    }

    /// Adds a turn.
    pub(super) fn push(&mut self, turn: Planned) {
        self.entry.get_or_insert(self.turns.len());
        self.turns.push(turn);
    }

    /// Adds the turns of a recurrent layer, of which the neuron sees the matrix a step late.
    pub(super) fn push_cell(
        &mut self,
        full_name: &str,
        layer: Layer,
        mut sources: Vec<Source>,
        later: Later,
    ) {
        self.outcomes.insert(full_name.to_owned(), layer.neuron);
        sources.push(Source { unit: layer.matrix, later: Some(later) });
        let neuron = Planned { in_cell: true, ..Planned::new(layer.neuron, sources) };
        let sources = vec![Source::placed(layer.neuron)];
        self.push(neuron);
        self.push(Planned { in_cell: true, ..Planned::new(layer.matrix, sources) });
    }

    /// Adds the turns of a nested graph; `sources` enter it.
    pub(super) fn push_nested(&mut self, full_name: &str, mut inner: Self, sources: Vec<Source>) {
        if let Some(entry) = inner.entry.and_then(|entry| inner.turns.get_mut(entry)) {
            entry.sources.splice(0..0, sources);
        }
        self.entry.get_or_insert(self.turns.len() + inner.entry.unwrap_or(0));
        for turn in inner.turns {
            self.push(turn);
        }
        self.outcomes.append(&mut inner.outcomes);
        if let Some(&exit) = inner.exits.first() {
            self.outcomes.insert(full_name.to_owned(), exit);
        }
        self.ways = self.ways.max(inner.ways);
    }
}
