//! NIRData: what is in it, and from events to a grid and back.
//!
//! | from | to | convention |
//! |---|---|---|
//! | events without values | truth values | true where a neuron has an event in a step |
//! | events with values | numbers | the value of the last event of a neuron in a step, 0 where there is none |
//! | truth values | events | one at the beginning of each step that is true |
//! | numbers | events with values | one at the beginning of each step whose number is not 0 |
//!
//! An instant within a millionth of a step of a border belongs to the step that begins there. What a grid has no room for is
//! counted: events that share a step with another one of their neuron, and events at or behind the end.

mod grid;
mod info;

pub use grid::{Converted, to_events, to_grid};
pub use info::{ObservableInfo, info};
