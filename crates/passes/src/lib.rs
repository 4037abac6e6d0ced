//! Transformations of graphs: a graph goes in, a graph and a list of what was changed come out.
//!
//! The validator never changes a graph; whatever does is a pass with a name, and says what it did.

pub mod optimise;
pub mod quantise;
pub mod repair;
pub mod time_unit;

pub use optimise::{Pass, Rewrite, optimise};
pub use repair::{Change, repair};
