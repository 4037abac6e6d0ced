//! Code of step programs.
//!
//! [`generate`] prints a [`Program`](nirkit_step::Program) in a language ([`Target`]): C99 without dependencies, a crate of Rust
//! without `std`, or Verilog for programs of integers. Every operation has the order and the rounding of the program, so that what the code computes has the bits of the
//! interpreter. Beside it stand [`Vectors`], a stimulus with everything that can be recorded, and a test bench that replays them.
//!
//! ```
//! use nirkit_codegen::{Target, Vectors, generate};
//!
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
//! let vectors = Vectors::record(&program, Vectors::spikes(&program, 20, 5), 20);
//! let code = generate(&program, "net", &vectors, Target::C99)?;
//! assert_eq!(code.files[1].path, "net.c");
//! assert!(code.files[1].text.contains("void net_step("));
//! assert_eq!(code.report.state, 12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod c99;
mod fixed_point;
mod layer;
mod layout;
mod name;
mod range;
mod readout;
mod refusal;
mod report;
mod rust;
mod share;
mod stored;
mod target;
mod vectors;
mod verilog;
mod walk;
mod whole;

pub use fixed_point::{FixedPoint, FixedPointOptions, MapLoss, fixed_point};
pub use layer::Layer;
pub use name::NameError;
pub use readout::{Readout, ReadoutOf};
pub use report::Report;
pub use target::{
    Code, CodeError, File, GenerateOptions, Target, UnknownTarget, generate, generate_within,
};
pub use vectors::Vectors;
pub use verilog::{Ports, UnknownPorts, VerilogOptions, VerilogReport, verilog};
