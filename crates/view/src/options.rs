//! What a drawing shows.

use std::borrow::Cow;

use nirkit_ir::Limits;
use serde::Serialize;

/// Where the data flow to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From top to bottom.
    #[default]
    Down,
    /// From left to right.
    Right,
}

impl Direction {
    /// Turns a pair (across the flow, along the flow) into (x, y), or (width, height), and back.
    pub(crate) fn turn(self, [across, along]: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Down => [across, along],
            Self::Right => [along, across],
        }
    }
}

/// How a graph is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Where the data flow to.
    pub direction: Direction,
    /// Whether a nested graph is one box, without the nodes in it.
    pub collapse: bool,
    /// Whether all nodes are drawn, however many they are. Otherwise repeated blocks of chains are folded in drawings of
    /// more than [`Options::FOLD_ABOVE`] nodes.
    pub all: bool,
    /// Limits under which the graph is checked.
    pub limits: Limits,
    /// Returns a text of a file as it is shown: control characters must not stay in it.
    pub shown: fn(&str) -> Cow<'_, str>,
}

impl Options {
    /// Repeated blocks are folded in drawings of more nodes than this.
    pub const FOLD_ABOVE: usize = 40;
    /// A drawing has at most so many boxes.
    pub const MOST_BOXES: usize = 20_000;
    /// A drawing has at most so many edges.
    pub const MOST_EDGES: usize = 100_000;

    /// Whether repeated blocks of a drawing with so many boxes are folded.
    pub(crate) fn folds(&self, boxes: usize) -> bool {
        !self.all && boxes > Self::FOLD_ABOVE
    }

    /// Returns options under which a text of a file is shown by `shown`.
    #[must_use]
    pub fn new(shown: fn(&str) -> Cow<'_, str>) -> Self {
        let (direction, limits) = (Direction::default(), Limits::default());
        Self { direction, collapse: false, all: false, limits, shown }
    }
}
