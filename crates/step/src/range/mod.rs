//! What the numbers of a program can be, and a program in fewer kinds of operations: the analyses that an executor and a code
//! generator share.

pub mod bounds;
pub mod interval;
pub mod simplify;
