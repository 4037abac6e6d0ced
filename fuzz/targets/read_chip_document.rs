//! See `fuzz/src/read_chip_document.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::read_chip_document::run(bytes));
