//! Whatever the bytes are, reading an array ends in order; what is read can be written, and the copy is
//! the same.

use nirkit::io::Limits;
use nirkit::io::array::{array_to_bytes, read_array_bytes};

use super::read_nir::LIMITS;

/// Reads, writes and reads again.
pub fn run(bytes: &[u8]) {
    let Ok(array) = read_array_bytes(bytes, &LIMITS()) else { return };
    let again = read_array_bytes(&array_to_bytes(&array), &Limits::NONE);
    assert_eq!(again.expect("what was written can be read"), array);
}
