//! Quantisation: real numbers onto a grid of integers, and what is lost by it in numbers.
//!
//! A number `x` becomes the integer nearest to `scale * x` that the grid has. Which numbers share a
//! scale, and to what number a scale brings the largest of them, is the choice that matters; the
//! functions of [`scale`] are the usual ones. What a platform does beyond that is said where the
//! platform is.

mod grid;
mod loss;
pub mod scale;

pub use grid::{Grid, Rounding};
pub use loss::Loss;
pub use scale::Scale;
