//! Fast execution of step programs: any sound program, and the bits of the interpreter.
//!
//! [`Executor::new`] prepares a program once; [`Executor::run`] takes steps and takes no memory.
//!
//! * The [schedule](schedule) finds operations that depend on each other's results of earlier steps. These are stepped; all others take
//!   a block of steps at once, so that weights and states stay in the cache.
//! * [Buffers](buffer) that others look at keep a row for each step of a block.
//! * [Cells](cell) become instructions over neurons side by side.
//! * [Maps](map) list what arrives once and [sum it up](kernel) in ascending order of the source.
//! * Integers are stored in 32 bits where their bounds show that these hold them.

#![allow(
    clippy::inline_always,
    reason = "loops are compiled for a vector unit only together with what calls them"
)]
#![allow(clippy::needless_range_loop, reason = "loops over several lists are vectorised like that")]

mod alias;
mod arrange;
mod batch;
mod buffer;
mod cell;
mod frame;
mod join;
pub(crate) mod kernel;
mod layout;
mod map;
mod moves;
mod number;
mod port;
mod prepare;
mod run;
mod schedule;
mod sum;

pub use frame::OutOfBounds;
pub(crate) use layout::Layout;
pub use port::{Frame, Frames, Row, Sink};
pub use prepare::{Executor, Options};
pub use run::State;
