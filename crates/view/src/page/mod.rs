//! The page: one HTML file with a graph, what is known of it, and the program that shows both; and the page of a sweep, which has
//! heat maps in the place of a graph.
//!
//! Everything is computed here and embedded as data; the program in the page (`crates/view/src/page/*.js`) draws it and
//! answers to keys and the pointer. The page asks nothing of a network, and a policy in it forbids that. Texts of a file
//! reach the page as data only: they are never part of markup, style or program.

mod base64;
mod content;
mod data;
mod detail;
mod document;
mod evaluation;
mod finding;
mod geometry;
mod layouts;
mod picture;
mod run;
mod sweep;
mod unit;

pub use content::PageTooLarge;
pub use data::{Page, Platform, Size, Verdict};
pub use evaluation::{Classified, Evaluation, Found};
pub use run::{First, Layer, Pair, Runs, Spike, Voltage};
pub use sweep::{Measure, SweepLine, SweepPage};
