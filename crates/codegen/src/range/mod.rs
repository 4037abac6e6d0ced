//! What numbers can be: the bounds of all integers of a program, and the operations that these bounds leave.

pub(crate) mod bounds;
pub(crate) mod dataflow;

pub(crate) use nirkit_step::range::{interval, simplify};
