//! The text form `.nirt`: a document that people can read, write and compare.
//!
//! It is what tests, diffs and bug reports are written in, and what gives a binary file a line and
//! a caret in diagnostics. [`print()`] writes it, [`parse()`] reads it; both know where in the text
//! each [`Place`](crate::Place) of the graph stands.
//!
//! ```
//! # fn main() -> Result<(), Vec<nirkit_ir::text::ParseError>> {
//! use nirkit_ir::text::{PrintOptions, parse, print};
//!
//! let text = r#"nirt 1
//! version "1.0.8"
//!
//! graph {
//!   input = Input { shape: i64[1] [2] }
//!   lif = LIF {
//!     tau: f32[2] [0.01, 0.02]  // s
//!     r: f32[2] [1, 1]  // Ω
//!     v_leak: f32[2] [0, 0]  // V
//!     v_threshold: f32[2] [1, 1]  // V
//!   }
//!
//!   input -> lif
//! }
//! "#;
//! let document = parse(text, &())?;
//! assert_eq!(print(&document, &PrintOptions::default()).text, text);
//! # Ok(())
//! # }
//! ```
//!
//! # Grammar
//!
//! ```text
//! text    = "nirt" "1" { "version" strings | node | "extra" group | "storage" stored } ;
//! node    = "graph" "{" { member } "}" | [ "unknown" ] name "{" { part } "}" ;
//! member  = name "=" node | name "->" name { "->" name } | part ;
//! part    = field | "metadata" group | "extra" group ;
//! field   = name ":" ( tensor | strings | group ) ;
//! group   = "{" { field } "}" ;
//!
//! tensor  = dtype [ "be" ] [ shape ] ( number | list | "#" hash ) ;
//! strings = quoted | "string" [ notes ] [ shape ] ( quoted | list ) ;
//! notes   = "(" note { "," note } ")" ;
//! note    = "ascii" | length "bytes" ;
//! shape   = "[" [ length { "," length } [ "," ] ] "]" ;
//! list    = "[" [ item { "," item } [ "," ] ] "]" ;
//! item    = number | quoted | list ;
//! stored  = "{" { name ":" ( dtype [ shape ] | "string" [ notes ] ) } "}" ;
//!
//! name    = word | quoted ;
//! word    = ( letter | digit | "_" | "." | "+" | "-" ) { as before } ;
//! quoted  = '"' { character | "\n" | "\r" | "\t" | '\"' | "\\" | "\u{" hexadecimal "}" } '"' ;
//! ```
//!
//! * There is one root node. Each entry of a block may be followed by a comma. Spaces and line ends
//!   mean nothing but the end of a string; `//` begins a comment that ends with its line.
//! * Letters and digits of a word are ASCII; other names are quoted. Keywords are keywords only
//!   where the grammar has them: a node may be named `graph`, a field `metadata`. A *kind* that is
//!   spelled like a keyword is quoted. `NIRGraph` is another spelling of `graph`.
//! * A dtype is a [`DType::name`](nirkit_numerics::DType::name); `be` after it says that the file
//!   holds the numbers big end first. Lists nest as the shape does; without a shape the tensor has
//!   no axes. One number, or one string, stands for all elements of its shape. A tensor without
//!   elements is `[]`.
//! * A number is a decimal, `inf`, `-inf`, `nan`, `-nan`, or `nan_` and the bits of a NaN in
//!   hexadecimal digits; `true` or `false` for `bool`; `1.5-2i` for complex types.
//! * A hash is a [`content_hash`]; the tensor stands elsewhere ([`TensorSource`]).
//! * The fields of a node are its declared ones and those that the file has besides. A node whose
//!   kind is not known, or whose declared fields are missing or of another type, is kept verbatim,
//!   as when a file is read. `unknown` keeps a node verbatim though its fields are sound, and
//!   `extra` holds fields that are not declared ones in spite of their name.
//! * `storage` lists what the HDF5 file stores unlike h5py's default, by path.
//!
//! # Promises
//!
//! Reading a printed text gives an equal document, to the last bit of every tensor: dtype, byte
//! order, shape, signed zero and payload of a NaN included. Decimals are the shortest that read
//! back the same bits. The one exception is a document that no reader makes: a declared field that
//! holds complex numbers reads back as an unknown node.
//!
//! Printing and parsing take linear time; what a hostile text can ask for is in [`ParseLimits`].

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
pub(crate) use print::write_element;
pub use print::{PrintOptions, Printed, large_tensors, print};
pub use span::Spans;

/// Version of the form, which the first line of every text carries.
pub const FORM_VERSION: u32 = 1;

/// Words that are no kinds where they stand bare.
const KEYWORDS: [&str; 7] =
    ["graph", crate::primitive::GRAPH_KIND, "unknown", "metadata", "extra", "storage", "version"];
