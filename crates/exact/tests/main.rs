//! The integration tests of `nirkit-exact`, in one binary: one module for each subject.

mod fast_decay;
mod graze;
mod invariance;
mod limits;
