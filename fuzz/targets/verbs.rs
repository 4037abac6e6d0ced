//! See `fuzz/src/verbs.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::verbs::run(bytes));
