//! The integration tests of `nirkit-engine`, in one binary: one module for each subject.

mod clocked;
mod convergence;
mod edge_values;
mod import;
mod integer;
mod rules;
mod semantics;
