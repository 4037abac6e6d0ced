//! What every run has, whatever computes it: the choices that a file leaves open, stimuli, what is to be
//! recorded, a way to stop, and lists of what is wrong.

pub mod choice;
mod error_list;
pub mod interrupt;
mod list;
pub mod recording;
pub mod stimulus;

pub use choice::{Reset, SpikeReading, seconds};
pub use error_list::ErrorList;
pub use list::list_items;
pub use recording::{Observable, Request};
pub use stimulus::{Signal, Stimulus};
