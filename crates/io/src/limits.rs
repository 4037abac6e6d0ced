//! What a file may demand of the machine that reads it.

pub use nirkit_ir::{LimitError, Limits};
