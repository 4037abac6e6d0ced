//! The integration tests of `nirkit-exact`, in one binary: one module for each subject.

mod graze;
mod invariance;
mod limits;
