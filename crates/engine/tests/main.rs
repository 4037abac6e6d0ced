//! The integration tests of `nirkit-engine`, in one binary: one module for each subject.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod clocked;
mod convergence;
mod edge_values;
mod import;
mod integer;
mod rules;
mod semantics;
