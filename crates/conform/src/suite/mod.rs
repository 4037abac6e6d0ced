//! The suite: cases with exact answers, made by nirkit and kept as plain files.
//!
//! A case is made from a plan: a graph and a stimulus are drawn, the ideal is computed in continuous time and the clocked
//! engine under named choices, and the draw is kept if the answers are as the plan wants them.

mod answers;
mod case;
mod draft;
mod draw;
mod file;
mod level;
mod load;
pub(crate) mod net;
mod plan;
mod write;

pub use answers::{MARGINS, MOST_LAG, spikes_with};
pub use case::{Answers, Case, Clocked, Exact, Expected, Follows, Level};
pub use draft::Draft;
pub use file::{CASE, FORMAT, Listed, SUITE, SuiteFile};
pub use load::{Suite, load, load_case};
pub use write::{make, write};

pub(crate) use plan::complete;

pub(crate) use answers::is_near;
pub(crate) use draw::Draw;
