//! Any step program: the executor gives the bits of the interpreter.

use nirkit_testing::{Bytes, step_program};

/// Runs a program both ways.
pub fn run(data: &[u8]) {
    step_program::run(&mut Bytes(data));
}
