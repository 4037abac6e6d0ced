//! The layout of a whole graph: levels placed from the inside out, and everything in one list.

use nirkit_ir::field::Unit;
use nirkit_ir::valid::{Survey, survey};
use nirkit_ir::{Document, open};
use serde::Serialize;

use crate::block::{Block, Mark};
use crate::findings::Findings;
use crate::fold::fold;
use crate::open::{Open, Which};
use crate::options::{Direction, Options};
use crate::scope::{Body, Builder, Item, Scope};

mod boxes;
mod level;

/// A graph with everything in its place. Lengths are in pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Layout {
    /// Where the data flow to.
    pub direction: Direction,
    /// Width of what is drawn, without a margin and the legend.
    pub width: f64,
    /// Height of the same.
    pub height: f64,
    /// The boxes; a nested graph comes before what is in it.
    pub nodes: Vec<Block>,
    /// The edges.
    pub edges: Vec<Arrow>,
    /// Labels of signals beside the boxes that they leave.
    pub labels: Vec<Label>,
    /// Repeated blocks that are drawn as one box.
    pub folded: Vec<Folded>,
    /// Errors and warnings about the graph as a whole.
    pub findings: Vec<Mark>,
    /// Edges that are not drawn, since one of their ends names no node.
    pub edges_not_drawn: usize,
}

/// An edge between two boxes of one graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arrow {
    /// Position of the box that it leaves.
    pub source: usize,
    /// Position of the box to which it leads.
    pub target: usize,
    /// Shape of the signal; several if edges of several ports are drawn as one; none if it is not known.
    pub shapes: Vec<String>,
    /// How many edges of the graph it stands for.
    pub count: usize,
    /// Whether it leads back in the order of the layers.
    pub feedback: bool,
    /// Points from the outline of the source to that of the target, each x and y.
    pub points: Vec<[f64; 2]>,
}

/// The shape of a signal, written where it leaves its node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Label {
    /// The text, as wide as the place allows.
    pub text: String,
    /// Position of the box that the signal leaves.
    pub node: usize,
    /// Left edge in pixels.
    pub x: f64,
    /// Upper edge in pixels.
    pub y: f64,
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels.
    pub height: f64,
}

/// A repeated block that is drawn as one box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Folded {
    /// Position of its box.
    pub node: usize,
    /// How often the block stands there.
    pub times: usize,
    /// Kinds of the nodes in the block.
    pub kinds: Vec<String>,
    /// Names of the first and the last node.
    pub ends: [String; 2],
}

/// Why a graph is not drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the drawing would have {boxes} boxes and {edges} edges; {} and {} are the most",
    Options::MOST_BOXES,
    Options::MOST_EDGES
)]
pub struct TooLarge {
    /// Boxes that would be drawn.
    pub boxes: usize,
    /// Edges that would be drawn.
    pub edges: usize,
}

impl Layout {
    /// Lays out the graph of a file, or the lone node that it holds.
    pub fn of(document: &Document, options: &Options) -> Result<Self, TooLarge> {
        let survey = survey(document, &options.limits);
        let mut scope = Self::scope(document, &survey, options.collapse);
        if options.folds(scope.counts().0) {
            scope = fold(scope, &Which::None, &mut Vec::new());
        }
        Self::placed(document, &survey, options, &scope)
    }

    /// The same with these nested graphs and repeated blocks open, and all others closed.
    pub(crate) fn with_open(
        document: &Document,
        survey: &Survey,
        options: &Options,
        open: &Open,
    ) -> Result<Self, TooLarge> {
        let scope = Self::scope(document, survey, false);
        // Whether a block repeats does not depend on which graphs in it are open.
        let scope = fold(scope, &open.blocks, &mut Vec::new());
        let scope = scope.closed(&open.graphs, &mut Vec::new());
        Self::placed(document, survey, options, &scope)
    }

    /// The levels of a document; with their nodes unless they are collapsed.
    pub(crate) fn scope<'a>(
        document: &'a Document,
        survey: &'a Survey,
        collapse: bool,
    ) -> Scope<'a> {
        match document.graph() {
            Some(graph) => Builder { survey, collapse }.scope(graph, &mut Vec::new()),
            None => lone(document),
        }
    }

    /// Gives everything its place.
    fn placed(
        document: &Document,
        survey: &Survey,
        options: &Options,
        scope: &Scope<'_>,
    ) -> Result<Self, TooLarge> {
        let times = open::of_times(&document.root.metadata);
        let (boxes, edges) = scope.counts();
        if boxes > Options::MOST_BOXES || edges > Options::MOST_EDGES {
            return Err(TooLarge { boxes, edges });
        }
        let findings = Findings::of(&survey.findings, document.graph(), options.shown);
        let mut maker = Maker { options, times, findings };
        let loose = scope.loose;
        let mut layout = level::place(&mut maker, scope, &mut Vec::new());
        layout.direction = options.direction;
        layout.findings = maker.findings.rest();
        layout.edges_not_drawn = loose;
        Ok(layout)
    }

    /// Says what each folded box stands for, and what else is not drawn.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let folded = self.folded.iter().map(|folded| {
            let [first, last] = &folded.ends;
            format!("{} stands for the nodes from `{first}` to `{last}`", folded.title())
        });
        let loose = match self.edges_not_drawn {
            0 => None,
            1 => Some("1 edge is not drawn: it names no node".to_owned()),
            count => Some(format!("{count} edges are not drawn: they name no node")),
        };
        folded.chain(loose).collect()
    }
}

impl Folded {
    /// The text in the box: `12 × [Affine, LIF]`.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} × [{}]", self.times, self.kinds.join(", "))
    }
}

/// What is needed to make boxes.
struct Maker<'a> {
    options: &'a Options,
    /// Unit of times in the file.
    times: Unit,
    findings: Findings,
}

/// A level of the lone node of a file.
fn lone(document: &Document) -> Scope<'_> {
    let (input, output) = (Vec::new(), Vec::new());
    let item = Item { names: vec![""], body: Body::Node(&document.root), input, output };
    Scope { items: vec![item], ..Scope::default() }
}
