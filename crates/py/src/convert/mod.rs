//! Between Python's values and those of the crates.

pub(crate) mod data;
pub(crate) mod finding;
pub(crate) mod graph;
pub(crate) mod tensor;
pub(crate) mod value;
