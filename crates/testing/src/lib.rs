//! Networks that tests are held on: one generator for the properties, the fuzz targets and the tests of the facade.
//!
//! [`recipe`] makes a network, stimuli and what to record out of any bytes; [`chain`] makes the shape
//! of most networks, in sizes at which planners decide differently; [`both_ways`] runs a case the
//! plain way and the fast way; [`harness`] runs tests that need programs of this machine.

#![allow(clippy::missing_panics_doc, reason = "a test that cannot go on has failed")]

pub mod both_ways;
pub mod chain;
pub mod drawn;
pub mod harness;
pub mod recipe;
pub mod step_program;

pub use recipe::{Bytes, Case, Numbers, Records};
