//! The integration tests of `nirkit-view`, in one binary: one module for each subject.

mod common;
mod geometry;
mod page;
mod picture;
