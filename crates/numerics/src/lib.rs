//! Numbers for nirkit: element types, tensors and mathematics with the same bits on every machine, and the lines of tables that hold
//! numbers.
//!
//! This crate is the floor of the house. It knows nothing of graphs, files or platforms.

pub mod broadcast;
pub mod decimal;
pub mod dtype;
pub mod literal;
pub mod math;
pub mod shortest;
pub mod table;
pub mod tensor;
pub mod width;

pub use dtype::{ByteOrder, DType};
pub use shortest::Shortest;
pub use tensor::{Element, Tensor, TensorError};
pub use width::Width;
