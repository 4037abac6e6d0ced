//! See `fuzz/src/read_store.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::read_store::run(bytes));
