//! Lays out a graph in layers and draws it, as SVG or as text.
//!
//! [`Layout::of`] computes a [`Layout`]: boxes for nodes, nested graphs and folded blocks, edges with their points, and
//! findings at the boxes that they are about. All lengths are in pixels of SVG (1/96 inch), `x` to the right and `y` down.
//! [`svg`] and [`text`] draw it. The same graph gives the same bytes, whatever the order of its nodes in the file.
//!
//! Four steps, each a file in `layered`: edges that close a cycle become feedback; every node stands in the layer behind
//! its sources; sweeps reorder the layers so that few edges cross; sweeps place the boxes near their neighbours without overlap.

mod block;
mod family;
mod figure;
mod findings;
mod fold;
mod heat_map;
mod layered;
mod layout;
mod measure;
mod names;
mod open;
mod options;
mod page;
mod parameter;
mod scope;
mod svg;
mod terminal;

pub use block::{Block, Content, Line, Mark, Style};
pub use family::Family;
pub use figure::{
    Content as PanelContent, Curve, Curves, Figure, Image, Mark as EventMark, MarkKind, Panel,
    Raster, Section, figure,
};
pub use heat_map::{Cell, HeatMap, heat_maps};
pub use layout::{Arrow, Folded, Label, Layout, TooLarge};
pub use options::{Direction, Options};
pub use page::{
    Classified, Evaluation, First, Found, Layer, Measure, Page, PageTooLarge, Pair, Platform, Runs,
    Size, Spike, SweepLine, SweepPage, Verdict, Voltage,
};
pub use svg::svg;
pub use svg::xml::escaped;
pub use terminal::text;
