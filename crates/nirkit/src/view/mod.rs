//! Draws graphs: a layered layout, as SVG, as a page or as text.
//!
//! ```
//! use nirkit::document::load_bytes;
//! use nirkit::io::Limits;
//! use nirkit::view::{ViewOptions, svg};
//!
//! let text = "nirt 1
//! graph {
//!   input = Input { shape: i64[1] [2] }
//!   fc = Linear { weight: f32[3, 2] 0.5 }
//!   output = Output { shape: i64[1] [3] }
//!   input -> fc -> output
//! }";
//! let graph = load_bytes(text.into(), "net.nirt".as_ref(), &Limits::default())?.document;
//! let drawing = svg(&graph, &ViewOptions::new())?;
//! assert!(drawing.contains("weight 3×2"));
//! # Ok::<(), nirkit::Error>(())
//! ```

mod evaluated;
mod figure;
mod page;
mod runs;

use nirkit_ir::{Document, Limits};
use nirkit_view::Options;

use crate::error::{Error, ErrorKind};
use crate::escape;

pub use figure::{Shown, comparison_figure, comparison_panels, recording_figure, recording_panels};
pub use page::{PageOptions, every_platform, page};

pub use nirkit_view::{
    Arrow, Block, Content, Curve, Curves, Direction, EventMark, Family, Figure, Folded, Image,
    Label, Layout, Line, Mark, MarkKind, Panel, PanelContent, Raster, Section, Style, escaped,
};

/// How a graph is drawn.
#[derive(Clone, Copy, Debug)]
pub struct ViewOptions(Options);

impl Default for ViewOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl ViewOptions {
    /// Repeated blocks of chains are folded in drawings of more nodes than this, unless [all](Self::all) are asked for.
    pub const FOLD_ABOVE: usize = Options::FOLD_ABOVE;
    /// A drawing has at most so many boxes.
    pub const MOST_BOXES: usize = Options::MOST_BOXES;

    /// Returns the usual options: the data flow down, nested graphs are drawn with their nodes, repeated blocks are folded.
    #[must_use]
    pub fn new() -> Self {
        Self(Options::new(escape::line))
    }

    /// Says where the data flow to.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Self {
        self.0.direction = direction;
        self
    }

    /// Says whether a nested graph is one box, without the nodes in it.
    #[must_use]
    pub fn collapse(mut self, collapse: bool) -> Self {
        self.0.collapse = collapse;
        self
    }

    /// Says whether all nodes are drawn, however many they are.
    #[must_use]
    pub fn all(mut self, all: bool) -> Self {
        self.0.all = all;
        self
    }

    /// Gives the limits under which the graph is checked.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.0.limits = limits;
        self
    }
}

/// Lays out a graph. All lengths are in pixels. An error says that the drawing would be too large.
pub fn layout(document: &Document, options: &ViewOptions) -> Result<Layout, Error> {
    Layout::of(document, &options.0).map_err(|error| {
        let help = match (options.0.all, options.0.collapse) {
            (true, _) => {
                "leave out `all`, so that repeated blocks are folded, or collapse nested graphs"
            }
            (false, false) => "collapse nested graphs, or draw a part of the graph",
            (false, true) => "draw a part of the graph",
        };
        Error::new(error.to_string()).of_kind(ErrorKind::Run).help(help)
    })
}

/// Draws a graph as SVG. Errors and warnings of the validator are marked at the nodes that they are about, so a graph that is
/// not sound is drawn too.
pub fn svg(document: &Document, options: &ViewOptions) -> Result<String, Error> {
    Ok(draw(&layout(document, options)?, "NIR graph"))
}

/// Draws a layout as SVG under a title.
#[must_use]
pub fn draw(layout: &Layout, title: &str) -> String {
    nirkit_view::svg(layout, &escape::line(title))
}

/// Draws a layout as text: a row for each box, layer by layer.
#[must_use]
pub fn text(layout: &Layout) -> String {
    nirkit_view::text(layout)
}
