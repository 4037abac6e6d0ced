//! The integration tests of `nirkit-ir`, in one binary: one module for each subject.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod arbitrary;
mod diff;
mod documentation;
mod invalid;
mod limits;
mod open;
mod text_errors;
mod text_hostile;
mod text_look;
mod text_round_trip;
mod time;
