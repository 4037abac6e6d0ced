//! Code of step programs.
//!
//! [`c99`] prints a [`Program`](nirkit_step::Program) as C: a header and a source without dependencies, in which every
//! operation has the order and the rounding of the program, so that what it computes has the bits of the interpreter.
//! Beside them stand [`Vectors`], a stimulus with everything that can be recorded, and a test bench that replays them.
//!
//! ```
//! let text = "\
//! step-program 1
//! input in: f32[1]
//! buffer x: f32[1] = 0
//! buffer lif.v: f32[1] = 0
//! buffer lif: f32[1] = 0
//! probe lif:spikes = lif
//! x = frame(in)
//! cell 1 {
//!   lif.v = lif.v * 0.5 + x
//!   lif = lif.v > 1 ? 1 : 0
//! }
//! ";
//! let program = nirkit_step::parse(text)?;
//! let code = nirkit_codegen::c99(&program, "net")?;
//! assert!(code.source.contains("void net_step("));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod c99;
mod name;
mod report;
mod vectors;
mod verilog;

pub use c99::{Code, CodeError, c99, test_bench};
pub use name::NameError;
pub use report::Report;
pub use vectors::Vectors;
pub use verilog::{Verilog, VerilogError, VerilogOptions, VerilogReport, verilog};
