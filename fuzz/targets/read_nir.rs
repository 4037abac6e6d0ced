//! Whatever the bytes are, reading ends soon and in order; what is read can be written, and the
//! copy is the same.
//!
//! `cargo +nightly fuzz run read_nir corpus crates/io/tests/files crates/io/tests/hostile`

#![no_main]

use libfuzzer_sys::fuzz_target;
use nirkit_io::nir::{WriteOptions, read_bytes, to_bytes};
use nirkit_io::{Limits, ReadFault};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { total_bytes: 16 << 20, objects: 10_000, ..Limits::default() };
    let document = match read_bytes(bytes.to_vec(), &limits) {
        Ok(document) => document,
        Err(error) => {
            // The panics of the decoder are caught, and are what we look for.
            assert!(!matches!(&error.fault, ReadFault::Damaged(what) if what.contains("gave up")));
            return;
        }
    };
    // A damaged file can hold a zero byte in a name, which is not written.
    let Ok(copy) = to_bytes(&document, &WriteOptions::default()) else { return };
    let again = read_bytes(copy, &Limits::NONE).expect("what was written can be read");
    assert_eq!(again, document);
});
