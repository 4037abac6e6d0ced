//! Fast execution of step programs: any sound program, and the bits of the interpreter.
//!
//! [`Executor::new`] prepares a program once; [`Executor::run`] takes steps and takes no memory.
//!
//! * The schedule finds operations that depend on each other's results of earlier steps. These are stepped; all others take
//!   a block of steps at once, so that weights and states stay in the cache.
//! * Buffers that others look at keep a row for each step of a block.
//! * Cells become instructions over neurons side by side.
//! * Maps list what arrives once and sum it up in ascending order of the source.
//! * Integers are stored in 32 bits where their bounds show that these hold them.
//!
//! ```
//! use nirkit_engine::executor::{Executor, Frame, Frames, Options, Row, Sink};
//!
//! /// Gives 0.75 in each step.
//! struct Same;
//!
//! impl Frames for Same {
//!     fn frame(&self, _input: usize, _step: usize) -> Frame<'_> {
//!         Frame::F64(&[0.75])
//!     }
//! }
//!
//! struct Spikes(Vec<f32>);
//!
//! impl Sink for Spikes {
//!     fn take(&mut self, _record: usize, step: usize, row: Row<'_>) {
//!         row.write_f32(&mut self.0[step..step + 1]);
//!     }
//! }
//!
//! let text = "\
//! step-program 1
//! input in: f32[1]
//! buffer x: f32[1] = 0
//! buffer if.v: f32[1] = 0
//! buffer if: f32[1] = 0
//! probe if:spikes = if
//! x = frame(in)
//! cell 1 {
//!   if.v = if.v + x
//!   if = if.v > 1 ? 1 : 0
//!   if.v = if.v - if
//! }
//! ";
//! let program = nirkit_step::parse(text)?;
//! let options = Options { records: vec![program.probes[0].buffer], ..Options::default() };
//! let executor = Executor::new(&program, &options).map_err(|faults| faults[0].to_string())?;
//! let mut spikes = Spikes(vec![0.0; 4]);
//! executor.run(&mut executor.start(4), 4, &Same, &mut spikes)?;
//! assert_eq!(spikes.0, [0.0, 1.0, 1.0, 0.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
