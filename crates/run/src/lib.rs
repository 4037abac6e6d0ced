//! What every run has, whatever computes it: the choices that a file leaves open, stimuli, what is to be
//! recorded, and a way to stop.

pub mod choice;
pub mod interrupt;
mod list;
pub mod recording;
pub mod stimulus;

pub use choice::{Reset, SpikeReading, seconds};
pub use list::list_items;
pub use recording::{Observable, Request};
pub use stimulus::{Signal, Stimulus};
