//! The conformance suite of NIR.
//!
//! * A [`suite`] is a folder of cases: a graph, a stimulus, the exact answer with the bound of its error, answers on a grid
//!   under named choices, and how near a spike is to not being one.
//! * A [`Driver`] is anything that runs a graph: a process that speaks the [`protocol`], a function, or a platform that
//!   nirkit has.

pub mod array;
mod cause;
pub mod driver;
pub mod identify;
mod lag;
pub mod protocol;
pub mod report;
mod run;
mod score;
mod serve;
pub mod suite;
pub mod vectors;
mod waiver;

pub use array::Array;
pub use driver::{
    Answer, Driver, DriverError, Function, Hello, PlatformDriver, Process, ProcessLimits, Question,
    Reply,
};
pub use lag::lag;
pub use run::{Scored, Totals, ask, run};
pub use score::{Class, First, Verdict, judge};
pub use serve::serve;
pub use waiver::Waivers;
