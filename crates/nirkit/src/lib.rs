#![doc = include_str!("../README.md")]

mod batch;
pub mod bounds;
pub mod chip;
pub mod clocked;
pub mod compare;
pub mod document;
pub mod doubt;
pub mod error;
pub mod escape;
pub mod eval;
pub mod exact;
pub mod platform;
pub mod recording;
pub mod rounding;
pub mod settle;
pub mod stimulus;
pub mod verdict;
pub mod watch;

pub use error::Error;
pub use nirkit_io as io;
pub use nirkit_ir as ir;
pub use nirkit_numerics as numerics;
pub use nirkit_passes as passes;
pub use nirkit_platforms as platforms;
pub use nirkit_sim as sim;
