//! Step programs: a fixed list of operations that is executed once per time step.
//!
//! Everything that runs a network on a time grid computes a step program: a simulator, a chip, the clocked engine. The
//! [`Program`] is plain data. It has
//!
//! * [buffers](Buffer) with a shape, a number format and the numbers they start with,
//! * [operations](Operation) in execution order: weighted maps, sums, and [cells](Cell), which are short straight-line
//!   scalar programs over the state of one neuron,
//! * [probes](Probe), which tie buffers to the nodes and observables of a graph.
//!
//! [`Run`] executes a program, one operation and one number at a time. It is the definition of what a program means;
//! everything faster has to give its bits. [`Program`] prints as text, and [`parse`] reads that text back.
//!
//! # Order and rounding
//!
//! Every operation on numbers is rounded to its format. A weighted map adds its products one by one, from the first input
//! to the last, beginning at 0, and adds the bias last. An input that is 0 contributes nothing.
//!
//! ```
//! let text = "\
//! step-program 1
//! dt 0.001
//! input in: f32[2]
//! buffer x: f32[2] = 0
//! buffer lif.v: f32[2] = 0
//! buffer lif: f32[2] = 0
//! probe lif:spikes = lif
//! x = frame(in)
//! cell 2 {
//!   lif.v = lif.v * 0.5 + x
//!   lif = lif.v > 1 ? 1 : 0
//!   lif.v = lif.v - lif * 1
//! }
//! ";
//! let program = nirkit_step::parse(text)?;
//! assert_eq!(program.to_string(), text);
//! let mut run = nirkit_step::Run::new(&program);
//! run.step(&[vec![0.8, 3.0]]);
//! assert_eq!(run.observe("lif:spikes"), Some(vec![0.0, 1.0]));
//! run.step(&[vec![0.8, 0.0]]);
//! assert_eq!(run.observe("lif:spikes"), Some(vec![1.0, 0.0]));
//! # Ok::<(), nirkit_step::ParseError>(())
//! ```

mod build;
mod cell;
mod number;
mod program;
pub mod range;
mod run;
mod sound;
mod text;

pub use build::{CellBuilder, ProgramBuilder};
pub use cell::{Cell, Comparison, Expr, Operator, Statement, Variable};
pub use number::{Format, Number, Numbers};
pub use program::{
    Absent, Buffer, BufferId, Convolution, Deliver, Dense, Input, Operation, Parameter, Pool,
    Probe, Program, Read, Register, When, Window,
};
pub use run::Run;
pub use sound::Fault;
pub use text::{ParseError, parse};
