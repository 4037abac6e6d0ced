//! Whatever the bytes are, reading a `.nir` file ends soon and in order; what is read can be written,
//! and the copy is the same.

use nirkit::io::nir::{WriteOptions, read_bytes, to_bytes};
use nirkit::io::{Limits, ReadFault};

/// What a file of a fuzzer may ask for.
pub(crate) const LIMITS: fn() -> Limits =
    || Limits { total_bytes: 16 << 20, objects: 10_000, ..Limits::default() };

/// Reads, writes and reads again.
pub fn run(bytes: &[u8]) {
    let mut document = match read_bytes(bytes.to_vec(), &LIMITS()) {
        Ok(document) => document,
        Err(error) => {
            // The panics of the decoder are caught, and are what we look for.
            assert!(!matches!(&error.fault, ReadFault::Damaged(what) if what.contains("gave up")));
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    // A damaged file can hold a zero byte in a name, which is not written.
    let Ok(copy) = to_bytes(&document, &WriteOptions::default()) else { return };
    let again = read_bytes(copy, &Limits::NONE).expect("what was written can be read");
    // What NIR has no place for is in the one and not in the other.
    document.left_out.clear();
    assert_eq!(again, document);
}
