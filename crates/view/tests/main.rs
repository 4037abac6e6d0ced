//! The integration tests of `nirkit-view`, in one binary: one module for each subject.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
mod geometry;
mod page;
mod picture;
