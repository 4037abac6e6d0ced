//! Programs as text: [`Program`](crate::Program) prints itself, [`parse`] reads it back.
//!
//! ```text
//! step-program 1
//! dt 0.001
//! input in: f32[2]                           what enters: format and shape
//! buffer lif.v: f32[2] = 0                   format, shape, and the numbers that it starts with
//! probe lif:v = lif.v                        a name under which a buffer is recorded
//!
//! x = frame(in)                              operations, in order
//! sum = add(x, before lif, before? fc)       as they were a step ago; with `?` nothing in the first step
//! fc = dense(x; f32 [1, 2, 3, 4]; bias f32 [0.5, 0.5])
//! ring = store(x)                            keeps a row for each of the last steps
//! late = recall(ring; 3)                     as stored 3 steps before; `[3, 1]` for each element
//! cell 2 first {                             2 neurons; in the first step only (`later`: in all others)
//!   param tau = f32 [0.1, 0.2]
//!   let s: f32 = lif.v * tau + x             a number that is not kept
//!   lif.v = s > 1 ? 0 : s
//! }
//! ```
//!
//! What stands behind `#` is a comment. A list of numbers that are all the same is one number. `f32(..)`, `f64(..)` and `i64(..)` convert, `floor(..)`,
//! `trunc(..)`, `min(.., ..)` and
//! `max(.., ..)` are what their names say, `%` is the remainder that is not negative, `>>` shifts integers right; a constant has the format of what it is combined with. Names with other
//! characters than letters, digits, `_`, `.` and `:` stand in quotation marks.

mod lexer;
mod read;
mod write;

pub use read::{ParseError, parse};

/// The version of the form.
const VERSION: usize = 1;
