#![doc = include_str!("../README.md")]

pub mod bounds;
pub mod choices;
pub mod compare;
pub mod document;
mod doubt;
pub mod error;
pub mod escape;
pub mod eval;
pub mod lower;
pub mod model;
mod opt;
pub mod recording;
pub mod rounding;
pub mod run;
pub mod settle;
pub mod stimulus;
pub mod suggest;
pub mod verdict;
pub mod watch;

pub use choices::{Choice, Choices};
pub use compare::{Compare, Compared, compare_platforms};
pub use document::{read, write};
pub use error::{Error, ErrorKind};
pub use eval::{Eval, Readout, Score, eval_platforms};
pub use lower::lower;
pub use model::{Model, platform};
pub use nirkit_io as io;
pub use nirkit_ir as ir;
pub use nirkit_numerics as numerics;
pub use nirkit_passes as passes;
pub use nirkit_platforms as platforms;
pub use nirkit_sim::{Observable, Request, Reset, Signal, SpikeReading};
pub use opt::opt;
pub use recording::Recording;
pub use run::{Instants, Record, Run};
pub use stimulus::{Frames, Stimulus};
