//! The text form `.nirt`: a document that people can read, write and compare.

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
pub use print::{PrintOptions, Printed, large_tensors, print};
pub use span::Spans;

/// Version of the form, which the first line of every text carries.
pub const FORM_VERSION: u32 = 1;

/// Words that are no kinds where they stand bare.
const KEYWORDS: [&str; 7] =
    ["graph", crate::primitive::GRAPH_KIND, "unknown", "metadata", "extra", "storage", "version"];
