//! The text form `.nirt`: a document that people can read, write and compare.
pub mod dummy {}
mod float;
mod hash;
mod lex;
mod name;
mod number;
mod parse;
mod print;
mod span;

pub use hash::content_hash;
pub use parse::{ParseError, ParseLimits, Parsed, TensorSource, parse, parse_with};
pub use print::{PrintOptions, Printed, print};
pub use span::Spans;
