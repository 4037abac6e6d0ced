//! Graphs run as a released program runs them: the order, the arithmetic and the omissions of a
//! program, said in values.
//!
//! The engine of [`clocked`](super) computes what a graph means, under choices that leave its
//! meaning alone. A program computes what its authors wrote: with the parameters that it reads, in
//! the order in which it walks the list of edges, with the resets that its code amounts to. A
//! [`Semantics`] says all of it, and [`prepare`] makes a [`Program`] that does the same to the bit.
//!
//! Nothing here knows a program by name. What one does that cannot be said yet becomes a new value
//! in [`rule`] or [`Semantics`], never a case.
//!
//! # A step
//!
//! 1. Layers that decide on the voltage of the step before put out their spikes.
//! 2. Every other node has its turn, in the order of the semantics: it takes the sum of its sources
//!    and puts something out.
//! 3. Layers that put out their spikes first take what arrived.

mod batch_runner;
mod cells;
mod coefficient;
mod connections;
mod error;
mod executor;
mod fire;
mod fixed;
mod fused_recurrence;
mod import;
mod layer;
mod lower;
mod map;
mod membrane;
mod neurons;
mod numbers;
mod prepare;
mod program;
pub mod rule;
mod run;
mod signals;
mod state;
mod taken;
pub mod text;
mod values;

pub use batch_runner::{BatchRunner, GriddedStimulus};
pub use coefficient::step_in_milliseconds;
pub use connections::{Connections, Population, Projection, Synapse, connections};
pub use error::SemanticsError;
pub use import::{Connection, Ending, Route, When, route, supplied_inputs};
pub use layer::thresholds;
pub use neurons::{Neurons, Slot};
pub use numbers::{FiringNumbers, LayerNumbers, StageNumbers, layer_numbers};
pub use prepare::{is_weighted, prepare};
pub use program::Program;
pub use run::{Frames, Moment, Run, record, record_stepwise};
pub use taken::{only_leaves, taken as taken_window};
pub use values::{
    Axes, Blocks, Cell, CellSizes, Dilation, Execution, Later, Maps, OpenEnd, Order, Pool,
    PoolPadding, Semantics, Sums, Time, Unknown, UnknownNodePolicy, Wiring,
};
