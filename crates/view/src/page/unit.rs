//! What can be opened and closed in the page: nested graphs and repeated blocks.

use std::collections::BTreeSet;

use crate::fold::blocks;
use crate::open::{Open, Which};
use crate::scope::{Body, Scope};

/// A nested graph or a repeated block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// Names down to the graph, or to the first node of the block.
    pub(super) path: Vec<String>,
    /// Whether it is a repeated block.
    pub(super) is_block: bool,
    /// Position of the unit around it, which comes before it.
    pub(super) parent: Option<usize>,
    /// Names down to each node of a block; empty for a graph.
    pub(super) members: Vec<Vec<String>>,
}

/// Lists the units of a level with all its nodes; blocks only where repeated blocks are folded.
pub(super) fn units(scope: &Scope<'_>, folds: bool) -> Vec<Unit> {
    let mut found = Vec::new();
    add(scope, folds, &[], None, &mut found);
    found
}

fn add(
    scope: &Scope<'_>,
    folds: bool,
    path: &[String],
    parent: Option<usize>,
    found: &mut Vec<Unit>,
) {
    let mut around = vec![parent; scope.items.len()];
    let full = |path: &[String], at: usize| {
        let name = scope.items.get(at).and_then(|item| item.names.first());
        [path, &[name.copied().unwrap_or_default().to_owned()]].concat()
    };
    for block in if folds { blocks(&scope.items, &scope.links) } else { Vec::new() } {
        let members: Vec<Vec<String>> = block.members.iter().map(|&at| full(path, at)).collect();
        let Some(first) = members.first() else { continue };
        for &member in &block.members {
            around[member] = Some(found.len());
        }
        found.push(Unit { path: first.clone(), is_block: true, parent, members });
    }
    for (at, item) in scope.items.iter().enumerate() {
        if let Body::Nested(inner) = &item.body {
            let own = full(path, at);
            let unit = found.len();
            let members = Vec::new();
            found.push(Unit { path: own.clone(), is_block: false, parent: around[at], members });
            add(inner, folds, &own, Some(unit), found);
        }
    }
}

/// A set of open units; whatever is around an open unit is open too.
pub(super) type OpenUnits = BTreeSet<usize>;

/// What is open, as layouts take it; where blocks are not folded, all of them.
pub(super) fn as_open(units: &[Unit], open: &OpenUnits, folds: bool) -> Open {
    let of = |is_block: bool| {
        let chosen = open.iter().filter_map(|&at| units.get(at));
        let chosen = chosen.filter(|unit| unit.is_block == is_block);
        Which::Of(chosen.map(|unit| unit.path.clone()).collect())
    };
    Open { graphs: of(false), blocks: if folds { of(true) } else { Which::All } }
}

/// The units around a unit, and the unit.
fn with_around(units: &[Unit], at: usize) -> OpenUnits {
    std::iter::successors(Some(at), |&at| units.get(at)?.parent).collect()
}

/// Units of which every combination is embedded.
const MOST_COMBINED: usize = 5;

/// The combinations of open units that the page can show, the most useful first. The first is the one that it starts with.
pub(super) fn combinations(units: &[Unit], start: &OpenUnits) -> Vec<OpenUnits> {
    let all: OpenUnits = (0..units.len()).collect();
    let graphs = (0..units.len()).filter(|&at| units.get(at).is_some_and(|unit| !unit.is_block));
    let no_block_around = |&at: &usize| {
        with_around(units, at).iter().all(|&at| units.get(at).is_some_and(|unit| !unit.is_block))
    };
    let graphs: OpenUnits = graphs.filter(no_block_around).collect();
    let mut listed = vec![start.clone(), OpenUnits::new(), all, graphs];
    if units.len() <= MOST_COMBINED {
        let subsets = (0..1_usize << units.len())
            .map(|bits| (0..units.len()).filter(|at| bits >> at & 1 == 1).collect());
        let is_whole =
            |open: &OpenUnits| open.iter().all(|&at| with_around(units, at).is_subset(open));
        listed.extend(subsets.filter(is_whole));
    } else {
        // One unit more or less than at the start, and each unit alone.
        for at in 0..units.len() {
            let mut without = start.clone();
            without.retain(|&other| !with_around(units, other).contains(&at));
            let with = start.union(&with_around(units, at)).copied().collect();
            listed.extend([with, without]);
        }
        listed.extend((0..units.len()).map(|at| with_around(units, at)));
    }
    let mut known = BTreeSet::new();
    listed.retain(|open| known.insert(open.clone()));
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(parent: Option<usize>) -> Unit {
        Unit { path: Vec::new(), is_block: false, parent, members: Vec::new() }
    }

    #[test]
    fn every_combination_of_few_units_is_listed_once() {
        let units = [unit(None), unit(Some(0)), unit(None)];
        let listed = combinations(&units, &[0].into());
        assert_eq!(listed.len(), 6, "{listed:?}");
        assert_eq!(listed[0], [0].into());
        assert!(!listed.contains(&[1].into()), "a unit is open inside of a closed one");
    }

    #[test]
    fn many_units_open_one_by_one() {
        let units = vec![unit(None); 40];
        let listed = combinations(&units, &OpenUnits::new());
        assert_eq!(listed.len(), 42);
        assert!(listed.contains(&[39].into()));
    }
}
