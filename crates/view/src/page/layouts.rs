//! The layouts of a page: one for each combination of open graphs and blocks that it can show.

use std::collections::BTreeMap;

use nirkit_ir::Document;
use nirkit_ir::valid::Survey;

use super::geometry::{Faces, Nodes, State};
use super::unit::{OpenUnits, Unit, as_open, combinations, units};
use crate::layout::{Layout, TooLarge};
use crate::options::Options;

/// Boxes with which a page starts.
const MOST_AT_START: usize = 300;

/// Everything that is drawn.
pub(super) struct Layouts {
    pub(super) units: Vec<Unit>,
    /// What stands in the boxes of all layouts.
    pub(super) faces: Faces,
    /// The first is the one that the page starts with.
    pub(super) states: Vec<State>,
    /// Whether some combinations have no layout here.
    pub(super) is_part: bool,
}

impl Layouts {
    /// Lays out a document, in layouts with at most so many boxes and edges together, but at least in one. `detail_of` says
    /// where the details of each node are.
    pub(super) fn of(
        document: &Document,
        survey: &Survey,
        options: &Options,
        detail_of: &BTreeMap<Vec<String>, usize>,
        most_places: usize,
    ) -> Result<Self, TooLarge> {
        let scope = Layout::scope(document, survey, false);
        let boxes = scope.counts().0;
        let folds = options.folds(boxes);
        let units = units(&scope, folds);
        drop(scope);
        let unit_of = by_path(&units);
        let nodes = Nodes { units: &units, unit_of: &unit_of, detail_of };
        let (mut faces, mut states) = (Faces::default(), Vec::new());
        let (mut places, mut failure, mut is_part) = (0, None, false);
        for open in &combinations(&units, &start(&units, boxes, options)) {
            let has_room = places < most_places || states.is_empty();
            let layout = has_room.then(|| {
                Layout::with_open(document, survey, options, &as_open(&units, open, folds))
            });
            match layout {
                Some(Ok(layout)) => {
                    let more = layout.nodes.len() + layout.edges.len();
                    if states.is_empty() || places + more <= most_places {
                        places += more;
                        states.push(faces.state(&layout, open, &nodes));
                    } else {
                        is_part = true;
                    }
                }
                Some(Err(error)) => failure = Some(error),
                None => is_part = true,
            }
        }
        match failure {
            Some(error) if states.is_empty() => Err(error),
            failure => Ok(Self { units, faces, states, is_part: is_part || failure.is_some() }),
        }
    }
}

/// What is open at the start: nested graphs, where there is room for their nodes.
fn start(units: &[Unit], boxes: usize, options: &Options) -> OpenUnits {
    let mut start = OpenUnits::new();
    if options.collapse || (boxes > MOST_AT_START && !options.all) {
        return start;
    }
    for (at, unit) in units.iter().enumerate() {
        if !unit.is_block && unit.parent.is_none_or(|parent| start.contains(&parent)) {
            start.insert(at);
        }
    }
    start
}

/// Units by the paths of what stands for them in drawings: a graph by its own, a block by those of its nodes.
fn by_path(units: &[Unit]) -> BTreeMap<(Vec<String>, bool), usize> {
    let mut by_path = BTreeMap::new();
    for (at, unit) in units.iter().enumerate() {
        for path in std::iter::once(&unit.path).chain(&unit.members) {
            by_path.insert((path.clone(), unit.is_block), at);
        }
    }
    by_path
}
