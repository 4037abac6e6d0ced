//! See `fuzz/src/read_text.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::read_text::run(bytes));
